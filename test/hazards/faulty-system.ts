/** Puts faulty-system.c under a server: failing and slow syncs, failing writes of log and engine, a clock that jumps, and a trace of the order of things. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** In the order of `struct control`. */
const controls = [
  'clockOffsetMs',
  'syncFails',
  'syncKills',
  'syncDelayUs',
  'writeFails',
  'partFails',
] as const;
type Control = (typeof controls)[number];
const controlBytes = 8;

export interface FaultySystem {
  /** For the server's process. */
  readonly environment: Readonly<Record<string, string>>;
  set(control: Control, value: number): void;
  /** The letters of faulty-system.c, oldest first. */
  trace(): string;
}

/** Undefined, with the test skipped, where there is no Linux or no C compiler; with CI=true that is a failure. */
export function faultySystem(t: TestContext, directory: string): FaultySystem | undefined {
  const library = join(directory, 'faulty-system.so');
  const control = join(directory, 'faulty-control');
  const trace = join(directory, 'faulty-trace');
  try {
    const source = join(import.meta.dirname, 'faulty-system.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'pipe' });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    t.skip('NOT RUN: this needs Linux and a C compiler (cc)');
    return undefined;
  }
  writeFileSync(control, Buffer.alloc(controls.length * controlBytes));
  writeFileSync(trace, '');
  return {
    environment: { LD_PRELOAD: library, HAZARD_CONTROL: control, HAZARD_TRACE: trace },
    set: (name, value) => {
      const bytes = Buffer.alloc(controlBytes);
      bytes.writeBigInt64LE(BigInt(value));
      const file = openSync(control, 'r+');
      writeSync(file, bytes, 0, controlBytes, controls.indexOf(name) * controlBytes);
      closeSync(file);
    },
    trace: () => readFileSync(trace, 'utf8').replaceAll('\n', ''),
  };
}
