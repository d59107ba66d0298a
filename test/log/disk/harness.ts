/** Disk logs in temporary directories, with a file system that counts its calls and fails on demand. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { DiskLogConfig } from '../../../src/log/disk/disk-config.ts';
import { openDiskLog } from '../../../src/log/disk/disk-log.ts';
import { type FileSystem, type LogFile, nodeFiles } from '../../../src/log/disk/file-system.ts';
import { headerBytes } from '../../../src/log/disk/record-codec.ts';
import type { Log } from '../../../src/log/log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';

export const testConfig: DiskLogConfig = {
  partitions: 1,
  segmentBytes: 1024 * 1024,
  segmentMs: 3_600_000,
  bytesMax: 0,
  freeBytesMin: 0,
  waitingBytesMax: 64 * 1024 * 1024,
  retainBytesMax: 0,
  retainMs: 0,
};

export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface OpenOptions extends Partial<DiskLogConfig> {
  readonly files?: FileSystem;
  readonly clock?: Clock;
  readonly telemetry?: Telemetry;
}

/** Opens a log and closes it at the end of the test. */
export async function openLog(
  context: TestContext,
  directory: string,
  options: OpenOptions = {},
): Promise<Log> {
  const { files = nodeFiles, clock = systemClock, telemetry = new Telemetry(), ...config } = options;
  const log = await openDiskLog({ directory, config: { ...testConfig, ...config }, clock, telemetry, files });
  context.after(() => log.close());
  return log;
}

/** What a crash leaves: the files as they are now. The lock is not copied, for reading it would end it. */
export function crashImage(context: TestContext, directory: string): string {
  const copy = temporaryDirectory(context);
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.includes('millrace.lock') });
  return copy;
}

/** Paths of a partition's segments, oldest first. */
export function segmentFiles(directory: string, partition = 0): string[] {
  const folder = join(directory, String(partition));
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

export interface PlacedRecord {
  readonly path: string;
  readonly position: number;
  readonly end: number;
  readonly offset: number;
  readonly count: number;
}

/** Where the records of a healthy partition are; read without the code under test. */
export function placeRecords(directory: string, partition = 0): PlacedRecord[] {
  const records: PlacedRecord[] = [];
  for (const path of segmentFiles(directory, partition)) {
    const bytes = readFileSync(path);
    for (let position = 0; position < bytes.length; ) {
      const end = position + headerBytes + bytes.readUInt32LE(position + 12);
      const count = bytes.readUInt32LE(position + 16);
      records.push({ path, position, end, offset: Number(bytes.readBigUInt64LE(position + 20)), count });
      position = end;
    }
  }
  return records;
}

export function flipBit(path: string, byte: number, bit = 0): void {
  const bytes = readFileSync(path);
  bytes[byte]! ^= 1 << bit;
  writeFileSync(path, bytes);
}

export function tearNewest(directory: string, partition: number, bytes: number): void {
  const path = segmentFiles(directory, partition).at(-1)!;
  truncateSync(path, readFileSync(path).length - bytes);
}

export type Call = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'syncDirectory' | 'remove' | 'freeBytes';

/** The real file system, but calls are written down and those that are told to fail do. */
export class FaultyFiles implements FileSystem {
  readonly calls: Call[] = [];
  /** Consulted before each call; an error that it returns is what the call fails with. */
  fault: (call: Call, path: string) => Error | undefined = () => undefined;
  /** Bytes that a failing write leaves behind all the same. */
  partialBytes = 0;
  readonly stat = nodeFiles.stat;
  readonly list = nodeFiles.list;
  readonly makeDirectory = nodeFiles.makeDirectory;

  /** Fails the next call of that kind. */
  failNext(call: Call, code: string): void {
    this.fault = (each) => {
      if (each !== call) return undefined;
      this.fault = () => undefined;
      return systemError(code);
    };
  }

  async open(path: string, mode: 'read' | 'write' | 'create'): Promise<LogFile> {
    if (mode !== 'read') this.#enter('open', path);
    const file = await nodeFiles.open(path, mode);
    return {
      read: (buffer, position) => this.#enter('read', path) ?? file.read(buffer, position),
      write: async (pieces, position) => {
        try {
          this.#enter('write', path);
        } catch (error) {
          if (this.partialBytes > 0)
            await file.write([Buffer.concat(pieces).subarray(0, this.partialBytes)], position);
          throw error;
        }
        return file.write(pieces, position);
      },
      sync: async () => {
        this.#enter('sync', path);
        await file.sync();
      },
      truncate: async (length) => {
        this.#enter('truncate', path);
        await file.truncate(length);
      },
      close: () => file.close(),
    };
  }

  async syncDirectory(path: string): Promise<void> {
    this.#enter('syncDirectory', path);
    await nodeFiles.syncDirectory(path);
  }

  async remove(path: string): Promise<void> {
    this.#enter('remove', path);
    await nodeFiles.remove(path);
  }

  async freeBytes(path: string): Promise<number> {
    this.#enter('freeBytes', path);
    return nodeFiles.freeBytes(path);
  }

  #enter(call: Call, path: string): undefined {
    this.calls.push(call);
    const error = this.fault(call, path);
    if (error !== undefined) throw error;
  }
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
