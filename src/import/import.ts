/**
 * Reads one input after another and sends what they hold, no faster than the server takes it: when the client's buffer is full, reading
 * waits. Each row has the same `eventId` whenever it is read again, so an import that was stopped is run again from the begin. A row that
 * is no event is kept with its reason and costs no other, unless it is strict.
 */
import type { Readable } from 'node:stream';
import {
  type ClientOptions,
  type EventInput,
  MillraceClient,
  type RefusedEvent,
} from '../../tracker/node/index.ts';
import { failure } from '../errors.ts';
import type { AccessLogOptions } from './access-log.ts';
import { type Format, formatOf } from './format.ts';
import { checkFile, type Input, openInput } from './input.ts';
import { readLines } from './lines.ts';
import { type Mapping, type MappingOptions, parseMapping } from './mapping.ts';
import { RowIds } from './occurrences.ts';
import { readParquet } from './parquet.ts';
import { readAccessLog, readCsv, readNdjson } from './readers.ts';
import { type InputRecord, lineBytesMax, type Records, type Row } from './record.ts';
import { Rejects } from './rejects.ts';

export interface ImportOptions extends MappingOptions, AccessLogOptions {
  /** Paths; `-` is standard input. */
  readonly inputs: readonly string[];
  readonly standardInput: () => Readable;
  readonly client: Pick<ClientOptions, 'url' | 'key'> & Partial<ClientOptions>;
  /** Undefined: by name or content. */
  readonly format: Format | undefined;
  readonly delimiter: string | undefined;
  readonly isLatin1: boolean;
  /** Rows of earlier lines are read, so that ids are the same, and not sent. */
  readonly fromLine: number;
  /** The first row that is rejected stops the import. */
  readonly isStrict: boolean;
  /** Where the rejected rows of an input go. */
  readonly rejectsPath: (input: string) => string;
  /** Tells this import from others at the same time. */
  readonly unique: string;
  /** Something that a person should know. */
  readonly onNote: (text: string) => void;
}

/** Of all inputs so far; to be looked at while it runs. */
export interface ImportProgress {
  /** The one that is being read. */
  readonly input: string;
  readonly rows: number;
  /** Kept by the server. Rows that it had before are among them. */
  readonly accepted: number;
  readonly rejected: number;
  /** Of the input that is being read, 0 to 1; undefined when its size is not known. */
  readonly share: number | undefined;
}

/** Enough for the requests in flight and as many again. */
export const bufferEventsMax = 4_000;

/** What is remembered of a row until it has its outcome. */
interface Tag {
  readonly row: Row;
  readonly rejects: Rejects;
}

export class Import {
  readonly #options: ImportOptions;
  readonly #mapping: Mapping;
  readonly #client: MillraceClient;
  readonly #rejectFiles = new Set<string>();
  readonly #reasons = new Map<string, number>();
  #input = '';
  #rows = 0;
  #rejected = 0;
  #share: () => number | undefined = () => undefined;
  #failed: Error | undefined;

  /** Checks all that can be checked before anything is sent. Errors: import_option_invalid, MillraceClientError. */
  constructor(options: ImportOptions) {
    this.#options = options;
    this.#mapping = parseMapping(options);
    for (const path of options.inputs) if (path !== '-') checkFile(path);
    this.#client = new MillraceClient({
      bufferEventsMax,
      ...options.client,
      onRefused: (events) => this.#refused(events),
      onLost: (error, events) => {
        const detail = `${error.message}; ${events.length} rows are without an answer; run the same import again to go on`;
        this.#failed ??= failure('import_stopped', { detail }, error);
      },
    });
  }

  get progress(): ImportProgress {
    return {
      input: this.#input,
      rows: this.#rows,
      accepted: this.#client.totals.accepted,
      rejected: this.#rejected,
      share: this.#share(),
    };
  }

  /** How many rows were rejected for each reason. */
  get reasons(): ReadonlyMap<string, number> {
    return this.#reasons;
  }

  /** The files that hold them. */
  get rejectFiles(): readonly string[] {
    return [...this.#rejectFiles];
  }

  /** Resolves when every row has its outcome. Errors: import_option_invalid, import_input_invalid, import_stopped. */
  async run(): Promise<void> {
    try {
      for (const path of this.#options.inputs) await this.#importInput(path);
    } finally {
      await this.#client.close(this.#failed === undefined ? {} : { timeoutMs: 0 });
    }
  }

  async #importInput(path: string): Promise<void> {
    const input = await openInput(path, this.#options.standardInput);
    const rejects = new Rejects(this.#options.rejectsPath(path), this.#options.unique);
    this.#input = input.name;
    this.#share = () => (input.size ? Math.min(1, input.bytesRead() / input.size) : undefined);
    try {
      if (input.head.length === 0) this.#options.onNote(`${input.name} is empty`);
      await this.#send(this.#open(input), rejects);
    } finally {
      input.close();
      // what was read before damage in the input has its outcome too
      await (this.#failed === undefined ? this.#client.flush() : this.#client.close({ timeoutMs: 0 }));
      rejects.close();
      if (rejects.count > 0) this.#rejectFiles.add(rejects.path);
    }
    if (this.#failed !== undefined) throw this.#failed;
  }

  #open(input: Input): Records {
    const { format: said, isLatin1, site, visitor, delimiter } = this.#options;
    const mapping = this.#mapping;
    const format = formatOf(input, said);
    const lines = () => readLines(input.chunks, lineBytesMax);
    switch (format) {
      case 'log':
        return readAccessLog(lines(), { isLatin1, mapping }, { site, visitor });
      case 'ndjson':
        return readNdjson(lines(), { isLatin1, mapping });
      case 'csv': {
        const onColumns = (all: readonly string[], bound: Mapping) =>
          this.#noteUnused(input.name, all, bound);
        return readCsv(lines(), { isLatin1, mapping, delimiter, name: input.name, onColumns });
      }
      case 'parquet': {
        input.close();
        const before = this.#rows;
        return readParquet(input.path!, mapping, (all, bound, rows) => {
          this.#share = () => (this.#rows - before) / rows;
          this.#noteUnused(input.name, all, bound);
        });
      }
      default:
        return format satisfies never;
    }
  }

  async #send(records: Records, rejects: Rejects): Promise<void> {
    const ids = new RowIds();
    for await (const group of records) {
      for (const record of group) {
        this.#rows += 1;
        if (record.line < this.#options.fromLine) skip(record, ids);
        else if ('reason' in record) this.#reject({ row: record, rejects }, record.reason, record.message);
        else await this.#track(record, ids, rejects);
        if (this.#failed !== undefined) return;
      }
    }
  }

  async #track(
    record: Extract<InputRecord, { event: unknown }>,
    ids: RowIds,
    rejects: Rejects,
  ): Promise<void> {
    const row: Row = { line: record.line, raw: record.raw };
    const whole = { ...record.event };
    // the client would take the present for a missing time; a row without one is no event
    whole.timestamp ??= null;
    if (!whole.eventId) whole.eventId = ids.next(record.raw, record.salt);
    try {
      while (!this.#client.track(whole as unknown as EventInput, { row, rejects } satisfies Tag))
        await this.#client.room();
    } catch (error) {
      // a row of Parquet or CSV may be larger as an event than a line may be
      this.#reject({ row, rejects }, 'event_too_large', (error as Error).message);
    }
  }

  #refused(events: readonly RefusedEvent[]): void {
    for (const { tag, reason, message } of events) this.#reject(tag as Tag, reason, message);
  }

  #reject({ row, rejects }: Tag, reason: string, message: string): void {
    this.#rejected += 1;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    try {
      rejects.add(row, reason, message);
    } catch (error) {
      this.#failed ??= error as Error;
    }
    if (!this.#options.isStrict) return;
    const detail = `${this.#input}, line ${row.line}: ${message} (${reason}); --strict stops here, and rows before it are kept`;
    this.#failed ??= failure('import_stopped', { detail });
  }

  #noteUnused(name: string, columns: readonly string[], bound: Mapping): void {
    const used = new Set(bound.columns.map(({ from }) => from));
    const unused = columns.filter((column) => !used.has(column));
    if (unused.length > 0) this.#options.onNote(`${name}: not used: ${unused.slice(0, 50).join(', ')}`);
  }
}

/** A row with an id of its own is not counted, here as elsewhere. */
function skip(record: InputRecord, ids: RowIds): void {
  if (!('reason' in record) && !record.event.eventId) ids.next(record.raw, record.salt);
}
