/** Requests made out of the API's own description, in memory; the long run asks more of them, of real stores. */
import { describe, it } from 'node:test';
import { askEverything } from './ask-everything.ts';

describe('a server that is asked everything that its description allows', () => {
  it('answers as it promises, and never fails', { timeout: 120_000 }, async (t) => {
    await askEverything(t, { requests: 1_000, seed: 1 });
  });
});
