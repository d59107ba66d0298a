/** The promises of the log over REST, in front of a real Redis that fsyncs before each answer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { type ErrorCode, isFailure } from '../../../src/errors.ts';
import type { Log } from '../../../src/log/log.ts';
import { openUpstashLog } from '../../../src/log/upstash/upstash-log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { logSuite } from '../../../src/testing/log-suite.ts';
import { startUpstash } from '../../support/upstash-server.ts';
import { failing } from '../redis/failing.ts';
import { config, flipBit, openHouse, tearAof } from '../redis/harness.ts';

async function openPlace(t: TestContext) {
  const house = await openHouse(t);
  const upstash = await startUpstash(house.server.url);
  const logs = new Set<Log>();
  t.after(async () => {
    await Promise.all([...logs].map((log) => log.close()));
    await upstash.close();
  });
  const open = async (given: Partial<typeof config> = {}, token = upstash.token): Promise<Log> => {
    const own = { ...config, timeoutMs: 1_000, pollMs: 10, ...given };
    const telemetry = new Telemetry();
    const log = await openUpstashLog({ url: upstash.url, token, config: own, clock: systemClock, telemetry });
    logs.add(log);
    return log;
  };
  const closeAll = async () => {
    await Promise.all([...logs].map((log) => log.close()));
    logs.clear();
  };
  return { house, upstash, open, closeAll };
}

logSuite('upstash', { contiguousOffsets: true, durable: true, shared: true }, async (context) => {
  const { house, open, closeAll } = await openPlace(context);
  const faults = failing(house);
  const crash = async () => {
    const closing = closeAll();
    await house.crash();
    await closing;
  };
  return {
    open: async (bounds = {}) =>
      faults.wrap(
        await open({
          ...(bounds.bytesMax && { bytesMax: bounds.bytesMax }),
          ...(bounds.waitingBytesMax && { waitingBytesMax: bounds.waitingBytesMax }),
        }),
      ),
    durable: {
      crash,
      damage: (partition, offset) => flipBit(house.redis(), house.keys(partition).records, offset, [0]),
      tear: async (_partition, bytes) => {
        const directory = await house.directory();
        await crash();
        await house.server.stop();
        tearAof(directory, bytes);
        await house.server.start();
      },
      failWrite: faults.failWrite,
      failSync: faults.failSync,
    },
  };
});

const is = (code: ErrorCode, text: RegExp) => (error: unknown) =>
  isFailure(error, code) && text.test(error.message);

test('a wrong token and a server that is away are told apart, by their settings', async (t) => {
  const { open, upstash } = await openPlace(t);
  await assert.rejects(open({}, 'wrong'), is('redis_refused', /UPSTASH_REDIS_REST_TOKEN/));
  await upstash.close();
  await assert.rejects(open(), is('redis_unavailable', /UPSTASH_REDIS_REST_URL.*nobody listens/));
});

test('an answer that is lost, or late, is an error, and nothing is sent twice', async (t) => {
  const { open, upstash } = await openPlace(t);
  const log = await open();
  await log.append(0, 1, Buffer.from('a'));
  const before = upstash.asked.length;
  upstash.loseAnswers(1);
  await assert.rejects(log.append(0, 1, Buffer.from('b')), is('log_write_failed', /upstash/));
  assert.equal(upstash.asked.length, before + 1);
  // it is there: whoever sends it again is recognized by the event's id
  assert.equal(await log.append(0, 1, Buffer.from('b')), 2);
  const release = upstash.hang();
  await assert.rejects(log.append(0, 1, Buffer.from('c')), is('log_write_failed', /upstash/));
  release();
});

test('what a socket appends is read over REST, and the other way round', async (t) => {
  const { house, open } = await openPlace(t);
  const rest = await open();
  const socket = await house.open();
  const texts = ['über REST', 'over a socket', '\u0001{"a":"ö"}'];
  assert.equal(await rest.append(0, 1, Buffer.from(texts[0]!)), 0);
  assert.equal(await socket.append(0, 1, Buffer.from(texts[1]!)), 1);
  assert.equal(await socket.append(0, 1, Buffer.from(texts[2]!)), 2);
  await rest.wait(0, 2, new AbortController().signal);
  for (const log of [rest, socket]) {
    const records = await log.read(0, 0, { eventsMax: 10, bytesMax: 1_000 });
    assert.deepEqual(
      records.map(({ bytes }) => Buffer.from(bytes).toString()),
      texts,
    );
  }
});

test('an error says nothing of the events that were sent', async (t) => {
  const { house, open } = await openPlace(t);
  const log = await open();
  await house.redis().config('SET', 'maxmemory', '100kb');
  const error = await log.append(0, 1, Buffer.from('a secret of somebody')).catch((thrown) => thrown);
  assert.ok(isFailure(error, 'log_full'));
  const chain = [error, error.cause, (error.cause as Error).cause].map(String).join();
  assert.doesNotMatch(chain, /secret|c2VjcmV0|YSBzZWNy/);
});
