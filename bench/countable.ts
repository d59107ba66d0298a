/**
 * From acceptance to countable: how many events a second a server takes in over HTTP and has stored, measured from the first
 * request until the last event is countable. The sender holds back while more than a bounded backlog waits.
 */
import { adminKey, sleep } from '../test/hazards/harness.ts';
import { Load } from './load/load.ts';
import type { MillraceServer } from './servers.ts';

const eventsPerRequest = 100;
const connections = 16;
const waitingMax = 200_000;
const pollMs = 100;
const warmUpMs = 2_000;

export interface Countable {
  readonly eventsPerSecond: number;
  readonly events: number;
  /** Of all the server's processes, and of what it works with. */
  readonly cpuSecondsPerMillion: number;
}

/** Sends for `ms`, after a short warm-up. `besides`: processor seconds so far of services that the server works with. */
export async function countable(
  millrace: MillraceServer,
  ms: number,
  besides: () => Promise<number> = async () => 0,
): Promise<Countable> {
  const load = await Load.open({
    port: millrace.port,
    key: adminKey,
    connections,
    eventsPerRequest,
    eventsPerSecond: 0,
  });
  try {
    await load.run(warmUpMs);
    await millrace.server.drained();
    const cpuBefore = millrace.cpuSeconds() + (await besides());
    const startedAt = performance.now();
    const [run] = await Promise.all([load.run(ms), holdBack(millrace, load, ms)]);
    await millrace.server.drained();
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = millrace.cpuSeconds() + (await besides()) - cpuBefore;
    return {
      events: run.events,
      eventsPerSecond: run.events / seconds,
      cpuSecondsPerMillion: (1e6 * cpuSeconds) / run.events,
    };
  } finally {
    await load.close();
  }
}

async function holdBack({ server }: MillraceServer, load: Load, ms: number): Promise<void> {
  let isPaused = false;
  for (const until = performance.now() + ms; performance.now() < until; await sleep(pollMs)) {
    const { queueLength } = await server.ask<{ queueLength: number }>('/api/v1/queue');
    const mustPause: boolean = queueLength > (isPaused ? waitingMax / 2 : waitingMax);
    if (mustPause !== isPaused) load.pause(mustPause);
    isPaused = mustPause;
  }
  load.pause(false);
}
