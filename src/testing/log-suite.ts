/**
 * The promises of `log/log.ts`, each a test by its number. An adapter passes when all of them do:
 * `logSuite('disk', supports, make)`. What does not survive a process cannot be damaged, locked or torn, so those tests are
 * for logs that are `durable`; the others show that they begin anew.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { type ErrorCode, isFailure, type MillraceError } from '../errors.ts';
import type { Lease, Log, LogRecord, LogSupports, ReadLimits } from '../log/log.ts';

export interface LogBounds {
  /** What the log may hold. */
  readonly bytesMax?: number;
  /** What may wait to be written. */
  readonly waitingBytesMax?: number;
}

export interface LogUnderTest {
  /**
   * Opens the log, with two partitions; after a close or a crash, what it kept. A shared one may be opened again beside what is
   * open. The fixture closes what a test leaves open.
   */
  open(bounds?: LogBounds): Promise<Log>;
  /** What only a durable log has. */
  readonly durable?: {
    /** The next `open` finds what a power cut at this moment leaves. */
    crash(): Promise<void>;
    /** Flips a bit in what is stored of the record that holds `offset`. */
    damage(partition: number, offset: number): Promise<void>;
    /** Takes bytes off the end of what is stored, as a torn write does. */
    tear(partition: number, bytes: number): Promise<void>;
    /** The next write fails, as it does on a full or a broken disk. */
    failWrite(): void;
    /** The next fsync fails. */
    failSync(): void;
  };
}

/** `make` gives an empty log and sees to its removal through the context. */
export type MakeLog = (context: TestContext) => Promise<LogUnderTest>;

const all: ReadLimits = { eventsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };
const is = (code: ErrorCode) => (error: unknown) => isFailure(error, code);
const payload = (text: string) => Buffer.from(text);
const forever = new AbortController().signal;

export function logSuite(name: string, supports: LogSupports, make: MakeLog): void {
  describe(`the ${name} log`, () => {
    it('declares what it supports', async (context) => {
      const { open, durable } = await make(context);
      assert.deepEqual((await open()).supports, supports);
      assert.equal(durable !== undefined, supports.durable, 'the fixture must match');
    });
    appending(make);
    reading(make);
    bounds(make);
    trimming(make);
    waiting(make);
    if (supports.shared) sharing(make);
    else owning(make);
    if (!supports.durable) return forgetting(make);
    surviving(make);
    damage(make);
    faults(make);
    if (supports.shared) return syncingElsewhere(make);
    syncing(make);
    locking(make);
  });
}

function appending(make: MakeLog): void {
  it('1. resolves an append with the offset of its first event', async (context) => {
    const log = await (await make(context)).open();
    assert.deepEqual(log.ends(0), { first: 0, next: 0 });
    assert.deepEqual(log.state(), { status: 'ready', reason: '' });
    assert.equal(await log.append(0, 3, payload('a')), 0);
    assert.equal(await log.append(0, 1, payload('b')), 3);
    assert.equal(await log.append(1, 5, payload('c')), 0);
    assert.deepEqual(log.ends(0), { first: 0, next: 4 });
    assert.deepEqual(log.ends(1), { first: 0, next: 5 });
  });

  it('2. gives appends at the same time offsets without overlap, in the order of the calls', async (context) => {
    const log = await (await make(context)).open();
    const counts = Array.from({ length: 500 }, (_, i) => (i % 7) + 1);
    const offsets = await Promise.all(counts.map((count, i) => log.append(0, count, payload(`record ${i}`))));
    let due = 0;
    for (const [i, count] of counts.entries()) {
      assert.equal(offsets[i], due);
      due += count;
    }
    assert.equal(log.ends(0).next, due);
  });

  it('2. refuses a record without events', async (context) => {
    const log = await (await make(context)).open();
    for (const count of [0, -1, 1.5, Number.NaN]) await assert.rejects(log.append(0, count, payload('x')));
    assert.equal(log.ends(0).next, 0);
  });

  it('1. takes nothing more once it is closed, and closing waits for what is being appended', async (context) => {
    const log = await (await make(context)).open();
    const appended = log.append(0, 1, payload('last'));
    const closing = log.close();
    assert.equal(await appended, 0);
    await closing;
    await log.close();
    assert.equal(log.state().status, 'down');
    await assert.rejects(log.append(0, 1, payload('late')), is('log_closed'));
    await assert.rejects(log.read(0, 0, all), is('log_closed'));
    await assert.rejects(log.wait(0, 5, new AbortController().signal), is('log_closed'));
  });
}

function reading(make: MakeLog): void {
  it('3. gives back what was appended, byte for byte, whatever the limits', async (context) => {
    const log = await (await make(context)).open();
    const sent: LogRecord[] = [];
    const sizes = [0, 1, 27, 28, 29, 4096, 70_000, 1_048_576, 3_000_000, 5];
    for (const [i, size] of sizes.entries()) {
      const record = { count: (i % 3) + 1, bytes: randomBytes(size) };
      sent.push({ ...record, offset: await log.append(0, record.count, record.bytes) });
    }
    const limits = [all, { eventsMax: 1, bytesMax: all.bytesMax }, { eventsMax: 4, bytesMax: 100 }];
    for (const limit of limits) assertRecords(await readAll(log, 0, 0, limit), sent);
  });

  it('3. gives back in one piece what was appended in several', async (context) => {
    const log = await (await make(context)).open();
    const sent: LogRecord[] = [];
    for (const sizes of [[], [0], [5, 0, 7], [100, 50_000], [1, 1, 1, 1]]) {
      const pieces = sizes.map((size) => randomBytes(size));
      sent.push({ count: 1, bytes: Buffer.concat(pieces), offset: await log.append(0, 1, pieces) });
    }
    assertRecords(await readAll(log, 0, 0, all), sent);
  });

  it('3. begins with the record that holds the offset', async (context) => {
    const log = await (await make(context)).open();
    for (const text of ['abc', 'def', 'ghi']) await log.append(0, 3, payload(text));
    for (const [from, first] of [
      [0, 0],
      [2, 0],
      [3, 3],
      [5, 3],
      [8, 6],
    ] as const) {
      assert.equal((await log.read(0, from, all))[0]?.offset, first);
    }
    assert.deepEqual(await log.read(0, 9, all), []);
    assert.deepEqual(await log.read(0, 1000, all), []);
    assert.deepEqual(await log.read(1, 0, all), []);
  });

  it('3. stops after the record that reaches a limit, and gives at least one', async (context) => {
    const log = await (await make(context)).open();
    for (let i = 0; i < 5; i++) await log.append(0, 10, payload('0123456789'));
    const read = async (eventsMax: number, bytesMax: number) =>
      (await log.read(0, 0, { eventsMax, bytesMax })).length;
    assert.deepEqual([await read(1, 1000), await read(10, 1000), await read(11, 1000)], [1, 1, 2]);
    assert.deepEqual([await read(1000, 1), await read(1000, 10), await read(1000, 11)], [1, 1, 2]);
    assert.equal(await read(1000, 1000), 5);
  });
}

function bounds(make: MakeLog): void {
  it('5. refuses what is over its bound, keeps nothing of it, and goes on when there is room', async (context) => {
    const bytesMax = 64 * 1024;
    const log = await (await make(context)).open({ bytesMax });
    const kept: LogRecord[] = [];
    let refused: unknown;
    for (let i = 0; i < 200 && refused === undefined; i++) {
      const bytes = randomBytes(1000);
      try {
        kept.push({ offset: await log.append(0, 1, bytes), count: 1, bytes });
      } catch (error) {
        refused = error;
      }
    }
    assert.ok(isFailure(refused, 'log_full') && refused.retryable);
    assert.ok(log.usage().bytes <= bytesMax && log.usage().bytes > bytesMax / 2);
    assert.equal(log.usage().bytesMax, bytesMax);
    assertRecords(await readAll(log, 0, 0, all), kept);
    await log.trim(0, kept.length);
    assert.equal(await log.append(0, 1, payload('room')), kept.length);
  });
}

function trimming(make: MakeLog): void {
  it('7. trims only below the offset', async (context) => {
    const log = await (await make(context)).open();
    const sent: LogRecord[] = [];
    for (let i = 0; i < 200; i++) {
      const bytes = randomBytes(1000);
      sent.push({ offset: await log.append(0, 2, bytes), count: 2, bytes });
      await log.append(1, 1, bytes);
    }
    for (const below of [0, 1, 2, 101, 399]) {
      await log.trim(0, below);
      assert.ok(log.ends(0).first <= below);
      const rest = sent.filter(({ offset, count }) => offset + count > below);
      assertRecords(await readAll(log, 0, below, all), rest);
    }
    const { first } = log.ends(0);
    assert.ok(first > 0, 'the fixture must let something be trimmed');
    await assert.rejects(log.read(0, first - 1, all), is('log_trimmed'));
    assert.equal(log.ends(1).first, 0);
    assert.equal((await readAll(log, 1, 0, all)).length, 200);
  });

  it('2. uses no offset again after everything was trimmed', async (context) => {
    const log = await (await make(context)).open();
    for (let i = 0; i < 50; i++) await log.append(0, 1, randomBytes(1000));
    await log.trim(0, 50);
    await log.trim(0, 1000);
    assert.equal(log.ends(0).next, 50);
    assert.equal(await log.append(0, 1, payload('next')), 50);
    assert.equal((await log.read(0, 50, all)).length, 1);
  });
}

function waiting(make: MakeLog): void {
  it('8. waits until the offset is readable', async (context) => {
    const log = await (await make(context)).open();
    let seen: number | undefined;
    const waited = log.wait(0, 2, forever).then(() => {
      seen = log.ends(0).next;
    });
    await log.append(1, 9, payload('another partition'));
    await log.append(0, 2, payload('not yet'));
    assert.equal(seen, undefined);
    await log.append(0, 1, payload('now'));
    await waited;
    assert.equal(seen, 3);
    await log.wait(0, 2, forever);
    assert.equal((await log.read(0, 2, all)).length, 1);
  });

  it('8. stops waiting when the signal aborts, and rejects when the log closes', async (context) => {
    const log = await (await make(context)).open();
    const stop = new AbortController();
    const aborted = log.wait(0, 0, stop.signal);
    stop.abort();
    await aborted;
    await log.wait(0, 0, stop.signal);
    const closed = assert.rejects(log.wait(0, 0, new AbortController().signal), is('log_closed'));
    await log.close();
    await closed;
  });
}

function forgetting(make: MakeLog): void {
  it('1. begins anew after a close, because it is not durable', async (context) => {
    const { open } = await make(context);
    const log = await open();
    await log.append(0, 1, payload('gone'));
    await log.close();
    assert.deepEqual((await open()).ends(0), { first: 0, next: 0 });
  });
}

function surviving(make: MakeLog): void {
  for (const how of ['a close', 'a crash'] as const) {
    it(`1. has after ${how} what it acknowledged before`, async (context) => {
      const { open, durable } = await make(context);
      const sent: LogRecord[] = [];
      for (let round = 0; round < 4; round++) {
        const log = await open();
        assert.equal(log.ends(0).next, sent.length * 3);
        for (let i = 0; i < 20; i++) {
          const bytes = randomBytes(500 + i);
          sent.push({ offset: await log.append(0, 3, bytes), count: 3, bytes });
        }
        if (how === 'a crash') await durable!.crash();
        else await log.close();
      }
      assertRecords(await readAll(await open(), 0, 0, all), sent);
    });

    it(`2. uses no offset again after everything was trimmed and ${how}`, async (context) => {
      const { open, durable } = await make(context);
      const log = await open();
      for (let i = 0; i < 50; i++) await log.append(0, 1, randomBytes(1000));
      await log.trim(0, 50);
      if (how === 'a crash') await durable!.crash();
      else await log.close();
      const again = await open();
      assert.equal(again.ends(0).next, 50);
      assert.equal(await again.append(0, 1, payload('next')), 50);
    });
  }
}

function damage(make: MakeLog): void {
  it('4. rejects a damaged record with its place and goes on behind it', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    for (let i = 0; i < 10; i++) await log.append(0, 5, payload(`record ${i}`));
    await durable!.damage(0, 22);
    assert.equal((await readAll(log, 0, 0, all, 20)).length, 4);
    for (const from of [20, 22, 24]) {
      const error = await rejection(log.read(0, from, all));
      assert.ok(isFailure(error, 'log_corrupt'));
      assert.equal(error.details.nextOffset, 25);
      assert.equal(typeof error.details.path, 'string');
      assert.equal(typeof error.details.byte, 'number');
    }
    assert.equal((await readAll(log, 0, 25, all)).length, 5);
    assert.equal(await log.append(0, 1, payload('still taken')), 50);
  });

  it('4. keeps damage apart from a torn tail, also after a close, and never uses its offsets again', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    for (let i = 0; i < 10; i++) await log.append(0, 1, payload(`record ${i}`));
    await log.close();
    await durable!.damage(0, 9);
    const again = await open();
    assert.deepEqual(again.ends(0), { first: 0, next: 10 });
    assert.equal((await readAll(again, 0, 0, all, 9)).length, 9);
    const error = await rejection(again.read(0, 9, all));
    assert.ok(isFailure(error, 'log_corrupt'));
    assert.equal(error.details.nextOffset, 10);
    assert.equal(await again.append(0, 1, payload('next')), 10);
  });

  it('4. cuts a torn tail at the last whole record', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    for (let i = 0; i < 10; i++) await log.append(0, 1, payload(`record ${i}`));
    await durable!.crash();
    await durable!.tear(0, 1);
    const again = await open();
    assert.deepEqual(again.ends(0), { first: 0, next: 9 });
    assert.equal(await again.append(0, 1, payload('next')), 9);
    assert.equal(Buffer.from((await again.read(0, 9, all))[0]!.bytes).toString(), 'next');
    assert.equal((await readAll(again, 0, 0, all)).length, 10);
  });
}

function faults(make: MakeLog): void {
  it('5. refuses what would wait over its bound, keeps nothing of it, and the others are kept', async (context) => {
    const { open } = await make(context);
    const log = await open({ waitingBytesMax: 20_000 });
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => log.append(0, 1, Buffer.alloc(1000, i))),
    );
    const kept = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    const refused = results.filter((result) => result.status === 'rejected');
    assert.ok(kept.length >= 10 && refused.length > 0);
    assert.ok(refused.every(({ reason }) => isFailure(reason, 'log_overloaded') && reason.retryable));
    assert.deepEqual(
      (await readAll(log, 0, 0, all)).map(({ bytes }) => bytes[0]),
      kept,
    );
    assert.equal(await log.append(0, 1, payload('room')), kept.length);
  });

  it('6. rejects the append of a failed write alone', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    await log.append(0, 1, payload('before'));
    durable!.failWrite();
    const error = await rejection(log.append(0, 1, payload('lost')));
    assert.ok(
      isFailure(error) && (error.code === 'log_full' || error.code === 'log_write_failed') && error.retryable,
    );
    assert.equal(log.ends(0).next, 1);
    assert.equal(await log.append(0, 1, payload('after')), 1);
    await durable!.crash();
    const texts = (await readAll(await open(), 0, 0, all)).map(({ bytes }) => Buffer.from(bytes).toString());
    assert.deepEqual(texts, ['before', 'after']);
  });
}

function syncing(make: MakeLog): void {
  it('6. ends with a failed fsync and refuses everything afterwards', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    await log.append(0, 1, payload('before'));
    durable!.failSync();
    const waiting = rejection(log.wait(1, 0, new AbortController().signal));
    const first = rejection(log.append(0, 1, payload('unclear')));
    assert.ok(isFailure(await first, 'log_sync_failed'));
    assert.ok(isFailure(await log.failed, 'log_sync_failed'));
    assert.ok(isFailure(await waiting, 'log_sync_failed'));
    for (const partition of [0, 1]) {
      await assert.rejects(log.append(partition, 1, payload('late')), is('log_sync_failed'));
      await assert.rejects(log.read(partition, 0, all), is('log_sync_failed'));
    }
    await log.close();
    const again = await open();
    assert.equal(Buffer.from((await again.read(0, 0, all))[0]!.bytes).toString(), 'before');
  });
}

/** Where a service does the fsync, it ends when one fails; the log goes on once the service is back. */
function syncingElsewhere(make: MakeLog): void {
  it('6. acknowledges nothing of a failed fsync, and goes on when the service is back', async (context) => {
    const { open, durable } = await make(context);
    const log = await open();
    await log.append(0, 1, payload('before'));
    durable!.failSync();
    const error = await rejection(log.append(0, 1, payload('unclear')));
    assert.ok(isFailure(error, 'log_write_failed') && error.retryable);
    await durable!.crash();
    const again = await open();
    assert.equal(Buffer.from((await again.read(0, 0, all))[0]!.bytes).toString(), 'before');
    await again.append(0, 1, payload('after'));
  });
}

function owning(make: MakeLog): void {
  it('9. gives its owner leases with token 0 that are never lost', async (context) => {
    const log = await (await make(context)).open();
    await log.append(0, 2, payload('a'));
    const lease = await log.lease(0, forever);
    const again = await log.lease(0, forever);
    assert.deepEqual([lease.token, again.token], [0, 0]);
    await lease.begin(2);
    await assert.rejects(lease.begin(3), is('log_behind'));
    await lease.release();
    assert.ok(!again.lost.aborted && !lease.lost.aborted);
    await log.close();
    await assert.rejects(log.lease(0, forever), is('log_closed'));
  });
}

function sharing(make: MakeLog): void {
  it('9. may be open twice, and each reads what the other appended', async (context) => {
    const { open } = await make(context);
    const [one, other] = [await open(), await open()];
    assert.equal(await one.append(0, 2, payload('one')), 0);
    await other.wait(0, 1, forever);
    assert.equal(await other.append(0, 1, payload('other')), 2);
    await one.wait(0, 2, forever);
    for (const log of [one, other]) {
      assert.deepEqual(log.ends(0), { first: 0, next: 3 });
      assert.deepEqual(
        (await readAll(log, 0, 0, all)).map(({ bytes }) => Buffer.from(bytes).toString()),
        ['one', 'other'],
      );
    }
  });

  it('9. gives a partition to one at a time, with a token greater than any before', async (context) => {
    const { open } = await make(context);
    const [one, other] = [await open(), await open()];
    const first = await one.lease(0, forever);
    assert.ok(Number.isSafeInteger(first.token) && first.token > 0);
    const stop = new AbortController();
    const waited = rejection(other.lease(0, stop.signal));
    stop.abort();
    assert.equal(await waited, stop.signal.reason);
    const second = other.lease(0, forever);
    await first.release();
    const { token, lost, release } = await second;
    assert.ok(token > first.token && !lost.aborted);
    await release();
    assert.ok((await one.lease(0, forever)).token > token);
  });

  it('9. takes partitions from one that has more than its share', async (context) => {
    const { open } = await make(context);
    const [one, other] = [await open(), await open()];
    const [first, second] = [await one.lease(0, forever), await one.lease(1, forever)];
    const wanted = new AbortController();
    const asked = [0, 1].map((partition) => other.lease(partition, wanted.signal));
    for (const each of asked) each.catch(() => {});
    const lost = ({ lost }: Lease) =>
      new Promise<void>((resolve) => lost.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([lost(first), lost(second)]);
    const [given, kept] = first.lost.aborted ? [first, second] : [second, first];
    await given.release();
    const got = await Promise.race(asked);
    assert.ok(got.token > given.token && !kept.lost.aborted);
    wanted.abort();
  });

  it('9. gives up what it has when it is closed', async (context) => {
    const { open } = await make(context);
    const [one, other] = [await open(), await open()];
    const { lost } = await one.lease(0, forever);
    const second = other.lease(0, forever);
    await one.close();
    assert.ok(lost.aborted);
    assert.ok((await second).token > 0);
    await assert.rejects(one.lease(0, forever), is('log_closed'));
  });
}

function locking(make: MakeLog): void {
  it('9. has one owner at a time', async (context) => {
    const { open } = await make(context);
    const log = await open();
    await assert.rejects(open(), is('directory_locked'));
    assert.equal(await log.append(0, 1, payload('still mine')), 0);
    await log.close();
    assert.equal((await open()).ends(0).next, 1);
  });
}

/** Reads on until `to`, or until there is no more. */
export async function readAll(
  log: Log,
  partition: number,
  from: number,
  limits: ReadLimits,
  to = log.ends(partition).next,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let offset = from; offset < to; ) {
    const more = await log.read(partition, offset, limits);
    if (more.length === 0) break;
    records.push(...more);
    offset = more.at(-1)!.offset + more.at(-1)!.count;
  }
  return records;
}

function assertRecords(actual: readonly LogRecord[], expected: readonly LogRecord[]): void {
  const shape = ({ offset, count, bytes }: LogRecord) =>
    `${offset}+${count} ${bytes.byteLength} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
  assert.deepEqual(actual.map(shape), expected.map(shape));
}

async function rejection(promise: Promise<unknown>): Promise<MillraceError | unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it was expected to reject');
}
