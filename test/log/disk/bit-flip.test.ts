import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { isFailure, type MillraceError } from '../../../src/errors.ts';
import { openDiskLog } from '../../../src/log/disk/disk-log.ts';
import { verifyLog } from '../../../src/log/disk/verify-log.ts';
import type { Log } from '../../../src/log/log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import {
  crashImage,
  FaultyFiles,
  flipBit,
  openLog,
  placeRecords,
  segmentFiles,
  systemError,
  temporaryDirectory,
  testConfig,
} from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };
const texts = ['first', 'second record', '', 'the fourth', 'last'];

/** Reads to the end, stepping over damage as a writer does. */
async function readAround(log: Log): Promise<{ read: Map<number, string>; damage: MillraceError[] }> {
  const read = new Map<number, string>();
  const damage: MillraceError[] = [];
  for (let from = log.ends(0).first; from < log.ends(0).next; ) {
    try {
      const records = await log.read(0, from, all);
      for (const { offset, bytes } of records) read.set(offset, Buffer.from(bytes).toString());
      from = records.at(-1)!.offset + records.at(-1)!.count;
    } catch (error) {
      assert.ok(isFailure(error, 'log_corrupt'), String(error));
      damage.push(error);
      assert.ok((error.details.nextOffset as number) > from);
      from = error.details.nextOffset as number;
    }
  }
  return { read, damage };
}

async function writeLog(directory: string, close: boolean): Promise<Log> {
  const telemetry = new Telemetry();
  const log = await openDiskLog({ directory, config: testConfig, clock: systemClock, telemetry });
  for (const text of texts) await log.append(0, 2, Buffer.from(text));
  if (close) await log.close();
  return log;
}

test('a bit flipped at any byte is found with its place, the rest is served, no offset is used again', async (context) => {
  const source = temporaryDirectory(context);
  await writeLog(source, true);
  const records = placeRecords(source);
  const root = temporaryDirectory(context);
  const { length } = readFileSync(records[0]!.path);
  for (let byte = 0; byte < length; byte++) {
    const directory = join(root, String(byte));
    cpSync(source, directory, { recursive: true });
    flipBit(join(directory, '0', basename(records[0]!.path)), byte, byte % 8);
    const hit = records.findIndex(({ position, end }) => position <= byte && byte < end);
    const log = await openLogOnce(directory);
    try {
      const expected = new Map(texts.map((text, i) => [i * 2, text]));
      expected.delete(hit * 2);
      const { read, damage } = await readAround(log);
      assert.deepEqual(read, expected, `byte ${byte}`);
      assert.deepEqual(
        damage.map(({ details }) => [details.byte, details.nextOffset]),
        // The seal carries no events: damage there costs nothing and is cut.
        hit < texts.length ? [[records[hit]!.position, hit * 2 + 2]] : [],
      );
      assert.equal(await log.append(0, 1, Buffer.from('next')), texts.length * 2);
    } finally {
      await log.close();
    }
    const found = [];
    for await (const segment of verifyLog(directory)) found.push(...segment.damage.map((each) => each.byte));
    assert.deepEqual(found, hit < texts.length ? [records[hit]!.position] : []);
  }
});

async function openLogOnce(directory: string): Promise<Log> {
  return openDiskLog({ directory, config: testConfig, clock: systemClock, telemetry: new Telemetry() });
}

test('a bit flipped under a running log is found by the next read', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory);
  for (const text of texts) await log.append(0, 2, Buffer.from(text));
  assert.equal((await readAround(log)).damage.length, 0);
  const last = placeRecords(directory).at(-1)!;
  flipBit(last.path, last.end - 1);
  const { read, damage } = await readAround(log);
  assert.equal(read.size, texts.length - 1);
  assert.deepEqual(damage[0]?.details.nextOffset, texts.length * 2);
  assert.equal(await log.append(0, 1, Buffer.from('next')), texts.length * 2);
  assert.equal((await readAround(log)).read.get(texts.length * 2), 'next');
});

test('damage with a whole record behind it is not cut after a crash, and is reported at the start', async (context) => {
  const source = temporaryDirectory(context);
  const crashed = await writeLog(source, false);
  const directory = crashImage(context, source);
  await crashed.close();
  const damaged = placeRecords(directory)[3]!;
  flipBit(damaged.path, damaged.position);
  const before = readFileSync(damaged.path);
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const log = await openLog(context, directory, { telemetry });
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, new RegExp(`${basename(damaged.path)} is damaged at byte ${damaged.position}: `));
  await log.append(0, 1, Buffer.from('next'));
  assert.deepEqual(readFileSync(damaged.path), before);
});

test('a segment that is gone or cut short is damage, and reading goes on at the next one', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory, { segmentBytes: 1024 });
  for (let i = 0; i < 6; i++) await log.append(0, 1, Buffer.alloc(600, i));
  const paths = segmentFiles(directory);
  assert.equal(paths.length, 6);
  rmSync(paths[1]!);
  truncateSync(paths[3]!, 100);
  const { read, damage } = await readAround(log);
  assert.deepEqual([...read.keys()], [0, 2, 4, 5]);
  assert.deepEqual(
    damage.map(({ details }) => details.nextOffset),
    [2, 4],
  );
  await log.close();
  const again = await openLog(context, directory);
  assert.deepEqual([...(await readAround(again)).read.keys()], [0, 2, 4, 5]);
});

test('bytes of a payload that look like a record are not taken for one', async (context) => {
  const forger = temporaryDirectory(context);
  const other = await openLog(context, forger);
  for (let i = 0; i < 10; i++) await other.append(0, 1, Buffer.from('forged'));
  await other.close();
  const forged = readFileSync(segmentFiles(forger)[0]!);
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory);
  await log.append(0, 1, Buffer.from('mine'));
  await log.append(0, 1, forged);
  await log.append(0, 1, Buffer.from('also mine'));
  await log.close();
  const host = placeRecords(directory)[1]!;
  flipBit(host.path, host.position);
  const { read, damage } = await readAround(await openLog(context, directory));
  assert.deepEqual(
    [...read.entries()],
    [
      [0, 'mine'],
      [2, 'also mine'],
    ],
  );
  assert.equal(damage.length, 1);
});

test('a place that the disk cannot read is damage, and the rest of its segment is served', async (context) => {
  const directory = temporaryDirectory(context);
  const files = new FaultyFiles();
  const open = files.open.bind(files);
  const unreadable = 45_000;
  let broken = false;
  files.open = async (path, mode) => {
    const file = await open(path, mode);
    const read: typeof file.read = (buffer, position) => {
      const hit = broken && position <= unreadable && unreadable < position + buffer.byteLength;
      return hit ? Promise.reject(systemError('EIO')) : file.read(buffer, position);
    };
    return { ...file, read };
  };
  const log = await openLog(context, directory, { files });
  for (let i = 0; i < 20; i++) await log.append(0, 1, Buffer.alloc(10_000, i));
  broken = true;
  const { read, damage } = await readAround(log);
  // Records 0 to 3 lie before the block, record 4 in it.
  assert.deepEqual(
    [...read.keys()],
    Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 4),
  );
  assert.equal(damage.length, 1);
  const reports = [];
  for await (const report of verifyLog(directory, files)) reports.push(report);
  assert.equal(reports[0]?.damage.length, 1);
  // Nobody knows whether it is a torn tail, so nothing may be cut.
  await log.close();
  await assert.rejects(openLog(context, directory, { files }), { code: 'EIO' });
  broken = false;
  assert.equal((await readAround(await openLog(context, directory, { files }))).read.size, 20);
});
