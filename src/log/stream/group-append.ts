/**
 * Appending to one partition, in groups: what is appended while a group is under way is the next one, which is one script with one
 * answer, and one fsync of the server. An answer that does not come is an error for the whole group: nobody knows whether Redis has
 * it, and whoever sends it again is recognized by the events' ids.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { failure, type MillraceError } from '../../errors.ts';
import { type EncodedRecord, encodeRecord } from './stream-record.ts';
import type { Argument } from './stream-service.ts';

export interface GroupResult {
  /** How many of the first records were taken; the others found the log full. */
  readonly taken: number;
  /** The offset of the first event. */
  readonly offset: number;
}

export interface GroupAppendOptions {
  /** Whether `bytes` more may wait. Errors: log_overloaded. */
  readonly admit: (bytes: number) => void;
  readonly release: (bytes: number) => void;
  /** Errors: log_full, log_write_failed. */
  readonly send: (records: readonly EncodedRecord[]) => Promise<GroupResult>;
  readonly full: () => MillraceError;
  readonly encoding: 'raw' | 'base64';
  readonly groupBytesMax: number;
  readonly recordBytesMax: number;
}

/** A script stops the server for as long as it runs. */
const groupRecordsMax = 512;

interface Waiting {
  readonly record: EncodedRecord;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: Error) => void;
}

export class GroupAppend {
  readonly #options: GroupAppendOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: GroupAppendOptions) {
    this.#options = options;
  }

  append(count: number, bytes: Uint8Array): Promise<number> {
    const { admit, encoding, recordBytesMax } = this.#options;
    return new Promise((resolve, reject) => {
      if (bytes.byteLength > recordBytesMax)
        throw failure('body_too_large', { limit: 'log record', bytesMax: recordBytesMax });
      admit(bytes.byteLength);
      this.#waiting.push({ record: encodeRecord(count, bytes, encoding), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that was appended is settled. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // whoever appends in this turn of the event loop shares the fsync
      await turn();
      await this.#send(this.#takeGroup());
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      bytes += record.bytes;
      if (count > 0 && (bytes > this.#options.groupBytesMax || count === groupRecordsMax)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(group: readonly Waiting[]): Promise<void> {
    const { send, full, release } = this.#options;
    try {
      const { taken, offset } = await send(group.map(({ record }) => record));
      let at = offset;
      for (const { record, resolve } of group.slice(0, taken)) {
        resolve(at);
        at += record.count;
      }
      for (const { reject } of group.slice(taken)) reject(full());
    } catch (error) {
      for (const { reject } of group) reject(error as Error);
    } finally {
      for (const { record } of group) release(record.bytes);
    }
  }
}

/** The arguments of the append script behind the room. */
export function appendArguments(records: readonly EncodedRecord[]): Argument[] {
  const args: Argument[] = [];
  for (const { count, header, bytes, parts } of records)
    args.push(count, header, bytes, parts.length, ...parts);
  return args;
}
