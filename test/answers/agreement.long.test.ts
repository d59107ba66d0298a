/**
 * Thousands of generated questions about generated events: each store and the evaluator give the same answers, cell for cell. Each
 * run takes new seeds; a failure prints the one that makes it again (SEED=…).
 */
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { checkAgainstEvaluator } from '../../src/testing/agreement.ts';
import { checkAnalyses } from '../../src/testing/analyses-agreement.ts';
import { openStore as openEmbedded } from '../store/clickhouse/store-helpers.ts';
import { openStore as openPostgres } from '../store/postgres/open-store.ts';

const seeds = process.env.SEED === undefined ? Array.from({ length: 4 }, () => randomInt(2 ** 31)) : [];
const worlds = 12;
const plansPerWorld = 60;
/** More rows than one slot has people, so that groups, pages and sketches are more than toys. */
const rowsMax = 150;

const stores: Readonly<Record<string, (context: TestContext) => Promise<Store>>> = {
  'the embedded engine': async (context) => (await openEmbedded(context)).store,
  'PostgreSQL with sketches of persons': (context) => postgres(context, true),
  'PostgreSQL with lists of persons': (context) => postgres(context, false),
};

for (const [name, open] of Object.entries(stores)) {
  const asked = name.startsWith('PostgreSQL') ? { whole: true, links: false } : {};
  test(`${name} agrees with the evaluator on thousands of questions`, async (t) => {
    const { store, asked: count } = counting(await open(t));
    const all = process.env.SEED === undefined ? seeds : [Number(process.env.SEED)];
    for (const [partition, seed] of all.entries()) {
      t.diagnostic(`seed ${seed}`);
      const size = { worlds, plansPerWorld, rowsMax };
      // of sessions and numbers of fields too
      await checkAgainstEvaluator(store, { seed, partition, ...size, ...asked, shrink: false });
    }
    t.diagnostic(`${count()} questions`);
  });
}

/** Of partitions that the test above does not write to; each takes two. */
const firstPartition = 100;

for (const [name, open] of Object.entries(stores)) {
  test(`${name} agrees with the evaluator on thousands of questions about people`, async (t) => {
    const { store, asked } = counting(await open(t));
    if (store.analyses === undefined) return t.skip('it answers no such questions yet');
    const all = process.env.SEED === undefined ? seeds : [Number(process.env.SEED)];
    for (const [i, seed] of all.entries()) {
      t.diagnostic(`seed ${seed}`);
      const partition = firstPartition + 2 * i;
      await checkAnalyses(store, {
        seed,
        partition,
        worlds: 40,
        plansPerWorld: 25,
        rowsMax: 80,
        shrink: false,
      });
    }
    t.diagnostic(`${asked()} questions`);
  });
}

/** The store as it is, and how many questions it was asked. */
function counting(store: Store): { readonly store: Store; readonly asked: () => number } {
  let count = 0;
  const counted = <T extends object>(of: T, names: readonly string[]): T =>
    new Proxy(of, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (name === 'analyses' && value !== undefined) return counted(value as object, analysisNames);
        if (typeof value !== 'function') return value;
        if (names.includes(String(name))) count++;
        return value.bind(target);
      },
    });
  return { store: counted(store, ['run']), asked: () => count };
}

const analysisNames = ['sequences', 'retention', 'sessions', 'people', 'experiment'];

async function postgres(context: TestContext, extensions: boolean): Promise<Store> {
  const { store, close } = await openPostgres({ extensions });
  context.after(close);
  return store;
}
