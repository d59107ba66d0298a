/** Reading many events in order on a real server: windows, pages, bounds. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { comparePositions } from '../../../src/plan/position.ts';
import type { Budget, EventsQuestion } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { type OpenStore, openStore } from './open-store.ts';

const start = Date.UTC(2025, 5, 1);
const day = 86_400_000;
const batchRows = 5_000;
/** More events of one millisecond than a page holds. */
const atOnce = 7_000;
/** Of the largest size that is taken, and of more bytes together than a page holds. */
const wide = 700;
const total = 20_000;
const persons = 100;
/** Of all 64 bits. */
const key = (person: number): bigint => BigInt.asUintN(64, BigInt(person + 1) * 0x9e3779b97f4a7c15n);
const never = new AbortController().signal;

const scope = {
  version: 1,
  project: 'many',
  from: start,
  to: start + 30 * day,
  timeZone: 'UTC',
  bots: 'include',
} as const;

const timeOf = (i: number): number =>
  i < atOnce
    ? start + day
    : i < atOnce + wide
      ? start + 2 * day + i
      : start + ((i * 7_919) % (28 * 24 * 3_600)) * 1_000;

describe('events from PostgreSQL', () => {
  let opened: OpenStore;
  before(async () => {
    opened = await openStore();
    for (let at = 0; at < total; at += batchRows) {
      const rows = Array.from({ length: batchRows }, (_, i) =>
        eventRow({
          project: 'many',
          offset: at + i,
          timestamp: timeOf(at + i),
          personKey: key((at + i) % persons),
          properties: {
            n: at + i,
            ...(at + i >= atOnce && at + i < atOnce + wide && { text: noise(at + i) }),
          },
        }),
      );
      await opened.store.insert({ partition: 0, rows, quarantined: [] });
    }
  });
  after(() => opened.close());

  for (const order of ['asc', 'desc'] as const) {
    test(`are read in order, each once, ${order}`, async () => {
      assert.equal((await read({ scope, order })).length, total);
    });
  }

  test('are read from any position on', async () => {
    const all = await read({ scope, order: 'asc' });
    for (const at of [0, 3_333, 9_999, total - 2, total - 1]) {
      const rest = await read({ scope, order: 'asc', after: all[at]!, limit: 6_000 });
      assert.deepEqual(
        rest.map(({ offset }) => offset),
        all.slice(at + 1, at + 6_001).map(({ offset }) => offset),
      );
    }
  });

  test('come in pieces that are small, of pages that are not', async () => {
    const sizes: number[] = [];
    for await (const rows of opened.store.events({ scope, order: 'asc' }, wideBudget, never))
      sizes.push(rows.length);
    assert.ok(Math.max(...sizes) <= 500);
    assert.ok(sizes.length < total / 100);
  });

  test('are found by a rare filter over a long range', async () => {
    const filter = { field: 'properties.n', op: 'in', value: [77, 12_345] } as const;
    const long = { ...scope, from: Date.UTC(1900, 0, 1), to: Date.UTC(2200, 0, 1), filter };
    assert.equal((await read({ scope: long, order: 'desc' })).length, 2);
  });

  test('are read of one person, whose key it keeps as a signed integer', async () => {
    for (const person of [key(1), key(2), 12_345n]) {
      const found = await read({ scope, order: 'desc', person });
      assert.equal(found.length, person === 12_345n ? 0 : total / persons);
      assert.ok(found.every(({ personKey }) => personKey === person));
    }
    const rest = await read({ scope, order: 'desc', person: key(3), limit: 3 });
    const next = await read({ scope, order: 'desc', person: key(3), limit: 3, after: rest.at(-1)! });
    assert.equal(new Set([...rest, ...next].map(({ offset }) => offset)).size, 6);
  });

  test('keep their budget of rows by smaller windows, down to a slot', async () => {
    const filter = { field: 'properties.n', op: 'gte', value: 0 } as const;
    const rowsMax = atOnce + 1_000;
    const budget = { ...wideBudget, rowsMax };
    assert.equal((await read({ scope: { ...scope, filter }, order: 'asc' }, budget)).length, total);
    const narrow = read({ scope: { ...scope, filter }, order: 'asc' }, { ...budget, rowsMax: atOnce - 1 });
    await assert.rejects(narrow, (error) => isFailure(error, 'over_rows'));
  });

  test('hold nothing of the server while nobody takes the next', async () => {
    const pieces = opened.store.events({ scope, order: 'asc' }, wideBudget, never)[Symbol.asyncIterator]();
    await pieces.next();
    const { rows } = await opened.pools.write.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    assert.equal(rows[0]!.n, 0);
    await pieces.return?.();
  });

  async function read(question: EventsQuestion, budget: Budget = wideBudget): Promise<readonly EventRow[]> {
    const found: EventRow[] = [];
    for await (const rows of opened.store.events(question, budget, never)) found.push(...rows);
    assert.equal(new Set(found.map(({ offset }) => offset)).size, found.length, 'no event twice');
    const sign = question.order === 'asc' ? 1 : -1;
    for (let i = 1; i < found.length; i++)
      assert.ok(sign * comparePositions(found[i - 1]!, found[i]!) < 0, 'in order');
    return found;
  }
});

/** 32 KB that nothing makes smaller. */
function noise(seed: number): string {
  let text = '';
  for (let i = seed; text.length < 32_000; i = (i * 48_271 + 11) % 2_147_483_647) text += i.toString(36);
  return text;
}
