/**
 * Follows the bytes of an export, NDJSON or CSV, and lets whole records through only: what was written so far always ends
 * with one, and its `eventId` says where to go on after a break.
 */

const newLine = 0x0a;
const quote = 0x22;
/** A record is an event: at most this, by a wide margin. */
const recordBytesMax = 4 * 1024 * 1024;

export class WholeRecords {
  /** Bytes of whole records so far, a header among them. */
  bytes = 0;
  /** Events so far. */
  events = 0;
  readonly #isCsv: boolean;
  #held: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #isQuoted = false;
  #last: Buffer | undefined;
  #awaitsHeader: boolean;

  constructor(format: 'ndjson' | 'csv', hasHeader: boolean) {
    this.#isCsv = format === 'csv';
    this.#awaitsHeader = this.#isCsv && hasHeader;
  }

  /** The bytes of all records that are whole by now and were not given yet. */
  push(chunk: Uint8Array): Buffer {
    const bytes = this.#held.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    let start = 0;
    for (let at = this.#scanned; at < bytes.byteLength; at++) {
      const byte = bytes[at];
      if (byte === quote && this.#isCsv) this.#isQuoted = !this.#isQuoted;
      if (byte !== newLine || this.#isQuoted) continue;
      this.#end(bytes.subarray(start, at));
      start = at + 1;
    }
    if (this.#last !== undefined) this.#last = Buffer.from(this.#last); // lets go of the chunk
    this.#held = Buffer.from(bytes.subarray(start));
    this.#scanned = this.#held.byteLength;
    if (this.#scanned > recordBytesMax)
      throw new Error(`a record is longer than ${recordBytesMax} bytes: this is no export of events`);
    this.bytes += start;
    return bytes.subarray(0, start);
  }

  /** What is held of a record that never ended is let go. */
  dropPart(): void {
    this.#held = Buffer.alloc(0);
    this.#scanned = 0;
    this.#isQuoted = false;
  }

  /** Of the last whole record; undefined before the first. */
  lastEventId(): string | undefined {
    const record = this.#last?.toString('utf8');
    if (record === undefined) return undefined;
    return this.#isCsv ? firstCell(record) : eventIdOf(record);
  }

  #end(record: Buffer): void {
    if (this.#awaitsHeader) {
      this.#awaitsHeader = false;
      return;
    }
    this.#last = record;
    this.events += 1;
  }
}

function eventIdOf(line: string): string {
  const { eventId } = JSON.parse(line) as { readonly eventId?: unknown };
  if (typeof eventId !== 'string')
    throw new Error('the last line has no eventId: this is no export of events');
  return eventId;
}

/** The first column is `eventId`; csv.ts of export/ says how it was written. */
function firstCell(record: string): string {
  const [, quoted, bare = ''] = /^(?:"((?:[^"]|"")*)"|([^,\r]*))/.exec(record) ?? [];
  const text = quoted === undefined ? bare : quoted.replaceAll('""', '"');
  return text.startsWith("'") ? text.slice(1) : text;
}
