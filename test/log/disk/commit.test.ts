import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { Signals } from '../../../src/telemetry/signals.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import {
  FaultyFiles,
  openLog,
  placeRecords,
  segmentFiles,
  systemError,
  temporaryDirectory,
} from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };

test('an append resolves only after its write, its fsync and the fsync of a new file’s directory', async (context) => {
  const files = new FaultyFiles();
  const log = await openLog(context, temporaryDirectory(context), { files });
  files.calls.length = 0;
  await log.append(0, 1, Buffer.from('first')).then(() => files.calls.push('read'));
  assert.deepEqual(files.calls, ['open', 'syncDirectory', 'write', 'sync', 'read']);
  files.calls.length = 0;
  await log.append(0, 1, Buffer.from('second')).then(() => files.calls.push('read'));
  assert.deepEqual(files.calls, ['write', 'sync', 'read']);
});

test('nothing is readable or acknowledged while the fsync runs', async (context) => {
  const files = new FaultyFiles();
  const held = Promise.withResolvers<void>();
  const syncing = Promise.withResolvers<void>();
  const open = files.open.bind(files);
  files.open = async (path, mode) => {
    const file = await open(path, mode);
    return {
      ...file,
      sync: async () => {
        syncing.resolve();
        await held.promise;
        await file.sync();
      },
    };
  };
  const log = await openLog(context, temporaryDirectory(context), { files });
  let acknowledged = false;
  const appended = log.append(0, 1, Buffer.from('x')).then(() => {
    acknowledged = true;
  });
  await syncing.promise;
  assert.deepEqual(log.ends(0), { first: 0, next: 0 });
  assert.deepEqual(await log.read(0, 0, all), []);
  assert.equal(acknowledged, false);
  held.resolve();
  await appended;
  assert.equal((await log.read(0, 0, all)).length, 1);
});

test('appends that wait together share one write and one fsync', async (context) => {
  const files = new FaultyFiles();
  const telemetry = new Telemetry();
  const commits: Signals['log.commit'][] = [];
  telemetry.subscribe('log.commit', (signal) => commits.push(signal));
  const log = await openLog(context, temporaryDirectory(context), { files, telemetry });
  await Promise.all(Array.from({ length: 100 }, () => log.append(0, 3, Buffer.alloc(10))));
  assert.equal(files.calls.filter((call) => call === 'sync').length, 1);
  assert.equal(files.calls.filter((call) => call === 'write').length, 1);
  assert.deepEqual(
    commits.map(({ appends, events, bytes }) => ({ appends, events, bytes })),
    [{ appends: 100, events: 300, bytes: 3800 }],
  );
});

for (const [code, expected] of [
  ['ENOSPC', 'log_full'],
  ['EDQUOT', 'log_full'],
  ['EIO', 'log_write_failed'],
] as const) {
  test(`a write that fails with ${code} is ${expected}, leaves no bytes, and the next append takes its offset`, async (context) => {
    const files = new FaultyFiles();
    const directory = temporaryDirectory(context);
    const log = await openLog(context, directory, { files });
    await log.append(0, 1, Buffer.from('before'));
    const { end } = placeRecords(directory)[0]!;
    files.partialBytes = 20;
    files.failNext('write', code);
    const results = await Promise.allSettled([
      log.append(0, 1, Buffer.from('one')),
      log.append(0, 1, Buffer.from('two')),
    ]);
    for (const result of results)
      assert.ok(result.status === 'rejected' && isFailure(result.reason, expected));
    assert.equal(readFileSync(segmentFiles(directory)[0]!).length, end);
    assert.equal(await log.append(0, 1, Buffer.from('after')), 1);
    assert.equal((await readAll(log, 0, 0, all)).length, 2);
  });
}

test('a new segment that cannot be made refuses its group alone', async (context) => {
  const files = new FaultyFiles();
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory, { files, segmentBytes: 1024 });
  await log.append(0, 1, Buffer.alloc(1000));
  files.failNext('open', 'ENOSPC');
  await assert.rejects(log.append(0, 1, Buffer.alloc(1000)), (error) => isFailure(error, 'log_full'));
  assert.equal(await log.append(0, 1, Buffer.alloc(1000)), 1);
  assert.equal(segmentFiles(directory).length, 2);
});

test('what a failed write left and cannot be cut off ends the log', async (context) => {
  const files = new FaultyFiles();
  const log = await openLog(context, temporaryDirectory(context), { files });
  files.fault = (call) => (call === 'write' || call === 'truncate' ? systemError('EIO') : undefined);
  await assert.rejects(log.append(0, 1, Buffer.from('x')), (error) => isFailure(error, 'log_write_failed'));
  assert.ok(isFailure(await log.failed, 'log_write_failed'));
  files.fault = () => undefined;
  await assert.rejects(log.append(0, 1, Buffer.from('y')), (error) => isFailure(error, 'log_write_failed'));
});

test('a failed fsync rejects the group and all that wait, and is never tried again', async (context) => {
  const files = new FaultyFiles();
  const log = await openLog(context, temporaryDirectory(context), { files });
  await log.append(0, 1, Buffer.from('before'));
  files.calls.length = 0;
  let late: Promise<PromiseSettledResult<number>[]> | undefined;
  files.fault = (call) => {
    if (call !== 'sync') return undefined;
    // Arrives while the fsync runs, and so waits for the next group.
    late ??= Promise.allSettled([log.append(0, 1, Buffer.from('late'))]);
    return systemError('EIO');
  };
  await assert.rejects(log.append(0, 1, Buffer.from('unclear')), (error) =>
    isFailure(error, 'log_sync_failed'),
  );
  const [result] = await late!;
  assert.ok(result?.status === 'rejected' && isFailure(result.reason, 'log_sync_failed'));
  const failed = await log.failed;
  assert.ok(isFailure(failed, 'log_sync_failed') && !failed.retryable);
  await log.close();
  assert.deepEqual(files.calls, ['write', 'sync']);
});

test('a failed fsync of the directory ends the log', async (context) => {
  const files = new FaultyFiles();
  const log = await openLog(context, temporaryDirectory(context), { files });
  files.failNext('syncDirectory', 'EIO');
  await assert.rejects(log.append(0, 1, Buffer.from('x')), (error) => isFailure(error, 'log_sync_failed'));
  assert.ok(isFailure(await log.failed, 'log_sync_failed'));
});

test('a write that takes only a part is carried on', async (context) => {
  const files = new FaultyFiles();
  const open = files.open.bind(files);
  files.open = async (path, mode) => {
    const file = await open(path, mode);
    const write: typeof file.write = (pieces, position) =>
      file.write([Buffer.concat(pieces).subarray(0, 777)], position);
    return { ...file, write };
  };
  const log = await openLog(context, temporaryDirectory(context), { files });
  // small ones share a buffer, large ones are written from where they are
  const sizes = [10, 5_000, 1, 1, 20_000, 7_000, 3];
  const sent = sizes.map((size) => [randomBytes(size), randomBytes(size % 10)]);
  await Promise.all(sent.map((pieces) => log.append(0, 1, pieces)));
  const read = await log.read(0, 0, all);
  assert.deepEqual(
    read.map(({ bytes }) => Buffer.from(bytes)),
    sent.map((pieces) => Buffer.concat(pieces)),
  );
});

test('a record over the bound of the format is refused', async (context) => {
  const log = await openLog(context, temporaryDirectory(context));
  await assert.rejects(log.append(0, 1, Buffer.alloc(64 * 1024 * 1024 + 1)), (error) =>
    isFailure(error, 'body_too_large'),
  );
  assert.equal(await log.append(0, 1, Buffer.alloc(9 * 1024 * 1024, 1)), 0);
  assert.equal((await log.read(0, 0, all))[0]!.bytes.byteLength, 9 * 1024 * 1024);
});
