import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { verifyLog } from '../../../src/log/disk/verify-log.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import { openLog, temporaryDirectory } from './harness.ts';

const all = { eventsMax: 1e9, bytesMax: 1e9 };

interface Appender {
  readonly child: ChildProcess;
  /** Everything that it printed. */
  readonly output: () => string;
  readonly printed: (lines: number) => Promise<void>;
}

function startAppender(directory: string): Appender {
  const path = join(import.meta.dirname, 'appender.ts');
  const child = spawn(process.execPath, [path, directory, '8'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const printed = async (lines: number) => {
    while (output.split('\n').length <= lines) await once(child.stdout, 'data');
  };
  return { child, output: () => output, printed };
}

async function kill({ child }: Appender): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

test('everything that was acknowledged before a kill -9 is there, once, at its offset', async (context) => {
  const directory = temporaryDirectory(context);
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < 5; round++) {
    const appender = startAppender(directory);
    await appender.printed(50 + Math.floor(Math.random() * 500));
    await kill(appender);
    // The last line may be torn by the kill as well.
    for (const line of appender.output().split('\n').slice(1, -1)) {
      const [offset, length, name] = line.split(' ');
      assert.ok(!acknowledged.has(Number(offset)), `offset ${offset} was given twice`);
      acknowledged.set(Number(offset), `${length} ${name}`);
    }
  }
  assert.ok(acknowledged.size >= 250);
  for await (const { damage } of verifyLog(directory)) assert.deepEqual(damage, []);
  const log = await openLog(context, directory, { segmentBytes: 64 * 1024 });
  const records = await readAll(log, 0, 0, all);
  assert.deepEqual(
    records.map(({ offset }) => offset),
    records.map((_, i) => i),
  );
  const texts = records.map(({ bytes }) => Buffer.from(bytes).toString());
  assert.equal(new Set(texts.map(nameOf)).size, texts.length);
  for (const [offset, expected] of acknowledged) {
    const text = texts[offset] ?? 'nothing';
    assert.equal(`${text.length} ${nameOf(text)}`, expected);
  }
});

const nameOf = (text: string) => text.split(':', 2).join(':');

test('another process is refused while the owner lives, and let in when it was killed', async (context) => {
  const directory = temporaryDirectory(context);
  const owner = startAppender(directory);
  await owner.printed(1);
  await assert.rejects(openLog(context, directory), (error) => {
    assert.ok(isFailure(error, 'directory_locked'));
    return String(error.details.owner).startsWith(`process ${owner.child.pid} on `);
  });
  await owner.printed(3);
  await kill(owner);
  const log = await openLog(context, directory);
  assert.ok(log.ends(0).next >= 2);
});
