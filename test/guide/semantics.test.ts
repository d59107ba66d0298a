/** The examples of docs/semantics.md are true: each is asked of the evaluator, through the query stage as a client would. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import { systemClock } from '../../src/clock.ts';
import { openHasher } from '../../src/event/hasher.ts';
import { Query } from '../../src/query/query.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { root } from '../house/import-table.ts';

type Told = readonly [minute: number, person: string | null, type: string, more?: Record<string, unknown>];

interface Example {
  readonly events: readonly Told[];
  readonly question: object;
  readonly answer: object;
}

/** A Monday. */
const begin = Date.UTC(2026, 0, 5);

function examples(): readonly Example[] {
  const text = readFileSync(join(root, 'docs', 'semantics.md'), 'utf8');
  const blocks = [...text.matchAll(/```json (events|question|answer)\n([\s\S]*?)\n```/g)];
  const found: Example[] = [];
  for (let i = 0; i < blocks.length; i += 3) {
    const three = blocks.slice(i, i + 3);
    assert.deepEqual(
      three.map(([, name]) => name),
      ['events', 'question', 'answer'],
    );
    const [events, question, answer] = three.map(([, , json]) => JSON.parse(json!));
    found.push({ events, question, answer });
  }
  return found;
}

/** What the example leaves out may be anything; lists are as long as they stand there. */
function assertHolds(actual: unknown, expected: unknown, place: string): void {
  if (typeof expected !== 'object' || expected === null) {
    assert.deepEqual(actual, expected, place);
    return;
  }
  if (Array.isArray(expected))
    assert.equal((actual as unknown[]).length, expected.length, `${place} has as many`);
  for (const [key, value] of Object.entries(expected))
    assertHolds((actual as Record<string, unknown>)[key], value, `${place}/${key}`);
}

describe('docs/semantics.md', () => {
  for (const [i, { events, question, answer }] of examples().entries()) {
    const kind = String((question as { kind?: string }).kind);
    it(`is true of example ${i + 1}, a ${kind}`, async () => {
      const hasher = await openHasher();
      const store = new MemoryStore(hasher);
      const rows = events.map(([minute, person, type, more = {}], offset) => {
        const anonymousId = String(more.anonymousId ?? '');
        const id = person ?? anonymousId;
        return eventRow({
          ...more,
          offset,
          project: 'p',
          type,
          timestamp: begin + minute * 60_000,
          userId: person ?? '',
          personKey: id === '' ? 0n : hasher.hash64(id),
          ...(typeof more.url === 'string' && { path: new URL(more.url).pathname }),
          ...(typeof more.amount === 'string' && {
            amount: BigInt(Math.round(Number(more.amount) * 10_000)),
          }),
        });
      });
      await insertRows(store, 0, rows);
      const cache = new MemoryCache({ clock: systemClock, bytesMax: 0 });
      const query = new Query({ store, cache, clock: systemClock, telemetry: new Telemetry() });
      const { data } = await query.ask(question, { project: 'p' });
      assertHolds(data, answer, '');
    });
  }
});
