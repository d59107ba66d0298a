/** The data set that questions are measured on is one that the store could have written, and the SQL by hand means what is asked. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { embeddedData } from '../../bench/questions/embedded-data.ts';
import { askByHand } from '../../bench/questions/hand-written.ts';
import { rangeOf } from '../../bench/questions/questions.ts';
import { days } from '../../bench/questions/rows-in-sql.ts';
import { systemClock as clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseStore } from '../../src/store/clickhouse/clickhouse-store.ts';
import { startEmbeddedEngine } from '../../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { wideBudget } from '../../src/testing/agreement.ts';
import { questionOf } from '../../src/testing/generators.ts';

const events = 20_000;

test('a data set is loaded once, its rollups are those of its rows, and all ways to ask count the same', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-data-set-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const said: string[] = [];
  const data = await embeddedData(directory, events, (text) => said.push(text));
  assert.deepEqual(await embeddedData(directory, events, (text) => said.push(text)), data);
  assert.equal(said.length, 1);

  const { store: config } = loadConfig({ MILLRACE_DATA: join(directory, 'data') });
  assert.ok(config.kind === 'embedded');
  const telemetry = new Telemetry();
  const repairs: unknown[] = [];
  telemetry.subscribe('store.repaired', (each) => repairs.push(each));
  const engine = await startEmbeddedEngine({ ...config, clock, telemetry });
  t.after(() => engine.close());
  await engine.ready();
  const client = new ClickHouseClient(() => engine.target());
  const fence = (queryId: string) => engine.fence(queryId);
  const store = await ClickHouseStore.open({ client, fence, clock, telemetry, makeId: randomUUID });
  t.after(() => store.close());

  assert.deepEqual(repairs, [], 'a server that starts on it has nothing to rebuild');
  assert.deepEqual(await store.verifyRollups(), []);
  const range = rangeOf(data, days, 3);
  const counted = async (plan: Partial<Plan> = {}): Promise<number> => {
    const scope = { version: 1, project: 'default', ...range, timeZone: 'UTC', bots: 'exclude' } as const;
    const asked = { kind: 'summary', ...scope, metrics: ['events'], exact: false, ...plan } as Plan;
    const { cells } = await store.run(questionOf(asked), wideBudget, new AbortController().signal);
    return cells[0]!.events;
  };
  const whole = await counted();
  assert.equal(await askByHand(client, 'summary', range), whole);
  assert.equal(await askByHand(client, 'trend', range), whole);
  assert.ok(whole > events / 4);
  const later = await counted({ filter: { field: 'properties.position', op: 'gte', value: 20 } });
  assert.ok(later > 0.4 * whole && later < 0.6 * whole, `properties are as the writer writes them: ${later}`);
});
