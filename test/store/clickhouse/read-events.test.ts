/** Reading many events in order on the real engine: windows, pages, bounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { comparePositions } from '../../../src/plan/position.ts';
import type { Budget, EventsQuestion } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { openStore } from './store-helpers.ts';

const start = Date.UTC(2025, 5, 1);
const total = 200_000;
const batchRows = 50_000;
/** More events of one millisecond than a page holds. */
const atOnce = 60_000;
/** What a page needs comes and goes; what is always held must not grow with what was read. */
const growthBytesMax = 20_000_000;
const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

const scope = {
  version: 1,
  project: 'many',
  from: start,
  to: Date.UTC(2025, 6, 1),
  timeZone: 'UTC',
  bots: 'include',
} as const;

const timeOf = (i: number): number =>
  i < atOnce ? start + 86_400_000 : start + ((i * 7_919) % (28 * 24 * 3_600)) * 1_000;

test('many events are read in order, each once, with flat memory', async (t) => {
  const { store } = await openStore(t);
  for (let at = 0; at < total; at += batchRows) {
    const rows = Array.from({ length: batchRows }, (_, i) =>
      eventRow({
        project: 'many',
        offset: at + i,
        timestamp: timeOf(at + i),
        path: `/p/${i % 100}`,
        properties: { n: i, text: 'x'.repeat(i % 50) },
      }),
    );
    await store.insert({ partition: 0, rows, quarantined: [] });
  }
  const never = new AbortController().signal;

  async function read(
    question: EventsQuestion,
    budget: Budget = wideBudget,
  ): Promise<{ rows: number; bytes: readonly number[] }> {
    const seen = new Uint8Array(total);
    let rows = 0;
    const bytes: number[] = [];
    let last: EventRow | undefined;
    for await (const some of store.events(question, budget, never)) {
      for (const row of some) {
        assert.equal(seen[row.offset], 0, 'no event twice');
        seen[row.offset] = 1;
        const order = last === undefined ? -1 : comparePositions(last, row);
        assert.ok(question.order === 'asc' ? order < 0 : order > 0 || last === undefined, 'in order');
        last = row;
      }
      rows += some.length;
      if (rows % 5_000 < some.length) {
        gc();
        const { heapUsed, external } = process.memoryUsage();
        bytes.push(heapUsed + external);
      }
    }
    return { rows, bytes };
  }

  for (const order of ['asc', 'desc'] as const) {
    await t.test(`all of them, ${order}`, async () => {
      const { rows, bytes } = await read({ scope, order });
      assert.equal(rows, total);
      const half = Math.ceil(bytes.length / 2);
      const growth = Math.min(...bytes.slice(half)) - Math.min(...bytes.slice(0, half));
      assert.ok(growth < growthBytesMax, `it grew by ${growth} bytes: ${bytes.join(' ')}`);
    });
  }

  await t.test('within a budget of memory that no page of the usual size keeps', async () => {
    const budget = { ...wideBudget, memoryBytes: 24_000_000 };
    assert.equal((await read({ scope, order: 'asc', limit: 40_000 }, budget)).rows, 40_000);
  });

  await t.test('a rare filter over a long range', async () => {
    const filter = { field: 'properties.n', op: 'eq', value: 77 } as const;
    const long = { ...scope, from: Date.UTC(1900, 0, 1), to: Date.UTC(2200, 0, 1), filter };
    assert.equal((await read({ scope: long, order: 'desc', limit: 10 })).rows, total / batchRows);
  });

  await t.test('a budget of time that is over is said', async () => {
    await assert.rejects(read({ scope, order: 'asc' }, { ...wideBudget, timeMs: 1 }), (error) =>
      isFailure(error, 'over_time'),
    );
  });
});
