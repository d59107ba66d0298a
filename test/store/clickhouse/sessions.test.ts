/** Sessions that are counted share by share are those that are counted at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClickHouseCompiler } from '../../../src/store/clickhouse/clickhouse-compiler.ts';
import { type SessionAnswer, sessionsSelect } from '../../../src/store/clickhouse/sessions-sql.ts';
import { peopleWorlds } from '../../../src/testing/analysis-generators.ts';
import { insertRows } from '../../../src/testing/rows.ts';
import { openStore } from './store-helpers.ts';

const worldsMax = 4;
const seed = 20_261_121;

test('sessions in slices are those of one slice, with a filter and without', async (t) => {
  const { store, client } = await openStore(t);
  const worlds = fc.sample(peopleWorlds(60), { numRuns: worldsMax, seed });
  let offset = 0;
  let counted = 0;
  for (const [round, { rows }] of worlds.entries()) {
    const project = `sliced-${round}`;
    const own = rows.map((row) => ({
      ...row,
      project,
      partition: 0,
      offset: offset++,
      eventId: `s-${offset}`,
    }));
    await insertRows(store, 0, own);
    const times = own.map((row) => row.timestamp);
    const range = { from: Math.min(0, ...times), to: Math.max(0, ...times) + 1 };
    for (const filter of [undefined, { field: 'type', op: 'eq', value: 'pageview' } as const]) {
      const scope = {
        version: 1,
        project,
        ...range,
        timeZone: 'UTC',
        bots: 'include',
        ...(filter && { filter }),
      } as const;
      const ask = (slices: number): Promise<SessionAnswer[]> =>
        client.rows(sessionsSelect(new ClickHouseCompiler(), { scope }, { everyone: true, slices }));
      const [whole, sliced] = [await ask(1), await ask(3)];
      assert.deepEqual(sliced, whole);
      counted += Number(whole[0]![2]);
    }
  }
  assert.ok(counted > worldsMax, 'there are sessions');
});
