/** What the figures were measured on: without it they say nothing. */
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.ts';

export interface Machine {
  readonly processors: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly engine: string;
  /** Median of single 512-byte appends. */
  readonly fdatasyncMs: number;
  /** Over the minute before: what else the machine was doing. */
  readonly loadBefore: number;
  readonly at: string;
}

const syncsMeasured = 200;

export function describeMachine(directory: string): Machine {
  const chdb = JSON.parse(
    readFileSync(join(import.meta.dirname, '../node_modules/chdb/package.json'), 'utf8'),
  ) as { version: string };
  return {
    processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 1e9),
    // the version alone: what follows it names whoever built the kernel
    system: `Linux ${/^\d+\.\d+/.exec(release())?.[0]}`,
    node: process.version,
    engine: `chdb ${chdb.version}`,
    fdatasyncMs: Number(fdatasyncMs(directory).toFixed(3)),
    loadBefore: Number(loadavg()[0]!.toFixed(1)),
    at: new Date().toISOString(),
  };
}

function fdatasyncMs(directory: string): number {
  const path = join(directory, 'sync');
  const file = openSync(path, 'w');
  const line = Buffer.alloc(512, 'x');
  const times = Array.from({ length: syncsMeasured }, () => {
    writeSync(file, line);
    const startedAt = performance.now();
    fdatasyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  rmSync(path);
  return median(times);
}
