/**
 * Thousands of generated questions about generated events: the store that Millrace starts with and the evaluator give the
 * same answers, cell for cell. Each run takes new seeds; a failure prints the one that makes it again (SEED=…).
 */
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { checkAgainstEvaluator } from '../../src/testing/agreement.ts';
import { openStore } from '../store/clickhouse/store-helpers.ts';

const seeds = process.env.SEED === undefined ? Array.from({ length: 4 }, () => randomInt(2 ** 31)) : [];
const worlds = 12;
const plansPerWorld = 60;
/** More rows than one slot has people, so that groups, pages and sketches are more than toys. */
const rowsMax = 150;

test('the embedded engine agrees with the evaluator on thousands of questions', async (t) => {
  const { store } = await openStore(t);
  const all = process.env.SEED === undefined ? seeds : [Number(process.env.SEED)];
  for (const [partition, seed] of all.entries()) {
    t.diagnostic(`seed ${seed}`);
    await checkAgainstEvaluator(store, { seed, partition, worlds, plansPerWorld, rowsMax, shrink: false });
  }
});
