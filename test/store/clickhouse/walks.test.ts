/** Paths that the engine folds itself are those of the evaluator's sequences, on generated events and questions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryCache } from '../../../src/cache/memory/memory-cache.ts';
import { openHasher } from '../../../src/event/hasher.ts';
import { Query } from '../../../src/query/query.ts';
import { MemoryStore } from '../../../src/store/memory/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { peopleWorlds } from '../../../src/testing/analysis-generators.ts';
import { insertRows } from '../../../src/testing/rows.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { openStore } from './store-helpers.ts';

const worldsMax = 6;
const questionsOfWorld = 20;
const seed = 20_261_120;

const values = ['/', '/a', '/b', 'pageview', 'click', 'DE', true, 1];
const questions = fc.record(
  {
    per: fc.constantFrom('user', 'session'),
    field: fc.constantFrom('path', 'path', 'type', 'country', 'bot', 'properties.plan', 'properties.n'),
    steps: fc.integer({ min: 2, max: 8 }),
    limit: fc.constantFrom(1, 2, 50),
    bots: fc.constantFrom('include', 'exclude'),
    sample: fc.constantFrom(0.5, 1),
    anchor: fc.tuple(fc.constantFrom('start', 'end'), fc.constantFrom(...values)),
  },
  { requiredKeys: ['per', 'field', 'steps', 'limit', 'bots'] },
);

test('paths folded by the engine are those of its sequences, whatever is asked', async (t) => {
  const hasher = await openHasher();
  const { store } = await openStore(t);
  const memory = new MemoryStore(hasher);
  const samples = fc.sample(
    fc.tuple(
      peopleWorlds(60),
      fc.array(questions, { minLength: questionsOfWorld, maxLength: questionsOfWorld }),
    ),
    {
      numRuns: worldsMax,
      seed,
    },
  );
  let offset = 0;
  let walked = 0;
  for (const [round, [world, asked]] of samples.entries()) {
    const project = `walks-${round}`;
    const rows = world.rows.map((row) => ({
      ...row,
      project,
      partition: 0,
      offset: offset++,
      eventId: `w-${offset}`,
    }));
    for (const one of [store, memory]) await insertRows(one, 0, rows);
    const times = rows.map((row) => row.timestamp);
    const range = { from: Math.min(0, ...times), to: Math.max(0, ...times) + 1 };
    for (const { anchor, ...question } of asked) {
      const plan = { kind: 'paths', ...range, ...question, ...(anchor && { [anchor[0]]: anchor[1] }) };
      const [own, expected] = await Promise.all([store, memory].map((one) => dataOf(one, project, plan)));
      assert.deepEqual(own, expected, JSON.stringify(plan));
      walked += (expected as { readonly sequences: number }).sequences;
    }
  }
  assert.ok(walked > questionsOfWorld, 'the questions have paths');
});

async function dataOf(store: Store, project: string, plan: object): Promise<unknown> {
  const clock = new TestClock(Date.UTC(2026, 0, 1));
  const cache = new MemoryCache({ clock, bytesMax: 0 });
  const query = new Query({ store, cache, clock, telemetry: new Telemetry() });
  return (await query.ask(plan, { project })).data;
}
