import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { openDiskLog } from '../../../src/log/disk/disk-log.ts';
import type { Signals } from '../../../src/telemetry/signals.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import {
  crashImage,
  FaultyFiles,
  openLog,
  placeRecords,
  segmentFiles,
  temporaryDirectory,
  testConfig,
} from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };
const text = ({ bytes }: { bytes: Uint8Array }) => Buffer.from(bytes).toString();

test('a tail torn at any byte of the last record is cut there and its offset is given to the next', async (context) => {
  const source = temporaryDirectory(context);
  const log = await openLog(context, source);
  for (const record of ['one', 'two', 'three', 'the last one']) await log.append(0, 2, Buffer.from(record));
  const image = crashImage(context, source);
  const last = placeRecords(image).at(-1)!;
  const root = temporaryDirectory(context);
  for (let end = last.position; end < last.end; end++) {
    const directory = join(root, String(end));
    cpSync(image, directory, { recursive: true });
    truncateSync(join(directory, '0', basename(last.path)), end);
    const telemetry = new Telemetry();
    const recovered: Signals['log.recovered'][] = [];
    telemetry.subscribe('log.recovered', (signal) => recovered.push(signal));
    const again = await openDiskLog({ directory, config: testConfig, clock: systemClock, telemetry });
    try {
      assert.deepEqual(recovered, [{ partition: 0, segments: 1, cutBytes: end - last.position, next: 6 }]);
      assert.equal(await again.append(0, 1, Buffer.from('new')), 6);
      assert.deepEqual((await readAll(again, 0, 0, all)).map(text), ['one', 'two', 'three', 'new']);
    } finally {
      await again.close();
    }
    const third = await openDiskLog({ directory, config: testConfig, clock: systemClock, telemetry });
    assert.deepEqual(third.ends(0), { first: 0, next: 7 });
    await third.close();
  }
});

test('zeros or noise behind the last whole record are cut', async (context) => {
  for (const tail of [
    Buffer.alloc(5000),
    Buffer.alloc(5000, 0xff),
    Buffer.from('\xffMR\x01'.repeat(100), 'latin1'),
  ]) {
    const source = temporaryDirectory(context);
    const log = await openLog(context, source);
    await log.append(0, 1, Buffer.from('kept'));
    const directory = crashImage(context, source);
    const path = segmentFiles(directory)[0]!;
    writeFileSync(path, tail, { flag: 'a' });
    const again = await openLog(context, directory);
    assert.deepEqual(again.ends(0), { first: 0, next: 1 });
    assert.equal(readFileSync(path).length, placeRecords(directory)[0]!.end);
  }
});

test('a newest segment without one whole record keeps its offset in its name', async (context) => {
  const source = temporaryDirectory(context);
  const log = await openLog(context, source, { segmentBytes: 1024 });
  for (let i = 0; i < 3; i++) await log.append(0, 10, Buffer.alloc(1000));
  await log.trim(0, 30);
  const directory = crashImage(context, source);
  assert.deepEqual(
    segmentFiles(directory).map((path) => basename(path)),
    ['0000000000000020.segment'],
  );
  truncateSync(segmentFiles(directory)[0]!, 10);
  const again = await openLog(context, directory);
  assert.deepEqual(again.ends(0), { first: 20, next: 20 });
  assert.equal(await again.append(0, 1, Buffer.from('next')), 20);
});

test('an unclean end makes the last group durable before anything of it is handed out', async (context) => {
  const source = temporaryDirectory(context);
  const log = await openLog(context, source);
  await log.append(0, 1, Buffer.from('kept'));
  const directory = crashImage(context, source);
  const files = new FaultyFiles();
  const again = await openLog(context, directory, { files });
  const calls = files.calls.filter((call) => call !== 'syncDirectory');
  assert.deepEqual(calls.slice(-3), ['read', 'write', 'sync']);
  assert.deepEqual((await readAll(again, 0, 0, all)).map(text), ['kept']);
});

test('a clean end needs no rewriting at the next start', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory);
  await log.append(0, 1, Buffer.from('kept'));
  await log.close();
  const files = new FaultyFiles();
  await openLog(context, directory, { files });
  assert.ok(!files.calls.includes('write') && !files.calls.includes('truncate'));
});
