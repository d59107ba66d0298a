/** Thousands of requests made out of the API's own description. `SEED` asks others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDatabase } from '../../support/postgres.ts';
import { askEverything } from './ask-everything.ts';

const seed = Number(process.env.SEED ?? 1);

describe('a server that is asked thousands of things that its description allows', () => {
  it('answers each as it promises, in memory', { timeout: 600_000 }, async (t) => {
    const told = await askEverything(t, { requests: 10_000, seed });
    const never = [...told].filter(([, statuses]) => ![...statuses].some((status) => status < 300));
    assert.deepEqual(
      never.map(([id]) => id),
      [],
      'each is answered as asked at least once',
    );
  });

  it('answers each as it promises, from the embedded engine', { timeout: 600_000 }, async (t) => {
    await askEverything(t, {
      requests: 4_000,
      seed,
      settings: { MILLRACE_STORE: 'embedded:', MILLRACE_LOG: 'disk:' },
    });
  });

  it('answers each as it promises, from PostgreSQL', { timeout: 600_000 }, async (t) => {
    const database = await openDatabase();
    t.after(() => database.close());
    const settings = { MILLRACE_STORE: database.url, MILLRACE_LOG: 'disk:' };
    await askEverything(t, { requests: 4_000, seed, settings });
  });
});
