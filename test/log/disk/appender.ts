/** A process that appends numbered records until it is killed; it prints each offset once it is acknowledged. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/clock.ts';
import { openDiskLog } from '../../../src/log/disk/disk-log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { testConfig } from './harness.ts';

const [directory, appenders] = process.argv.slice(2);
const telemetry = new Telemetry();
const config = { ...testConfig, segmentBytes: 64 * 1024 };
const log = await openDiskLog({ directory: directory!, config, clock: systemClock, telemetry });
writeSync(1, 'open\n');

let number = 0;
async function append(): Promise<never> {
  for (;;) {
    const text = `${process.pid}:${number++}:${'x'.repeat(number % 2000)}`;
    const offset = await log.append(0, 1, Buffer.from(text));
    writeSync(1, `${offset} ${text.length} ${text.split(':', 2).join(':')}\n`);
  }
}
await Promise.all(Array.from({ length: Number(appenders) }, append));
