import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockDirectory, lockOwnerFileName } from '../src/directory-lock.ts';
import { isFailure } from '../src/errors.ts';

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('a directory has one owner, also within one process, until it is released', (context) => {
  const directory = join(temporaryDirectory(context), 'made', 'on', 'the', 'way');
  const lock = lockDirectory(directory);
  assert.equal(lock.directory, directory);
  for (let i = 0; i < 3; i++) {
    assert.throws(
      () => lockDirectory(directory),
      (error) => {
        assert.ok(isFailure(error, 'directory_locked'));
        assert.match(String(error.details.owner), new RegExp(`^process ${process.pid} on .+, since 2`));
        return error.message.includes('MILLRACE_DATA');
      },
    );
  }
  lock.release();
  lock.release();
  lockDirectory(directory).release();
});

test('what an owner left behind bars nobody', (context) => {
  const directory = temporaryDirectory(context);
  writeFileSync(join(directory, lockOwnerFileName), `process ${process.pid} on somewhere`);
  lockDirectory(directory).release();
  lockDirectory(directory).release();
  assert.deepEqual(readdirSync(directory).sort(), ['millrace.lock', 'millrace.lock.owner']);
});

test('a directory that cannot be made is named with its setting', (context) => {
  const file = join(temporaryDirectory(context), 'file');
  writeFileSync(file, '');
  assert.throws(
    () => lockDirectory(join(file, 'data')),
    (error) => {
      return isFailure(error, 'setting_invalid') && error.message.includes('MILLRACE_DATA');
    },
  );
});
