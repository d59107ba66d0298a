import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { type SegmentReport, verifyLog } from '../../../src/log/disk/verify-log.ts';
import { flipBit, openLog, placeRecords, segmentFiles, temporaryDirectory } from './harness.ts';

async function verify(directory: string): Promise<SegmentReport[]> {
  const reports: SegmentReport[] = [];
  for await (const report of verifyLog(directory)) reports.push(report);
  return reports;
}

test('counts the records, events and bytes of each segment, beside the process that has the log', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory, { partitions: 2, segmentBytes: 1024 });
  for (let i = 0; i < 3; i++) await log.append(0, 5, Buffer.alloc(400));
  await log.append(1, 7, Buffer.alloc(0));
  const [first, second, third] = await verify(directory);
  const path = segmentFiles(directory)[0]!;
  const healthy = { damage: [], tornBytes: 0 };
  assert.deepEqual(first, {
    partition: 0,
    path,
    records: 2,
    events: 10,
    bytes: 856,
    first: 0,
    next: 10,
    ...healthy,
  });
  assert.deepEqual([second?.records, second?.first, second?.next], [1, 10, 15]);
  assert.deepEqual([third?.partition, third?.events, third?.bytes], [1, 7, 28]);
  assert.equal(await log.append(0, 1, Buffer.from('still open')), 15);
});

test('a torn end of the newest segment is no damage, of an older one it is', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory, { segmentBytes: 1024 });
  for (let i = 0; i < 4; i++) await log.append(0, 5, Buffer.alloc(400));
  const [older, newest] = segmentFiles(directory);
  writeFileSync(newest!, readFileSync(newest!).subarray(0, -100));
  assert.deepEqual(
    (await verify(directory)).map(({ damage, tornBytes }) => [damage.length, tornBytes]),
    [
      [0, 0],
      [0, 328],
    ],
  );
  writeFileSync(older!, readFileSync(older!).subarray(0, -100));
  const [report] = await verify(directory);
  assert.deepEqual(report?.damage, [
    { byte: 428, detail: 'a record of 400 bytes ends past the file', nextOffset: 10 },
  ]);
});

test('names the place of damage and of what is missing', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory, { segmentBytes: 1024 });
  for (let i = 0; i < 8; i++) await log.append(0, 5, Buffer.alloc(400));
  const records = placeRecords(directory);
  flipBit(records[0]!.path, records[0]!.position + 10);
  flipBit(records[3]!.path, records[3]!.end - 1);
  rmSync(records[4]!.path);
  const reports = await verify(directory);
  assert.deepEqual(
    reports.map(({ damage }) => damage.map(({ byte, nextOffset }) => [byte, nextOffset])),
    [[[0, 5]], [[428, 30]], []],
  );
  assert.deepEqual(reports[1]?.damage[0]?.detail, 'the CRC32C does not match');
});
