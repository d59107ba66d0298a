/**
 * How many events a second go from acceptance to countable, sustained and with a bounded backlog, against the engine's own insert
 * of the same rows prepared as blocks, alone. And what an event costs in processor time, from the socket to the merged part.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { adminKey, sleep } from '../../test/hazards/harness.ts';
import { Load } from '../load/load.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';
import { median } from '../statistics.ts';

const eventsPerRequest = 100;
const connections = 16;
const sustainedMs = 60_000;
/** The sender holds back while more than this waits: a backlog that grows without end is no sustained rate. */
const waitingMax = 200_000;
const pollMs = 100;

interface Queue {
  readonly lagMs: number;
  readonly queueLength: number;
  readonly ledger: { readonly stored: number } | null;
}

interface Sustained {
  readonly eventsPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly lagMs: readonly number[];
}

export const sustainedRow: Row = {
  name: 'sustained',
  async run(context: BenchContext): Promise<readonly Figure[]> {
    const pairs: { ours: Sustained; engine: number }[] = [];
    // a minute each: fewer pairs than the short rows have, in the same alternation
    for (let pair = 0; pair < context.pairs; pair++) {
      const engine = await insertAlone(join(context.directory, `engine-${pair}`));
      const ours = await sustain(context, pair);
      pairs.push({ ours, engine });
      context.say(
        `pair ${pair + 1}: ${Math.round(ours.eventsPerSecond)} against ${Math.round(engine)} rows/s, ${ours.cpuSecondsPerMillion.toFixed(1)} CPU-s a million`,
      );
    }
    return figures(pairs);
  },
};

async function sustain({ directory, scale }: BenchContext, pair: number): Promise<Sustained> {
  const millrace = await MillraceServer.open(join(directory, `ours-${pair}`));
  const load = await Load.open({
    port: millrace.port,
    key: adminKey,
    connections,
    eventsPerRequest,
    eventsPerSecond: 0,
  });
  try {
    await load.run(2_000);
    await millrace.server.drained();
    const ms = sustainedMs * scale;
    const before = await read(millrace);
    const cpuBefore = millrace.cpuSeconds();
    const startedAt = performance.now();
    const running = load.run(ms);
    const lagMs = await holdBack(millrace, load, ms);
    await running;
    const sent = (await read(millrace)).stored - before.stored;
    const eventsPerSecond = (1000 * sent) / (performance.now() - startedAt);
    await millrace.server.drained();
    const stored = (await read(millrace)).stored - before.stored;
    const cpuSeconds = millrace.cpuSeconds() - cpuBefore;
    return { eventsPerSecond, cpuSecondsPerMillion: (1e6 * cpuSeconds) / stored, lagMs };
  } finally {
    await load.close();
    await millrace.close();
  }
}

async function holdBack(millrace: MillraceServer, load: Load, ms: number): Promise<number[]> {
  const lags: number[] = [];
  let isPaused = false;
  for (const until = performance.now() + ms; performance.now() < until; await sleep(pollMs)) {
    const { lagMs, queueLength } = await millrace.server.ask<Queue>('/api/v1/queue');
    lags.push(lagMs);
    const mustPause: boolean = queueLength > (isPaused ? waitingMax / 2 : waitingMax);
    if (mustPause !== isPaused) load.pause(mustPause);
    isPaused = mustPause;
  }
  load.pause(false);
  return lags;
}

async function read(millrace: MillraceServer): Promise<{ stored: number }> {
  const { ledger } = await millrace.server.ask<Queue>('/api/v1/queue');
  if (ledger === null) throw new Error('the server has no ledger yet');
  return ledger;
}

/** Rows a second. */
async function insertAlone(directory: string): Promise<number> {
  const child = fork(join(import.meta.dirname, '../baselines/engine-insert.ts'), [directory], {
    execArgv: [],
  });
  const [message] = (await once(child, 'message')) as [{ rowsPerSecond: number }];
  await once(child, 'exit');
  return message.rowsPerSecond;
}

function figures(pairs: readonly { ours: Sustained; engine: number }[]): Figure[] {
  const ratios = pairs.map(({ ours, engine }) => ours.eventsPerSecond / engine);
  const ratio = median(ratios);
  const costs = pairs.map(({ ours }) => ours.cpuSecondsPerMillion);
  const rate = median(pairs.map(({ ours }) => ours.eventsPerSecond));
  const lags = pairs.map(({ ours: { lagMs } }) => [
    lagMs.slice(0, lagMs.length / 2),
    lagMs.slice(lagMs.length / 2),
  ]);
  const half = (at: 0 | 1) => Math.round(median(lags.map((each) => median(each[at]!))));
  return [
    {
      name: 'accepted → countable, sustained',
      baseline: 'the same rows as Native blocks of 100,000, the engine alone',
      value: `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      samples: ratios,
      reach: '0.3',
      aim: '0.5',
      isReached: ratio >= 0.3,
      detail: `${Math.round(rate)} events/s against ${Math.round(median(pairs.map(({ engine }) => engine)))} rows/s; lag ${half(0)} ms in the first half, ${half(1)} ms in the second`,
    },
    {
      name: 'CPU-seconds a million events, end to end',
      baseline: '(absolute)',
      value: median(costs).toFixed(1),
      samples: costs,
      reach: '12',
      aim: '8',
      isReached: median(costs) <= 12,
      detail: 'server and engine, merges until the queue is empty included; the client is not',
    },
  ];
}
