import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Log } from '../../src/log/log.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import type { Writer } from '../../src/writer/writer.ts';
import type { WriterMode } from '../../src/writer/writer-mode.ts';
import { type Fault, FaultyStore, noFaults } from './faulty-store.ts';
import {
  append,
  atEnd,
  autoClock,
  config,
  copyFiles,
  event,
  settled,
  startWriter,
  temporaryDirectory,
  until,
} from './support.ts';

/** One log and one store, and writers that follow each other. */
class House {
  readonly clock: ReturnType<typeof autoClock>;
  readonly log: Log = openMemoryLog();
  readonly store: FaultyStore;
  readonly notes: string[] = [];
  readonly #t: TestContext;
  readonly telemetry = new Telemetry();
  #kill = () => {};
  #crashes = 0;
  directory: string;

  constructor(t: TestContext, inserts: readonly Fault[] = []) {
    this.#t = t;
    this.clock = autoClock(t);
    this.store = new FaultyStore(this.clock, { ...noFaults, inserts });
    this.directory = join(temporaryDirectory(t), 'dedupe');
    this.telemetry.subscribe('note', ({ message }) => this.notes.push(message));
  }

  async open(
    given: { readonly upkeepIntervalMs?: number; readonly closeTimeoutMs?: number } = {},
  ): Promise<Writer> {
    const session = this.store.session();
    const { log, clock, directory } = this;
    const { telemetry } = this;
    // files are written in real time: it must not run out while they are
    const closeTimeoutMs = Number.POSITIVE_INFINITY;
    const settings = { ...config, snapshotIntervalMs: 1000, closeTimeoutMs, ...given };
    const writer = await startWriter({
      log,
      store: session.store,
      clock,
      telemetry,
      directory,
      config: settings,
    });
    let alive = true;
    this.#kill = () => {
      alive = false;
      session.kill();
      // it never hears of the store again, so nobody waits for it
      void writer.close();
    };
    atEnd(this.#t, () => (alive ? writer.close() : undefined));
    return writer;
  }

  /** The writer is gone between two instructions; what it had on disk is as it was. */
  crash(): void {
    this.#kill();
    const directory = `${this.directory}-${this.#crashes++}`;
    mkdirSync(directory);
    if (existsSync(this.directory)) copyFiles(this.directory, directory);
    this.directory = directory;
  }

  async stored(): Promise<string[]> {
    const ids: string[] = [];
    for await (const part of this.store.memory.recent(0, 0)) ids.push(...part.map(({ eventId }) => eventId));
    return ids.sort();
  }

  manifest(): { readonly position: number } {
    return JSON.parse(readFileSync(join(this.directory, 'p0.json'), 'utf8')).body;
  }
}

test('copies are recognized after a restart, by the snapshot and what the log has behind it', async (t) => {
  const house = new House(t);
  const first = await house.open({ upkeepIntervalMs: 3_600_000 });
  await append(house.log, [event('a'), event('b')]);
  await settled(first);
  await first.close();
  assert.equal(house.manifest().position, 2);

  const second = await house.open({ upkeepIntervalMs: 3_600_000 });
  await append(house.log, [event('c')]);
  await settled(second);
  house.crash();
  assert.equal(house.manifest().position, 2);

  const third = await house.open();
  await append(house.log, [event('a'), event('c'), event('d')]);
  await settled(third);
  assert.deepEqual(await house.stored(), ['a', 'b', 'c', 'd']);
  assert.equal(third.status().ledger?.duplicates, 2);
  assert.deepEqual(house.notes, []);
});

test('the log is freed only of what the snapshot has', async (t) => {
  const house = new House(t);
  const trims: [below: number, position: number][] = [];
  const trim = house.log.trim.bind(house.log);
  house.log.trim = async (partition, below) => {
    // the snapshot that is on disk at this very moment
    trims.push([below, existsSync(house.directory) ? house.manifest().position : 0]);
    await trim(partition, below);
  };
  const writer = await house.open({ upkeepIntervalMs: 100 });
  await append(house.log, [event('a'), event('b')]);
  await until('it is trimmed', () => house.log.ends(0).first === 2);
  await append(house.log, [event('c')]);
  await until('it is trimmed', () => house.log.ends(0).first === 3);
  house.crash();
  const second = await house.open();
  await append(house.log, [event('a'), event('b'), event('c')]);
  await settled(second);
  assert.deepEqual(await house.stored(), ['a', 'b', 'c']);
  assert.deepEqual(trims.slice(0, 2), [
    [2, 2],
    [3, 3],
  ]);
  await writer.close();
});

test('without a snapshot the index is rebuilt from the store, and that is said', async (t) => {
  const house = new House(t);
  const first = await house.open();
  await append(house.log, [event('a'), event('b')], { receivedAt: house.clock.now() });
  await until('it is trimmed', () => house.log.ends(0).first === 2);
  await first.close();
  house.directory = join(temporaryDirectory(t), 'other');
  const second = await house.open();
  await append(house.log, [event('a'), event('c')], { receivedAt: house.clock.now() });
  await settled(second);
  assert.deepEqual(await house.stored(), ['a', 'b', 'c']);
  assert.match(house.notes.join(), /rebuilt from the store: it has no snapshot/);
});

for (const [what, pick] of [
  ['manifest', (name: string) => name.endsWith('.json')],
  ['table', (name: string) => name.endsWith('.ids')],
] as const) {
  test(`a snapshot with one bit wrong in its ${what} is not used`, async (t) => {
    const house = new House(t);
    const first = await house.open();
    await append(house.log, [event('a')], { receivedAt: house.clock.now() });
    await until('it is trimmed', () => house.log.ends(0).first === 1);
    await first.close();
    const file = join(house.directory, readdirSync(house.directory).find(pick)!);
    const bytes = readFileSync(file);
    bytes[bytes.length >>> 1]! ^= 1;
    writeFileSync(file, bytes);
    const second = await house.open();
    await append(house.log, [event('a'), event('b')], { receivedAt: house.clock.now() });
    await settled(second);
    assert.deepEqual(await house.stored(), ['a', 'b']);
    assert.match(house.notes.join(), /rebuilt from the store: its snapshot is damaged/);
    // the next start has a whole one again
    await second.close();
    house.notes.length = 0;
    await settled(await house.open());
    assert.deepEqual(house.notes, []);
  });
}

test('a snapshot is not written before the progress is durable', async (t) => {
  const house = new House(t, ['hang']);
  const writer = await house.open();
  await append(house.log, [event('a')]);
  await until('it inserts', () => writer.status().partitions[0]!.mode === 'inserting');
  await house.clock.sleep(60_000);
  assert.ok(writer.status().partitions[0]!.dedupe!.ids > 0);
  assert.throws(() => house.manifest(), /ENOENT/);
  await settled(writer);
});

const modes: readonly WriterMode[] = ['recovering', 'gathering', 'inserting', 'reconciling', 'backing-off'];
for (const mode of modes) {
  for (const times of [1, 2, 3]) {
    test(`closed when it is ${mode} for time ${times}, it leaves what the next writer continues exactly`, async (t) => {
      const house = new House(t, ['part', 'before', 'after', 'late', 'none', 'part', 'part']);
      await append(house.log, [event('a'), event('b', { timestamp: 0 }), event('a')]);
      let seen = 0;
      let closing: Promise<void> | undefined;
      const end = house.telemetry.subscribe('writer.mode', ({ to }) => {
        if (to === mode && ++seen === times) closing = first.close();
      });
      const first = await house.open();
      await append(house.log, [event('b'), event('c')]);
      // some modes come only once; then it is closed when all is done
      await until('it is closing or has nothing to do', () => {
        return closing !== undefined || first.status().ledger?.inFlight === 0;
      });
      await (closing ?? first.close());
      end();
      assert.equal(first.status().partitions[0]!.mode, 'stopped');
      await append(house.log, [event('c'), event('d')]);
      const second = await house.open();
      await settled(second);
      assert.deepEqual(await house.stored(), ['a', 'b', 'c', 'd']);
      const { ledger } = second.status();
      assert.deepEqual([ledger?.stored, ledger?.duplicates, ledger?.quarantined], [4, 3, 0]);
    });
  }
}

test('closing does not wait for ever for a store that hangs', async (t) => {
  const house = new House(t, ['hang']);
  const first = await house.open({ closeTimeoutMs: 100 });
  await append(house.log, [event('a')]);
  await until('it inserts', () => first.status().partitions[0]!.mode === 'inserting');
  await first.close();
  assert.equal(first.status().partitions[0]!.mode, 'stopped');
  const second = await house.open();
  await settled(second);
  assert.deepEqual(await house.stored(), ['a']);
});

test('closing while the store is down is quick and loses nothing', async (t) => {
  const house = new House(
    t,
    Array.from({ length: 9 }, () => 'before' as const),
  );
  const first = await house.open();
  await append(house.log, [event('a')]);
  await until('it waits', () => first.status().partitions[0]!.mode === 'backing-off');
  await first.close();
  house.store.heal();
  await settled(await house.open());
  assert.deepEqual(await house.stored(), ['a']);
});

test('an index that was being rebuilt when the writer was closed is not taken for a whole one', async (t) => {
  const house = new House(t);
  const first = await house.open({ upkeepIntervalMs: 3_600_000 });
  await append(house.log, [event('a')]);
  await settled(first);
  house.crash();

  // closed at the first id that the store gives
  const { memory } = house.store;
  const recent = memory.recent.bind(memory);
  let closing: Promise<void> | undefined;
  memory.recent = async function* (partition, since) {
    closing ??= second.close();
    yield* recent(partition, since);
  };
  const second = await house.open();
  await until('it is closing', () => closing !== undefined);
  await closing;
  memory.recent = recent;

  await append(house.log, [event('a'), event('b')]);
  await settled(await house.open());
  assert.deepEqual(await house.stored(), ['a', 'b']);
});
