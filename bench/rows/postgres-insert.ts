/**
 * Accepted → countable against what an ordinary product does today: a transaction for each event into five normalized tables of
 * PostgreSQL with ten indexes, over a pool of 20, in turn and of the same events. It needs no HTTP; Millrace's side does.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PostgresServer } from '../../scripts/services/postgres.ts';
import { startPostgres } from '../../scripts/services/postgres.ts';
import { type Countable, countable } from '../countable.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { dropDatabase, postgresCpuSeconds, postgresSettings } from '../second-stage.ts';
import { MillraceServer } from '../servers.ts';
import { median } from '../statistics.ts';

const sustainedMs = 60_000;
const sustainedMsMin = 5_000;

export const postgresInsertRow: Row = {
  name: 'postgres-insert',
  async run(context: BenchContext): Promise<readonly Figure[]> {
    const postgres = await startPostgres({ settings: postgresSettings });
    try {
      const ours = (pair: number) => MillraceServer.open(join(context.directory, `ours-${pair}`));
      const name = 'accepted → countable, against an insert an event';
      return [await againstInserts(context, { name, postgres, ours, reach: 30, aim: 100 })];
    } finally {
      await postgres.close();
    }
  },
};

export interface Contest {
  readonly name: string;
  readonly postgres: PostgresServer;
  /** A server with nothing in it. */
  readonly ours: (pair: number) => Promise<MillraceServer>;
  readonly reach: number;
  readonly aim?: number;
}

export async function againstInserts(
  { pairs, scale, say }: BenchContext,
  { name, postgres, ours, reach, aim }: Contest,
): Promise<Figure> {
  const ms = Math.max(sustainedMsMin, sustainedMs * scale);
  const measured: { ours: Countable; inserts: Inserts }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const inserts = await insertEach(postgres, ms);
    const millrace = await ours(pair);
    // where it is not the store, it has nothing to do
    const besides = () => postgresCpuSeconds(postgres);
    const own = await countable(millrace, ms, besides).finally(() => millrace.close());
    measured.push({ ours: own, inserts });
    say(
      `pair ${pair + 1}: ${Math.round(own.eventsPerSecond)} against ${Math.round(inserts.eventsPerSecond)} events/s`,
    );
  }
  const ratios = measured.map((each) => each.ours.eventsPerSecond / each.inserts.eventsPerSecond);
  const of = (read: (each: (typeof measured)[number]) => number) => Math.round(median(measured.map(read)));
  return {
    name,
    baseline: 'a transaction an event into 5 normalized tables of PostgreSQL, 10 indexes, a pool of 20',
    value: `${median(ratios).toFixed(0)}× (${Math.min(...ratios).toFixed(0)}–${Math.max(...ratios).toFixed(0)})`,
    samples: ratios,
    reach: `${reach}×`,
    aim: aim === undefined ? '' : `${aim}×`,
    isReached: median(ratios) >= reach,
    detail: `${of((each) => each.ours.eventsPerSecond)} against ${of((each) => each.inserts.eventsPerSecond)} events/s over ${ms / 1000} s each, the last event countable included; 100 events a request over 16 connections; ${of((each) => each.ours.cpuSecondsPerMillion)} against ${of((each) => each.inserts.cpuSecondsPerMillion)} processor seconds a million`,
  };
}

interface Inserts {
  readonly eventsPerSecond: number;
  /** Of the server's processes and the client's. */
  readonly cpuSecondsPerMillion: number;
}

async function insertEach(postgres: PostgresServer, ms: number): Promise<Inserts> {
  const url = await postgres.createDatabase();
  const baseline = join(import.meta.dirname, '../baselines/insert-per-event.ts');
  const child = fork(baseline, [url, String(ms)], { execArgv: [] });
  const ended = once(child, 'exit');
  const said = async (): Promise<unknown> =>
    ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  await said();
  const cpuBefore = await postgresCpuSeconds(postgres);
  const inserted = await said();
  if (typeof inserted !== 'object' || inserted === null)
    throw new Error(`the baseline ended with ${inserted}`);
  const { events, elapsedMs, cpuSeconds } = inserted as {
    events: number;
    elapsedMs: number;
    cpuSeconds: number;
  };
  await ended;
  const cpu = cpuSeconds + (await postgresCpuSeconds(postgres)) - cpuBefore;
  await dropDatabase(postgres, url);
  return { eventsPerSecond: (1000 * events) / elapsedMs, cpuSecondsPerMillion: (1e6 * cpu) / events };
}
