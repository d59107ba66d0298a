/**
 * What a million events cost in processor time from the socket to countable, by who spends it: the server's own loop, its
 * other threads, the engine. `node bench/delivery-cost.ts [seconds] [events/s] [events a request]`: 0 events/s is as fast as it
 * goes. For trying changes: CPU-seconds are steadier than rates where the machine is shared. SETTINGS is JSON of settings to try.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKey, sleep } from '../test/hazards/harness.ts';
import { Load } from './load/load.ts';
import { MillraceServer } from './servers.ts';
import { cpuSecondsOf } from './system-reads.ts';

const [seconds = 15, eventsPerSecond = 0, eventsPerRequest = 100] = process.argv.slice(2).map(Number);
const waitingMax = 200_000;
const pollMs = 250;
const ticksPerSecond = 100;

interface Queue {
  readonly queueLength: number;
  readonly ledger: { readonly stored: number };
}

const root = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'millrace-cost-'));
const millrace = await MillraceServer.open(root, JSON.parse(process.env.SETTINGS ?? '{}'));
const options = { port: millrace.port, key: adminKey, connections: 16, eventsPerRequest, eventsPerSecond };
const load = await Load.open(options);
try {
  await load.run(2_000);
  await millrace.server.drained();
  const before = read();
  const stored = (await queue()).ledger.stored;
  const startedAt = performance.now();
  const running = load.run(seconds * 1000);
  await holdBack();
  const { cpuMs, p50Ms, p99Ms } = await running;
  const sent = (await queue()).ledger.stored - stored;
  const rate = (1000 * sent) / (performance.now() - startedAt);
  await millrace.server.drained();
  const total = (await queue()).ledger.stored - stored;
  const after = read();
  const perMillion = (at: keyof typeof after) => ((1e6 * (after[at] - before[at])) / total).toFixed(2);
  console.log(
    `${Math.round(rate)} events/s; CPU-s a million: server ${perMillion('server')} (loop ${perMillion('loop')}, others ${perMillion('others')}: writer ${perMillion('writer')}), engine ${perMillion('engine')}; client ${((1000 * cpuMs) / total).toFixed(2)}; answers p50 ${p50Ms.toFixed(1)}, p99 ${p99Ms.toFixed(1)} ms; ${threads(millrace.server.pid)}; memory ${millrace.memory().byProcess} MB`,
  );
} finally {
  await load.close();
  await millrace.close();
  rmSync(root, { recursive: true, force: true });
}

function read() {
  const server = cpuSecondsOf(millrace.server.pid);
  const loop = threadSeconds(millrace.server.pid, millrace.server.pid);
  const engine = millrace.server.children().reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  return { server, loop, others: server - loop, writer: threadsNamed(millrace.server.pid, 'writer'), engine };
}

function threadSeconds(pid: number, thread: number): number {
  const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function threadsNamed(pid: number, name: string): number {
  return readdirSync(`/proc/${pid}/task`)
    .filter((thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim() === name)
    .reduce((sum, thread) => sum + threadSeconds(pid, Number(thread)), 0);
}

/** The busiest other threads since the start, with their names. */
function threads(pid: number): string {
  const others = readdirSync(`/proc/${pid}/task`)
    .filter((thread) => thread !== String(pid))
    .map((thread) => ({
      name: readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim(),
      seconds: threadSeconds(pid, Number(thread)),
    }));
  const busiest = others.sort((a, b) => b.seconds - a.seconds).slice(0, 4);
  return busiest.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(', ');
}

async function queue(): Promise<Queue> {
  return await millrace.server.ask<Queue>('/api/v1/queue');
}

/** Asking costs the server and the engine too, so it is not done where the rate is given. */
async function holdBack(): Promise<void> {
  if (eventsPerSecond > 0) return;
  let isPaused = false;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(pollMs)) {
    const { queueLength } = await queue();
    const mustPause: boolean = queueLength > (isPaused ? waitingMax / 2 : waitingMax);
    if (mustPause !== isPaused) load.pause(mustPause);
    isPaused = mustPause;
  }
  load.pause(false);
}
