import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import { FaultyFiles, openLog, segmentFiles, temporaryDirectory } from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };

test('a log keeps the number of partitions that it was made with', async (context) => {
  const directory = temporaryDirectory(context);
  await (await openLog(context, directory, { partitions: 3 })).close();
  for (const partitions of [2, 4]) {
    await assert.rejects(openLog(context, directory, { partitions }), (error) => {
      return isFailure(error, 'setting_invalid') && /MILLRACE_LOG_PARTITIONS must stay 3/.test(error.message);
    });
  }
  assert.equal((await openLog(context, directory, { partitions: 3 })).partitions, 3);
});

test('a log that was made only in part is made whole by the next start', async (context) => {
  const directory = temporaryDirectory(context);
  mkdirSync(join(directory, '2'));
  const log = await openLog(context, directory, { partitions: 3 });
  assert.equal(await log.append(0, 1, Buffer.from('x')), 0);
});

test('a start that fails gives the directory free', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory);
  await log.append(0, 1, Buffer.from('x'));
  await log.close();
  const files = new FaultyFiles();
  files.failNext('read', 'EIO');
  await assert.rejects(openLog(context, directory, { files }), { code: 'EIO' });
  assert.equal((await openLog(context, directory)).ends(0).next, 1);
});

test('an old segment is never written again, and files that are no segments are left alone', async (context) => {
  const directory = temporaryDirectory(context);
  for (let i = 0; i < 3; i++) {
    const log = await openLog(context, directory);
    await log.append(0, 1, Buffer.from(`start ${i}`));
    await log.close();
  }
  assert.equal(segmentFiles(directory).length, 3);
  const foreign = join(directory, '0', 'notes.txt');
  writeFileSync(foreign, 'not a segment');
  const log = await openLog(context, directory);
  assert.equal((await readAll(log, 0, 0, all)).length, 3);
  await log.trim(0, 3);
  assert.ok(existsSync(foreign));
});

test('starts that append nothing leave nothing behind', async (context) => {
  const directory = temporaryDirectory(context);
  for (let i = 0; i < 3; i++) await (await openLog(context, directory)).close();
  assert.deepEqual(segmentFiles(directory), []);
});

test('a log can be moved', async (context) => {
  const directory = temporaryDirectory(context);
  const log = await openLog(context, directory);
  await log.append(0, 1, Buffer.from('x'));
  await log.close();
  const moved = join(temporaryDirectory(context), 'elsewhere');
  cpSync(directory, moved, { recursive: true });
  assert.equal((await readAll(await openLog(context, moved), 0, 0, all)).length, 1);
});
