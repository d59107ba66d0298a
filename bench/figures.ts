/**
 * The absolute figures of a single server on the embedded default, for docs/measurements.md: start-up, idle memory, lag from
 * acceptance to countable, bytes on disk an event. Starts its own server on a fresh directory: `npm run figures [LOG.gz]`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ServerUnderTest, sleep, writeKey } from '../test/hazards/harness.ts';
import { median, quantile } from './statistics.ts';
import { syntheticEvent } from './synthetic.ts';
import { directoryBytes, memoryOf } from './system-reads.ts';

const millrace = join(import.meta.dirname, '../src/cli/millrace.ts');
const startsMeasured = 7;
const idleMs = 20_000;
const backgroundEventsPerSecond = 1_000;
const backgroundBatch = 20;
const markersMeasured = 200;
const markerPauseMs = 100;
const pollMs = 5;
const syntheticEvents = 1_000_000;
const syntheticBatch = 5_000;

const root = mkdtempSync(join(tmpdir(), 'millrace-figures-'));
const server = new ServerUnderTest(join(root, 'data'), await freePort());

async function post(events: readonly object[]): Promise<void> {
  const response = await fetch(`${server.base}/api/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  if (response.status === 503 || response.status === 429) {
    await sleep(100);
    return post(events);
  }
  if (response.status !== 202)
    throw new Error(`collect answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** From spawn to a readiness of 200; the first start makes the tables and is told apart. */
async function measureStarts(): Promise<void> {
  const times: number[] = [];
  for (let start = 0; start < startsMeasured; start++) {
    const startedAt = performance.now();
    server.start();
    await server.ready();
    times.push(performance.now() - startedAt);
    if (start < startsMeasured - 1) await server.stop();
  }
  const [first = 0, ...later] = times;
  report('start-up, first (tables are made)', `${first.toFixed(0)} ms`);
  report('start-up, later, median', `${median(later).toFixed(0)} ms`);
}

function reportMemory(when: string): void {
  const processes = [
    { name: 'server', pid: server.pid },
    ...server.children().map((pid) => ({ name: 'engine', pid })),
  ].map(({ name, pid }) => ({ name, ...memoryOf(pid) }));
  const sum = (of: 'residentBytes' | 'anonymousBytes') =>
    processes.reduce((total, each) => total + each[of], 0);
  const each = processes.map(({ name, residentBytes }) => `${name} ${megabytes(residentBytes)}`).join(', ');
  report(
    `memory ${when}, all processes`,
    `${megabytes(sum('residentBytes'))} resident (${each}), ${megabytes(sum('anonymousBytes'))} of it anonymous`,
  );
}

/** One marker at a time, of a type of its own, asked for until it is counted: what a client sees, its polling included. */
async function measureLag(when: string): Promise<void> {
  const lags: number[] = [];
  for (let marker = 0; marker < markersMeasured; marker++) {
    const type = `marker-${when}-${marker}`;
    await post([{ type, timestamp: Date.now(), userId: 'm' }]);
    const acceptedAt = performance.now();
    for (;;) {
      const plan = {
        kind: 'summary',
        from: Date.now() - 3_600_000,
        to: Date.now() + 1000,
        metrics: ['events'],
        filter: { field: 'type', op: 'eq', value: type },
      };
      const answer = await server.ask<{ data: { total: { events: number } } }>('/api/v1/query', plan);
      if (answer.data.total.events === 1) break;
      await sleep(pollMs);
    }
    lags.push(performance.now() - acceptedAt);
    await sleep(markerPauseMs * Math.random());
  }
  report(
    `202 → countable, ${when}`,
    `p50 ${quantile(lags, 0.5).toFixed(0)} ms, p99 ${quantile(lags, 0.99).toFixed(0)} ms, most ${Math.max(...lags).toFixed(0)} ms`,
  );
}

function startBackground(): () => void {
  let n = 0;
  const timer = setInterval(
    () => {
      const events = Array.from({ length: backgroundBatch }, () => syntheticEvent(n++, Date.now()));
      post(events).catch(() => {});
    },
    (1000 * backgroundBatch) / backgroundEventsPerSecond,
  );
  return () => clearInterval(timer);
}

async function measureSize(name: string, send: () => Promise<number>): Promise<void> {
  const before = directoryBytes(join(root, 'data', 'store'));
  const events = await send();
  await server.drained();
  // merges end some time after the last insert
  await sleep(15_000);
  const bytes = directoryBytes(join(root, 'data', 'store')) - before;
  report(
    `bytes on disk an event, ${name}`,
    `${(bytes / events).toFixed(1)} (${events} events, rollups included)`,
  );
}

/** By the command itself. */
function sendLog(path: string): Promise<number> {
  const output = execFileSync(
    process.execPath,
    [millrace, 'import', path, '--visitor', 'address', '--json', '--url', server.base],
    {
      env: { PATH: process.env.PATH, MILLRACE_WRITE_KEY: writeKey },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return Promise.resolve((JSON.parse(output.toString()) as { accepted: number }).accepted);
}

async function sendSynthetic(): Promise<number> {
  const startedAt = performance.now();
  const from = Date.now() - 30 * 86_400_000;
  for (let first = 0; first < syntheticEvents; first += syntheticBatch) {
    const events = Array.from({ length: syntheticBatch }, (_, index) => {
      const n = first + index;
      return syntheticEvent(10_000_000 + n, from + Math.floor((n / syntheticEvents) * 30 * 86_400_000));
    });
    await post(events);
  }
  await server.drained();
  const seconds = (performance.now() - startedAt) / 1000;
  report(
    'accepted → countable, one sender, 5,000 a request',
    `${Math.round(syntheticEvents / seconds)} events/s`,
  );
  return syntheticEvents;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const report = (what: string, figure: string) => console.log(`| ${what} | ${figure} |`);

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n\n| figure | value |\n|---|---|`,
);
try {
  await measureStarts();
  await sleep(idleMs);
  reportMemory(`idle, ${idleMs / 1000} s after the start`);
  await measureLag('quiet');
  const stopBackground = startBackground();
  await sleep(5_000);
  await measureLag(`at ${backgroundEventsPerSecond} events/s`);
  reportMemory(`at ${backgroundEventsPerSecond} events/s`);
  stopBackground();
  const log = process.argv[2];
  if (log !== undefined) await measureSize('the access log', () => sendLog(log));
  await measureSize('synthetic page views', sendSynthetic);
  reportMemory('after a million events');
} finally {
  await server.stop();
  if (process.env.KEEP) cpSync(root, process.env.KEEP, { recursive: true });
  rmSync(root, { recursive: true, force: true });
}
