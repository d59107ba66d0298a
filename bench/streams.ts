/**
 * What open streams cost a server: memory while they idle, and processor time and evaluations while a hundred watch one question and
 * events come in. `STREAMS=10000 node bench/streams.ts`. Needs two descriptors a stream (ulimit -n).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKey, sleep } from '../test/hazards/harness.ts';
import { MillraceServer } from './servers.ts';
import { memoryOf } from './system-reads.ts';

const streams = Number(process.env.STREAMS ?? 10_000);
const watchers = 100;
const refreshes = 10;
/** Connections that are being opened at the same time. */
const openingMax = 100;
const settleMs = 3_000;

const path = '/api/v1/analytics/stream';
const directory = mkdtempSync(join(tmpdir(), 'millrace-streams-'));
const server = await MillraceServer.open(directory, {
  MILLRACE_STREAMS_MAX: String(streams + watchers),
  MILLRACE_STREAMS_PER_KEY_MAX: String(streams + watchers),
  MILLRACE_CONNECTIONS_MAX: String(streams + watchers + 100),
});
const open: Stream[] = [];
try {
  await collect(0);
  await addStreams(watchers);
  await sleep(settleMs);
  const before = memoryOf(server.server.pid).anonymousBytes;
  await addStreams(streams);
  await sleep(settleMs);
  const after = memoryOf(server.server.pid).anonymousBytes;
  const kib = (after - before) / streams / 1024;
  console.log(
    `${streams} idle streams: ${Math.round((after - before) / 1e6)} MB of anonymous memory, ${kib.toFixed(1)} KiB each`,
  );
  const idleFrom = server.cpuSeconds();
  await sleep(10_000);
  console.log(
    `idle: ${((server.cpuSeconds() - idleFrom) * 100).toFixed(1)} ms of processor a second, engine included`,
  );
  for (const stream of open.splice(watchers)) stream.close();
  await sleep(settleMs);
  await refresh();
} finally {
  for (const stream of open) stream.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Events come in, all watchers see each change; the server counts what it asked the store. */
async function refresh(): Promise<void> {
  const [told, asked] = [sum(), await evaluations()];
  for (let i = 1; i <= refreshes; i++) {
    await collect(i);
    const wanted = told + i * watchers;
    for (let tries = 0; sum() < wanted && tries < 500; tries++) await sleep(20);
  }
  const questions = (await evaluations()) - asked;
  console.log(
    `${watchers} watchers of one question: ${sum() - told} answers told, ${questions} questions asked of the store`,
  );
}

function sum(): number {
  return open.reduce((all, stream) => all + stream.answers, 0);
}

async function evaluations(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  const counts = [
    ...(await response.text()).matchAll(/^millrace_cache_lookups_total\{outcome="miss"\} (\d+)/gm),
  ];
  return counts.reduce((all, [, count]) => all + Number(count), 0);
}

async function collect(i: number): Promise<void> {
  const event = { type: 'pageview', timestamp: new Date().toISOString(), userId: `u${i}`, eventId: `e${i}` };
  const response = await fetch(`http://127.0.0.1:${server.port}/api/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  if (response.status !== 202) throw new Error(`collect answers ${response.status}`);
}

interface Stream {
  readonly answers: number;
  close(): void;
}

async function addStreams(count: number): Promise<void> {
  for (let done = 0; done < count; done += openingMax)
    open.push(...(await Promise.all(Array.from({ length: Math.min(openingMax, count - done) }, addStream))));
}

/** A raw socket, so that the client's own cost stays small. Resolves once it was told the first answer. */
function addStream(): Promise<Stream> {
  const { promise, resolve, reject } = Promise.withResolvers<Stream>();
  const socket: Socket = connect(server.port, '127.0.0.1');
  const stream = { answers: 0, close: () => socket.destroy() };
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('a stream was closed')));
  socket.setEncoding('latin1').on('data', (text: unknown) => {
    stream.answers += String(text).split('\ndata: ').length - 1;
    if (stream.answers > 0) resolve(stream);
  });
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${adminKey}\r\n\r\n`);
  return promise;
}
