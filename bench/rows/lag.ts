/**
 * How long after its 202 an event is counted, as a client sees it: a marker of a type of its own is asked for until it is there,
 * while a generator sends at a steady rate beside it.
 */
import { adminKey, sleep } from '../../test/hazards/harness.ts';
import { Load } from '../load/load.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';
import { quantile } from '../statistics.ts';

const markers = 300;
const pollMs = 5;
const pauseMsMax = 100;
const settleMs = 3_000;
const peakMs = 8_000;

export const lagRow: Row = {
  name: 'lag',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const millrace = await MillraceServer.open(directory);
    try {
      const peak = await peakOf(millrace);
      say(`the peak is ${Math.round(peak)} events/s`);
      const count = Math.max(30, Math.round(markers * scale));
      const figures: Figure[] = [];
      for (const [at, rate, reach, aim] of [
        ['1,000 events/s', 1_000, 250, 150],
        [`half of the peak (${Math.round(peak / 2)} events/s)`, peak / 2, 1_000, 400],
      ] as const) {
        const lags = await lagsAt(millrace, rate, count);
        say(`${at}: p99 ${quantile(lags, 0.99).toFixed(0)} ms`);
        figures.push(figure(at, lags, reach, aim));
      }
      return figures;
    } finally {
      await millrace.close();
    }
  },
};

/** Events a second from acceptance to countable, the backlog of a short burst included. */
async function peakOf(millrace: MillraceServer): Promise<number> {
  const load = await open(millrace, 0);
  const startedAt = performance.now();
  const { events } = await load.run(peakMs);
  await millrace.server.drained();
  await load.close();
  return (1000 * events) / (performance.now() - startedAt);
}

async function lagsAt(millrace: MillraceServer, eventsPerSecond: number, count: number): Promise<number[]> {
  const load = await open(millrace, eventsPerSecond);
  const lags: number[] = [];
  const running = load.run(settleMs + count * 600);
  await sleep(settleMs);
  for (let marker = 0; marker < count; marker++) {
    lags.push(await lagOf(millrace, `marker-${eventsPerSecond}-${marker}`));
    await sleep(pauseMsMax * Math.random());
  }
  void running.catch(() => {});
  await load.kill();
  await millrace.server.drained();
  return lags;
}

async function lagOf({ server }: MillraceServer, type: string): Promise<number> {
  await server.ask('/api/collect', [{ type, timestamp: Date.now(), userId: 'm' }]);
  const acceptedAt = performance.now();
  for (;;) {
    const now = Date.now();
    const filter = { field: 'type', op: 'eq', value: type };
    const plan = { kind: 'summary', from: now - 3_600_000, to: now + 1_000, metrics: ['events'], filter };
    const { data } = await server.ask<{ data: { total: { events: number } } }>('/api/v1/query', plan);
    if (data.total.events === 1) return performance.now() - acceptedAt;
    await sleep(pollMs);
  }
}

const open = ({ port }: MillraceServer, eventsPerSecond: number) =>
  Load.open({
    port,
    key: adminKey,
    connections: 16,
    eventsPerRequest: eventsPerSecond === 1_000 ? 10 : 100,
    eventsPerSecond,
  });

function figure(at: string, lags: readonly number[], reach: number, aim: number): Figure {
  const p99 = quantile(lags, 0.99);
  return {
    name: `lag p99 at ${at}`,
    baseline: '(absolute)',
    value: `${Math.round(p99)} ms`,
    samples: lags.map(Math.round),
    reach: `${reach} ms`,
    aim: `${aim} ms`,
    isReached: p99 <= reach,
    detail: `${lags.length} markers; p50 ${Math.round(quantile(lags, 0.5))} ms; the client's polling every ${pollMs} ms included`,
  };
}
