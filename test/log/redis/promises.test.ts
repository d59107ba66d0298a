import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisOptions } from '../../../scripts/services/redis.ts';
import { systemClock } from '../../../src/clock.ts';
import { type ErrorCode, isFailure } from '../../../src/errors.ts';
import { openRedisLog } from '../../../src/log/redis/redis-log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { config, openHouse } from './harness.ts';

/** Ten milliseconds or more apart: a busy machine takes its time. */
const triesMax = 2_000;

async function opened(t: TestContext, options: RedisOptions, acceptLoss = false) {
  const house = await openHouse(t, options);
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const log = await house.open({ acceptLoss }, telemetry);
  return { house, log, notes };
}

const is = (code: ErrorCode, text: RegExp) => (error: unknown) =>
  isFailure(error, code) && text.test(error.message);

test('a server that fsyncs before each answer is taken without a word but for its memory', async (t) => {
  const { notes } = await opened(t, {});
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /it has no maxmemory/);
  assert.deepEqual((await opened(t, { settings: { maxmemory: '100mb' } })).notes, []);
});

test('one that fsyncs each second is taken with a warning', async (t) => {
  const { notes } = await opened(t, { appendfsync: 'everysec', settings: { maxmemory: '100mb' } });
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /everysec.*about a second/);
});

for (const [what, options, text] of [
  ['evicts', { settings: { 'maxmemory-policy': 'allkeys-lru' } }, /allkeys-lru.*noeviction.*ACCEPT_LOSS/],
  ['keeps no file', { appendonly: 'no' }, /appendonly no.*ACCEPT_LOSS/],
  ['leaves the fsync to the system', { appendfsync: 'no' }, /appendfsync no.*ACCEPT_LOSS/],
] as const) {
  test(`one that ${what} is refused, unless its losses are accepted`, async (t) => {
    await assert.rejects(opened(t, options), is('redis_unsafe', text));
    const { log, notes } = await opened(t, options, true);
    assert.equal(await log.append(0, 1, Buffer.from('a')), 0);
    assert.match(notes.join(), /accepted by MILLRACE_LOG_REDIS_ACCEPT_LOSS/);
  });
}

test('where CONFIG is forbidden, what can be known otherwise is held against it, and the rest is said loudly', async (t) => {
  const house = await openHouse(t, { settings: { 'maxmemory-policy': 'allkeys-lru' } });
  const redis = house.redis();
  await redis.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-config');
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const url = `redis://app:secret@${house.server.host}:${house.server.port}`;
  const open = () => openRedisLog({ url, config, clock: systemClock, telemetry });
  await assert.rejects(open(), is('redis_unsafe', /allkeys-lru/));
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  const log = await open();
  await log.append(0, 1, Buffer.from('a'));
  await log.close();
  assert.match(notes.join(), /CANNOT BE CHECKED/);
});

test('where INFO is forbidden too, the log works and says what it cannot notice', async (t) => {
  const house = await openHouse(t);
  await house
    .redis()
    .call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-config', '-info', '-client|unblock');
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const url = `redis://app:secret@${house.server.host}:${house.server.port}`;
  const log = await openRedisLog({ url, config, clock: systemClock, telemetry });
  assert.equal(await log.append(0, 2, Buffer.from('a')), 0);
  // one that may ask makes no epoch of it, and goes on
  const other = await house.open();
  assert.equal(await other.append(0, 1, Buffer.from('b')), 2);
  assert.equal(await log.append(0, 1, Buffer.from('c')), 3);
  const waited = log.wait(1, 0, new AbortController().signal);
  await log.wait(0, 0, new AbortController().signal);
  await other.append(1, 1, Buffer.from('d'));
  await waited;
  await log.close();
  assert.match(notes.join(), /INFO may not be asked/);
});

test('a server that begins to evict while it runs is given no more, until that is undone', async (t) => {
  const { house, log, notes } = await opened(t, {});
  await log.append(0, 1, Buffer.from('a'));
  await house.redis().config('SET', 'maxmemory-policy', 'allkeys-lru');
  await house.redis().call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  let refused: unknown;
  for (
    let tries = 0;
    tries < triesMax && !/noeviction/.test(String((refused as Error | undefined)?.cause));
    tries++
  ) {
    refused = await log.append(0, 1, Buffer.from('b')).catch((error) => error);
    await delay(10);
  }
  assert.ok(isFailure(refused, 'log_write_failed') && refused.retryable);
  assert.match(notes.join(), /allkeys-lru/);
  await house.redis().config('SET', 'maxmemory-policy', 'noeviction');
  let offset: unknown;
  for (let tries = 0; tries < triesMax && typeof offset !== 'number'; tries++) {
    offset = await log.append(0, 1, Buffer.from('c')).catch(() => undefined);
    await delay(10);
  }
  assert.equal(typeof offset, 'number');
});

test('with replicas asked for, an append is acknowledged only when they have it', async (t) => {
  const replica = await openHouse(t);
  const house = await openHouse(t, { settings: { 'repl-diskless-sync-delay': '0' } });
  const log = await house.open({ replicasMin: 1, timeoutMs: 500 });
  const error = await log.append(0, 1, Buffer.from('alone')).catch((thrown) => thrown);
  assert.ok(isFailure(error, 'log_write_failed') && error.retryable);
  await replica.redis().replicaof(house.server.host, house.server.port);
  let offset: unknown;
  for (let tries = 0; tries < triesMax && typeof offset !== 'number'; tries++) {
    offset = await log.append(0, 1, Buffer.from('with it')).catch(() => undefined);
    await delay(20);
  }
  assert.equal(typeof offset, 'number');
});

test('a server that is full is taken over and freed by a writer that comes then', async (t) => {
  const { house, log } = await opened(t, { settings: { maxmemory: '8mb' } });
  const bytes = Buffer.alloc(100_000, 'x');
  let full: unknown;
  let next = 0;
  while (full === undefined) {
    await log.append(0, 1, bytes).then(
      () => next++,
      (error) => {
        full = error;
      },
    );
  }
  assert.ok(isFailure(full, 'log_full') && /maxmemory/.test(full.message));
  await log.close();
  // not only for large ones
  await house.redis().config('SET', 'maxmemory', '6mb');
  await assert.rejects(house.redis().set('a', 'b'), /OOM/);
  const other = await house.open();
  const lease = await other.lease(0, new AbortController().signal);
  await lease.begin(0);
  assert.equal((await other.read(0, 0, { eventsMax: 3, bytesMax: 1_000_000 })).length, 3);
  await other.trim(0, next);
  assert.deepEqual(other.ends(0), { first: next, next });
  assert.equal(await other.append(0, 1, bytes), next);
});

test('the consumer group shows how many records wait', async (t) => {
  const { house, log } = await opened(t, {});
  for (let index = 0; index < 10; index++) await log.append(0, 3, Buffer.from(`record ${index}`));
  const lag = async () => {
    const [group] = (await house.redis().xinfo('GROUPS', house.keys(0).records)) as unknown[][];
    return Object.fromEntries(group!.flatMap((name, at) => (at % 2 === 0 ? [[name, group![at + 1]]] : [])))
      .lag;
  };
  assert.equal(await lag(), 10);
  await log.trim(0, 13);
  assert.equal(await lag(), 6);
  await log.append(0, 1, Buffer.from('more'));
  assert.equal(await lag(), 7);
  await log.trim(0, 31);
  assert.equal(await lag(), 0);
});
