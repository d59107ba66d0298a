/** A real disk that is really full: a tmpfs of a few megabytes. Needs the right to mount; CI must have it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { Log, LogRecord } from '../../../src/log/log.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import { crashImage, openLog, temporaryDirectory } from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };
const diskBytes = 4 * 1024 * 1024;

/** Mounts a small disk for the test, or says that it may not. */
function mountSmallDisk(context: TestContext): string | undefined {
  const directory = temporaryDirectory(context);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    context.skip('NOT RUN: this user may not mount a small disk; run as root');
    return undefined;
  }
  return directory;
}

/** Lazily, so that a test that failed with the log still open leaves no mount behind. */
function unmount(directory: string): void {
  execFileSync('umount', ['--lazy', directory]);
}

async function fill(log: Log, kept: LogRecord[]): Promise<unknown> {
  for (;;) {
    const bytes = randomBytes(50_000);
    try {
      kept.push({ offset: await log.append(0, 1, bytes), count: 1, bytes });
    } catch (error) {
      return error;
    }
  }
}

function assertSame(read: readonly LogRecord[], kept: readonly LogRecord[]): void {
  assert.deepEqual(
    read.map(({ offset }) => offset),
    kept.map(({ offset }) => offset),
  );
  for (const [i, { bytes }] of read.entries()) assert.ok(Buffer.compare(bytes, kept[i]!.bytes) === 0);
}

test('a full disk refuses, keeps what it acknowledged, and takes more when there is room', async (context) => {
  const directory = mountSmallDisk(context);
  if (directory === undefined) return;
  try {
    const kept: LogRecord[] = [];
    const log = await openLog(context, directory, { segmentBytes: 1024 * 1024 });
    for (let round = 0; round < 3; round++) {
      const error = await fill(log, kept);
      assert.ok(isFailure(error, 'log_full') && error.retryable, String(error));
      assertSame(
        await readAll(log, 0, log.ends(0).first, all),
        kept.slice(-(log.ends(0).next - log.ends(0).first)),
      );
      const image = await openLog(context, crashImage(context, directory));
      assert.deepEqual(image.ends(0), log.ends(0));
      await log.trim(0, log.ends(0).next - 20);
    }
    assert.ok(kept.length > 3 * 20);
    await log.close();
  } finally {
    unmount(directory);
  }
});

test('a log on a full disk opens, is read and trimmed, and goes on', async (context) => {
  const directory = mountSmallDisk(context);
  if (directory === undefined) return;
  try {
    const kept: LogRecord[] = [];
    const first = await openLog(context, directory, { segmentBytes: 1024 * 1024 });
    for (let i = 0; i < 60; i++) {
      const bytes = randomBytes(50_000);
      kept.push({ offset: await first.append(0, 1, bytes), count: 1, bytes });
    }
    const stuffing = join(directory, 'stuffing');
    assert.throws(() => writeFileSync(stuffing, Buffer.alloc(diskBytes)), { code: 'ENOSPC' });
    await first.close();
    const log = await openLog(context, directory, { segmentBytes: 1024 * 1024 });
    assert.equal(log.ends(0).next, 60);
    await assert.rejects(log.append(0, 1, Buffer.alloc(50_000)), (error) => isFailure(error, 'log_full'));
    assertSame(await readAll(log, 0, 0, all), kept);
    rmSync(stuffing);
    assert.equal(await log.append(0, 1, Buffer.alloc(50_000)), 60);
    await log.close();
  } finally {
    unmount(directory);
  }
});
