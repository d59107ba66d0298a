/**
 * How fast events are acknowledged once they are durable, against the bare server on the same bodies over the same client. The
 * whole system runs: what is accepted is stored at the same time, on the same processors.
 */
import { adminKey, sleep } from '../../test/hazards/harness.ts';
import { Load, type LoadRun } from '../load/load.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { BaselineServer, type Measured, MillraceServer } from '../servers.ts';
import { median } from '../statistics.ts';

const connections = 64;
const runMs = 3_000;
const warmUpMs = 2_000;
const restMs = 300;

interface Side extends LoadRun {
  eventsPerSecond: number;
  cpuUsPerRequest: number;
}

export const durableRows: readonly Row[] = [1, 100].map((eventsPerRequest) => ({
  name: `durable-${eventsPerRequest}`,
  run: (context) => measure(eventsPerRequest, context),
}));

async function measure(eventsPerRequest: number, { pairs, directory, say }: BenchContext): Promise<Figure[]> {
  const millrace = await MillraceServer.open(directory);
  const bare = await BaselineServer.bare(directory);
  const open = ({ port }: Measured) =>
    Load.open({ port, key: adminKey, connections, eventsPerRequest, eventsPerSecond: 0 });
  const [toMillrace, toBare] = [await open(millrace), await open(bare)];
  const sides: { ours: Side; theirs: Side; waiting: number }[] = [];
  try {
    await toBare.run(warmUpMs);
    await toMillrace.run(warmUpMs);
    await millrace.server.drained();
    for (let pair = 0; pair < pairs; pair++) {
      await sleep(restMs);
      const theirs = await measureSide(bare, toBare);
      await sleep(restMs);
      const ours = await measureSide(millrace, toMillrace);
      const { queueLength } = await millrace.server.ask<{ queueLength: number }>('/api/v1/queue');
      sides.push({ ours, theirs, waiting: queueLength });
      say(
        `pair ${pair + 1}: ${rate(ours)} against ${rate(theirs)}, ${queueLength} not stored yet at the end`,
      );
      await millrace.server.drained();
    }
  } finally {
    await Promise.all([toMillrace.close(), toBare.close()]);
    await Promise.all([millrace.close(), bare.close()]);
  }
  return [figure(eventsPerRequest, sides)];
}

async function measureSide(measured: Measured, load: Load): Promise<Side> {
  const cpuBefore = measured.cpuSeconds();
  const run = await load.run(runMs);
  const cpuSeconds = measured.cpuSeconds() - cpuBefore;
  if (run.requests === 0) throw new Error(`nothing was accepted; the last status was ${run.refusedStatus}`);
  return {
    ...run,
    eventsPerSecond: (1000 * run.events) / run.elapsedMs,
    cpuUsPerRequest: (1e6 * cpuSeconds) / run.requests,
  };
}

function figure(
  eventsPerRequest: number,
  sides: readonly { ours: Side; theirs: Side; waiting: number }[],
): Figure {
  const ratios = sides.map(({ ours, theirs }) => ours.eventsPerSecond / theirs.eventsPerSecond);
  const of = (read: (side: { ours: Side; theirs: Side; waiting: number }) => number) =>
    median(sides.map(read));
  const ratio = median(ratios);
  const share = of(({ ours }) => ours.cpuMs / ours.elapsedMs);
  return {
    name: `${eventsPerRequest === 1 ? 'one event' : `${eventsPerRequest} events`} a request, ${connections} connections, durable`,
    baseline: 'bare node:http, parse, append, group fdatasync',
    value: `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
    samples: ratios,
    reach: '0.5',
    aim: '0.8',
    isReached: ratio >= 0.5,
    detail: [
      `${Math.round(of(({ ours }) => ours.eventsPerSecond))} against ${Math.round(of(({ theirs }) => theirs.eventsPerSecond))} events/s`,
      `p99 ${of(({ ours }) => ours.p99Ms).toFixed(0)} against ${of(({ theirs }) => theirs.p99Ms).toFixed(0)} ms`,
      `all processes ${of(({ ours }) => ours.cpuUsPerRequest).toFixed(0)} against ${of(({ theirs }) => theirs.cpuUsPerRequest).toFixed(0)} µs of processor a request`,
      `client ${(share * 100).toFixed(0)} % of a core (${(100 * of(({ theirs }) => theirs.cpuMs / theirs.elapsedMs)).toFixed(0)} % against the bare server)`,
      `${of(({ waiting }) => waiting)} events not stored yet when a run ended`,
      `${sides.reduce((sum, { ours }) => sum + ours.refused, 0)} refused`,
    ].join('; '),
  };
}

const rate = (side: Side) =>
  `${Math.round(side.eventsPerSecond)} events/s, ${side.cpuUsPerRequest.toFixed(0)} µs`;
