/** Several writers on one log and one store: a real Redis, and a store that fences. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { encodeBatch } from '../../src/event/codec.ts';
import { openHasher } from '../../src/event/hasher.ts';
import { partitionOf } from '../../src/event/partition.ts';
import type { Log } from '../../src/log/log.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openWriter, type Writer, type WriterOptions } from '../../src/writer/writer.ts';
import { type House, openHouse } from '../log/redis/harness.ts';
import { FencedStore } from './fenced-store.ts';
import { atEnd, config, event, project, until } from './support.ts';

const partitions = 4;
const hasher = await openHasher();

class Team {
  readonly store = new FencedStore();
  readonly house: House;
  readonly log: Log;
  readonly #t: TestContext;
  #sent = 0;

  private constructor(t: TestContext, house: House, log: Log) {
    this.#t = t;
    this.house = house;
    this.log = log;
  }

  static async open(t: TestContext): Promise<Team> {
    const house = await openHouse(t, { appendfsync: 'everysec' });
    return new Team(t, house, await house.open({ partitions }));
  }

  /** A writer with a log of its own, as a process has. */
  async writer(given: Partial<WriterOptions> = {}): Promise<{ writer: Writer; log: Log }> {
    const log = await this.house.open({ partitions });
    const writer = await openWriter({
      log,
      store: this.store,
      clock: systemClock,
      telemetry: new Telemetry(),
      config: { ...config, flushIntervalMs: 1, upkeepIntervalMs: 50, snapshotIntervalMs: 50 },
      ...given,
    });
    atEnd(this.#t, () => writer.close());
    return { writer, log };
  }

  async started(given: Partial<WriterOptions> = {}): Promise<{ writer: Writer; log: Log }> {
    const opened = await this.writer(given);
    opened.writer.start();
    return opened;
  }

  async send(ids: readonly string[]): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      const own = ids.filter((id) => partitionOf(hasher, project, id, partitions) === partition);
      if (own.length === 0) continue;
      const events = own.map((id) => event(id));
      const bytes = encodeBatch({ project, receivedAt: Date.now(), events });
      await this.log.append(partition, own.length, bytes);
    }
    this.#sent += ids.length;
  }

  /** Until every event that was sent has its fate. */
  async settled(): Promise<void> {
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      let taken = 0;
      for (let partition = 0; partition < partitions; partition++)
        taken += (await this.store.progress(partition)).next;
      if (taken === this.#sent) return;
      if (performance.now() > giveUpAt) assert.fail(`${taken} of ${this.#sent} events are stored`);
      await delay(5);
    }
  }
}

const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);
const held = (writer: Writer) =>
  writer.status().partitions.filter(({ mode }) => mode !== 'waiting' && mode !== 'starting').length;

test('writers share the partitions equally, when they come and when they go', async (t) => {
  const team = await Team.open(t);
  const one = await team.started();
  await until('one has all', () => held(one.writer) === 4);
  const two = await team.started();
  await until('each has two', () => held(one.writer) === 2 && held(two.writer) === 2);
  const three = await team.started();
  await until(
    'nobody has more than two',
    () => held(three.writer) === 1 && held(one.writer) + held(two.writer) === 3,
  );
  await team.send(ids('a', 400));
  await team.settled();
  await two.writer.close();
  await two.log.close();
  await until('the others have its', () => held(one.writer) === 2 && held(three.writer) === 2);
  await team.send(ids('b', 400));
  await team.settled();
  assert.equal(new Set(await team.store.ids(partitions)).size, 800);
  assert.equal((await team.store.ids(partitions)).length, 800);
  for (const partition of [0, 1, 2, 3]) {
    const tokens = team.store.claims
      .filter((claim) => claim.partition === partition)
      .map(({ token }) => token);
    assert.ok(tokens.every((token, index) => index === 0 || token >= tokens[index - 1]!));
  }
});

test('a retry changes nothing whoever has the partition, and the index warms up beside the writing', async (t) => {
  const team = await Team.open(t);
  const one = await team.started();
  const first = ids('a', 2_000);
  await team.send(first);
  await team.settled();
  await until('the log is freed', () =>
    [0, 1, 2, 3].every((p) => one.log.ends(p).first === one.log.ends(p).next),
  );
  await one.writer.close();
  await one.log.close();

  // the next one finds neither a snapshot nor the records
  const recent = team.store.recent.bind(team.store);
  const held = Promise.withResolvers<void>();
  team.store.recent = async function* (...args) {
    await held.promise;
    yield* recent(...args);
  };
  const two = await team.started();
  await team.send([...first, ...ids('b', 100)]);
  await team.settled();
  assert.equal((await team.store.ids(partitions)).length, 2_100);
  const asked = team.store.knownKeys;
  assert.ok(asked >= 2_100);

  held.resolve();
  const warm = () => two.writer.status().partitions.every(({ dedupe }) => (dedupe?.ids ?? 0) > 0);
  await until('the index is warm', () => warm() && total(two.writer) >= 2_100);
  await team.send(ids('c', 100));
  await team.settled();
  // new ids are not asked for any more
  assert.ok(team.store.knownKeys - asked < 100, `${team.store.knownKeys - asked} were asked for`);
  await team.send([...first, ...ids('b', 100), ...ids('c', 100)]);
  await team.settled();
  assert.equal((await team.store.ids(partitions)).length, 2_200);
  assert.equal(two.writer.status().ledger?.duplicates, 2_000 + 2_200);
});

const total = (writer: Writer) =>
  writer.status().partitions.reduce((sum, { dedupe }) => sum + (dedupe?.ids ?? 0), 0);

test('a writer without an index asks the store of every id', async (t) => {
  const team = await Team.open(t);
  await team.started({ dedupe: 'store' });
  await team.send([...ids('a', 500), ...ids('a', 500)]);
  await team.settled();
  await team.send([...ids('a', 500), ...ids('b', 100)]);
  await team.settled();
  assert.equal((await team.store.ids(partitions)).length, 600);
  assert.equal(team.store.recentReads, 0);
});

test('a pass brings in what waits, frees the log and gives everything back', async (t) => {
  const team = await Team.open(t);
  await team.send([...ids('a', 1_000), ...ids('a', 10)]);
  const { writer, log } = await team.writer({ dedupe: 'store' });
  const report = await writer.drainFor(10_000);
  const { stored, duplicates, waiting, busy, isOutOfTime, lastError } = report;
  assert.deepEqual(
    { stored, duplicates, waiting, busy, isOutOfTime, lastError },
    { stored: 1_000, duplicates: 10, waiting: 0, busy: 0, isOutOfTime: false, lastError: undefined },
  );
  assert.ok([0, 1, 2, 3].every((partition) => log.ends(partition).first === log.ends(partition).next));
  const next = await team.writer({ dedupe: 'store' });
  assert.equal((await next.writer.drainFor(10_000)).stored, 0);
});

test('two passes at once bring in each event once', async (t) => {
  const team = await Team.open(t);
  const all = ids('a', 4_000);
  for (let at = 0; at < all.length; at += 100) await team.send(all.slice(at, at + 100));
  team.store.insertMs = 20;
  const config_ = { ...config, flushIntervalMs: 1, batchEventsMax: 200 };
  const passes = await Promise.all(
    [1, 2, 3].map(async () =>
      (await team.writer({ dedupe: 'store', config: config_ })).writer.drainFor(10_000),
    ),
  );
  assert.equal(
    passes.reduce((sum, { stored }) => sum + stored, 0),
    4_000,
  );
  assert.equal((await team.store.ids(partitions)).length, 4_000);
});

test('a pass ends when its time is over, and the next one goes on', async (t) => {
  const team = await Team.open(t);
  const all = ids('a', 2_000);
  for (let at = 0; at < all.length; at += 20) await team.send(all.slice(at, at + 20));
  team.store.insertMs = 50;
  const slow = { ...config, flushIntervalMs: 1, batchEventsMax: 20 };
  const first = await (await team.writer({ dedupe: 'store', config: slow })).writer.drainFor(300);
  assert.ok(first.isOutOfTime && first.waiting > 0 && first.stored < 2_000);
  team.store.insertMs = 0;
  const second = await (await team.writer({ dedupe: 'store' })).writer.drainFor(10_000);
  assert.equal(first.stored + second.stored, 2_000);
  assert.equal((await team.store.ids(partitions)).length, 2_000);
});

test('a store that another writer claimed is recovered from with a greater token', async (t) => {
  const team = await Team.open(t);
  const { writer } = await team.started();
  await team.send(ids('a', 40));
  await team.settled();
  // as somebody does who has the next lease
  for (const partition of [0, 1, 2, 3]) {
    const { token } = team.store.claims.findLast((claim) => claim.partition === partition)!;
    await team.store.progress(partition, token + 1);
  }
  await team.send(ids('b', 40));
  await team.settled();
  assert.ok(team.store.fenced > 0);
  assert.equal((await team.store.ids(partitions)).length, 80);
  assert.equal(held(writer), 4);
});
