/**
 * What the log in Redis costs: appends against plain XADD on the same server (`appendfsync always`), in alternating short runs; reading,
 * trimming, memory, and how long after an acknowledgement another process hears of it. node bench/redis-log.ts [BYTES A RECORD]
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis } from '../scripts/services/redis.ts';
import { systemClock } from '../src/clock.ts';
import type { Log } from '../src/log/log.ts';
import { openRedisLog } from '../src/log/redis/redis-log.ts';
import { redisLogSettings } from '../src/log/redis/redis-log-config.ts';
import { readSettings } from '../src/settings.ts';
import { Telemetry } from '../src/telemetry/telemetry.ts';
import { median, quantile } from './statistics.ts';

const recordBytes = Number(process.argv[2] ?? 400);
const pairs = Number(process.env.PAIRS ?? 5);
const lagRounds = 300;
const forever = new AbortController().signal;

interface Run {
  readonly perSecond: number;
  /** µs of processor an append. */
  readonly server: number;
  readonly client: number;
}

const server = await startRedis();
const config = {
  ...readSettings(redisLogSettings, {}),
  partitions: 1,
  bytesMax: 0,
  waitingBytesMax: 64 * 1024 ** 2,
};
const open = () => openRedisLog({ url: server.url, config, clock: systemClock, telemetry: new Telemetry() });
const log = await open();
const redis = new Redis(server.url, { enableAutoPipelining: true });
const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
const payload = randomBytes(recordBytes);
try {
  for (const connections of [1, 8, 64, 256]) await compare(connections);
  await reading(log);
  await lag(log);
} finally {
  await log.close();
  redis.disconnect();
  await server.close();
}

/** User and system, of a process. */
function cpuMs(of: number | 'self'): number {
  const fields = readFileSync(`/proc/${of}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measure(connections: number, count: number, one: () => Promise<unknown>): Promise<Run> {
  const before = { server: cpuMs(pid), client: cpuMs('self'), at: performance.now() };
  let left = count;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await one();
    }),
  );
  return {
    perSecond: (1000 * count) / (performance.now() - before.at),
    server: (1000 * (cpuMs(pid) - before.server)) / count,
    client: (1000 * (cpuMs('self') - before.client)) / count,
  };
}

async function compare(connections: number): Promise<void> {
  const count = connections === 1 ? 2_000 : 20_000;
  const runs: (readonly [plain: Run, ours: Run])[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const plain = await measure(connections, count, () => redis.xadd('plain', '*', 'd', payload));
    const ours = await measure(connections, count, () => log.append(0, 1, payload));
    runs.push([plain, ours]);
  }
  await redis.del('plain');
  const of = (side: 0 | 1, figure: keyof Run) => median(runs.map((run) => run[side][figure])).toFixed(1);
  const ratio = median(runs.map(([plain, ours]) => ours.perSecond / plain.perSecond)).toFixed(2);
  console.log(
    `${connections} at once: XADD ${of(0, 'perSecond')}/s (µs: server ${of(0, 'server')}, client ${of(0, 'client')}); append ${of(1, 'perSecond')}/s (server ${of(1, 'server')}, client ${of(1, 'client')}); ratio of rates ${ratio}`,
  );
}

async function reading(from: Log): Promise<void> {
  const memory = Number(await redis.call('MEMORY', 'USAGE', '{millrace:log:0}:records', 'SAMPLES', '0'));
  const before = { server: cpuMs(pid), client: cpuMs('self'), at: performance.now() };
  let events = 0;
  for (let offset = 0; offset < from.ends(0).next; ) {
    const records = await from.read(0, offset, { eventsMax: 50_000, bytesMax: 16 * 1024 ** 2 });
    events += records.length;
    offset = records.at(-1)!.offset + records.at(-1)!.count;
  }
  const ms = performance.now() - before.at;
  const cost = (of: number) => ((1000 * of) / events).toFixed(2);
  console.log(
    `read ${events} records of ${recordBytes} bytes: ${((1000 * events) / ms).toFixed(0)}/s (µs: server ${cost(cpuMs(pid) - before.server)}, client ${cost(cpuMs('self') - before.client)}); ${(memory / events).toFixed(0)} bytes of Redis's memory a record`,
  );
  const trimmed = performance.now();
  await from.trim(0, from.ends(0).next);
  console.log(`trimmed ${events} records in ${(performance.now() - trimmed).toFixed(0)} ms`);
}

async function lag(writer: Log): Promise<void> {
  const reader = await open();
  const lags: number[] = [];
  for (let round = 0; round < lagRounds; round++) {
    const heard = reader.wait(0, writer.ends(0).next, forever).then(() => performance.now());
    await delay(5 + Math.random() * 20);
    await writer.append(0, 1, payload);
    const acknowledged = performance.now();
    lags.push((await heard) - acknowledged);
  }
  await reader.close();
  const at = (share: number) => quantile(lags, share).toFixed(2);
  console.log(`acknowledged → heard of by another log: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
