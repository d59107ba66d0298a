import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { isFailure } from '../../../src/errors.ts';
import type { Signals } from '../../../src/telemetry/signals.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { FaultyFiles, openLog, temporaryDirectory } from './harness.ts';

class SteppedClock implements Clock {
  at = 1_800_000_000_000;
  now = () => this.at;
  monotonic = () => this.at;
  sleep = systemClock.sleep;
}

test('leaves the wished bytes of the disk free, and asks the disk at most once a second', async (context) => {
  const clock = new SteppedClock();
  const files = new FaultyFiles();
  let free = 10_000;
  files.freeBytes = async () => {
    files.calls.push('freeBytes');
    return free;
  };
  const telemetry = new Telemetry();
  const refused: Signals['log.refused'][] = [];
  telemetry.subscribe('log.refused', (signal) => refused.push(signal));
  const log = await openLog(context, temporaryDirectory(context), {
    clock,
    files,
    telemetry,
    freeBytesMin: 5000,
  });
  const asked = () => files.calls.filter((call) => call === 'freeBytes').length;
  assert.equal(asked(), 1);
  // What was written since the disk was asked counts too.
  for (let i = 0; i < 4; i++) await log.append(0, 1, Buffer.alloc(1000));
  const over = log.append(0, 1, Buffer.alloc(1000));
  await assert.rejects(
    over,
    (error) => isFailure(error, 'log_full') && /MILLRACE_LOG_FREE_BYTES_MIN/.test(error.message),
  );
  assert.deepEqual(
    refused.map(({ code }) => code),
    ['log_full'],
  );
  assert.match(refused[0]!.detail, /5000 are to stay free \(MILLRACE_LOG_FREE_BYTES_MIN\)/);
  assert.equal(asked(), 1);
  free = 1_000_000;
  clock.at += 1000;
  // The question is asked beside this append, which still goes by the last answer.
  await assert.rejects(log.append(0, 1, Buffer.alloc(1000)));
  assert.equal(asked(), 2);
  assert.equal(await log.append(0, 1, Buffer.alloc(1000)), 4);
  assert.equal(asked(), 2);
});

test('what is only retained makes room when the log is at its bound', async (context) => {
  const log = await openLog(context, temporaryDirectory(context), {
    segmentBytes: 2048,
    bytesMax: 10_000,
    retainBytesMax: 1e9,
    retainMs: 3_600_000,
  });
  let appended = 0;
  const fill = async () => {
    for (;;) {
      await log.append(0, 1, Buffer.alloc(900));
      await log.trim(0, ++appended);
      assert.equal(log.ends(0).first, 0);
    }
  };
  await assert.rejects(fill(), (error) => isFailure(error, 'log_full'));
  // A client tries again shortly; by then the consumed segments are gone.
  while (log.usage().bytes > 5000) await log.trim(0, appended);
  assert.equal(await log.append(0, 1, Buffer.alloc(900)), appended);
});
