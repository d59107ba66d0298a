/**
 * The second stage: a log and a cache in Redis, the store in PostgreSQL. Accepted → countable against raw COPY into the same indexed
 * table and against an insert an event; questions uncached and cached; and how many of a dashboard's are answered by the cache.
 *
 * EVENTS (1000000) is the size of the data set that questions are asked of. BENCH_POSTGRES_URL, of a superuser, names a server that
 * keeps it between runs (in databases of its own); else one is started for the run. BENCH_LOG=disk: leaves the Redis log out.
 */
import { join } from 'node:path';
import { rawCopy } from '../baselines/raw-copy.ts';
import { countable } from '../countable.ts';
import { Asker } from '../questions/asker.ts';
import { replayDashboards } from '../questions/dashboards.ts';
import { postgresData } from '../questions/postgres-data.ts';
import { askKind, type Kind, kinds, rangeOf } from '../questions/questions.ts';
import { type DataSetShape, days } from '../questions/rows-in-sql.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { dropDatabase, keptDatabase, SecondStage } from '../second-stage.ts';
import { MillraceServer } from '../servers.ts';
import { median, quantile } from '../statistics.ts';
import { againstInserts } from './postgres-insert.ts';

const sustainedMs = 60_000;
const sustainedMsMin = 5_000;
const events = Number((process.env.EVENTS ?? '1000000').split(',')[0]);
const asked = 200;
const askedMin = 40;
const warmUps = 20;

export const postgresRows: readonly Row[] = [
  { name: 'postgres-copy', run: (context) => onStage((stage) => againstCopy(context, stage)) },
  {
    name: 'postgres-inserts',
    run: (context) =>
      onStage(async (stage) => {
        const ours = async (pair: number) =>
          MillraceServer.open(join(context.directory, `ours-${pair}`), await stage.environment());
        const name = 'accepted → countable on PostgreSQL, against an insert an event';
        return [await againstInserts(context, { name, postgres: stage.postgres, ours, reach: 20 })];
      }),
  },
  { name: 'postgres-questions', run: (context) => onStage((stage) => questions(context, stage)) },
];

async function onStage<T>(work: (stage: SecondStage) => Promise<T>): Promise<T> {
  const stage = await SecondStage.start();
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function againstCopy(
  { pairs, scale, directory, say }: BenchContext,
  stage: SecondStage,
): Promise<Figure[]> {
  const ms = Math.max(sustainedMsMin, sustainedMs * scale);
  const ours: number[] = [];
  const copies: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const environment = await stage.environment();
    const millrace = await MillraceServer.open(join(directory, `copy-${pair}`), environment);
    const { eventsPerSecond } = await countable(millrace, ms).finally(() => millrace.close());
    ours.push(eventsPerSecond);
    copies.push(await rawCopy(environment.MILLRACE_STORE!));
    say(`pair ${pair + 1}: ${Math.round(eventsPerSecond)} events/s against ${Math.round(copies.at(-1)!)}`);
    await dropDatabase(stage.postgres, environment.MILLRACE_STORE!);
  }
  const ratios = ours.map((each, pair) => each / copies[pair]!);
  return [
    {
      name: 'accepted → countable on PostgreSQL',
      baseline: 'the same rows by binary COPY alone into the same indexed table, 50,000 a commit, no rollups',
      value: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      samples: ratios,
      reach: '0.5',
      aim: '',
      isReached: median(ratios) >= 0.5,
      detail: `${Math.round(median(ours))} events/s against ${Math.round(median(copies))} rows/s; ${ms / 1000} s each, the last event countable included`,
    },
  ];
}

async function questions(context: BenchContext, stage: SecondStage): Promise<Figure[]> {
  const { directory, scale, say } = context;
  const kept = process.env.BENCH_POSTGRES_URL;
  const url = await keptDatabase(kept ?? stage.postgres.url(), `millrace_bench_${events}`);
  const data = await postgresData(url, events, say);
  const millrace = await MillraceServer.open(join(directory, 'questions'), await stage.environment(url));
  const asker = new Asker(millrace.server.base);
  try {
    const taken = await askTwice(asker, data, Math.max(askedMin, Math.round(asked * scale)));
    const figures = kinds.flatMap((kind) => speeds(kind, data, taken[kind]));
    return [...figures, await replayDashboards(context, millrace, data)];
  } finally {
    asker.close();
    await millrace.close();
  }
}

interface Taken {
  readonly first: number[];
  readonly again: number[];
}

/** Each question twice: for the first time nobody has asked it before. */
async function askTwice(asker: Asker, data: DataSetShape, turns: number): Promise<Record<Kind, Taken>> {
  const taken: Record<Kind, Taken> = { summary: { first: [], again: [] }, trend: { first: [], again: [] } };
  for (let turn = -warmUps; turn < turns; turn++) {
    for (const kind of kinds) {
      const range = rangeOf(data, days, turn < 0 ? 1_000 - turn : turn);
      for (const times of [taken[kind].first, taken[kind].again]) {
        const startedAt = performance.now();
        await askKind(asker.ask, kind, range);
        if (turn >= 0) times.push(performance.now() - startedAt);
      }
    }
  }
  return taken;
}

function speeds(kind: Kind, { events: total }: DataSetShape, { first, again }: Taken): Figure[] {
  const figure = (how: string, times: readonly number[], reachMs: number): Figure => ({
    name: `${kind} at ${total / 1_000_000} M events on PostgreSQL, ${how} p95`,
    baseline: '(absolute)',
    value: `${quantile(times, 0.95).toFixed(1)} ms`,
    samples: times.map((each) => Number(each.toFixed(2))),
    reach: `${reachMs} ms`,
    aim: '',
    isReached: quantile(times, 0.95) < reachMs,
    detail: `p50 ${median(times).toFixed(1)} ms; ${times.length} questions, about 30 of ${days} days`,
  });
  return [figure('uncached', first, 100), figure('cached', again, 5)];
}
