/** Lines to records, one reader for each format of text. */
import { type AccessLogOptions, eventOfLine } from './access-log.ts';
import { CsvRecord, guessDelimiter } from './csv.ts';
import { inputInvalid } from './input.ts';
import type { Line } from './lines.ts';
import { addConstants, bindMapping, type Mapping, mapRow } from './mapping.ts';
import {
  type InputRecord,
  lineBytesMax,
  type Records,
  refuseLine,
  type SentEvent,
  textOf,
  type Unreadable,
} from './record.ts';

type Lines = AsyncIterable<readonly Line[]>;

export interface TextOptions {
  readonly isLatin1: boolean;
  readonly mapping: Mapping;
}

/** One event a line as JSON; with `--map`, one object a line. */
export async function* readNdjson(lines: Lines, { isLatin1, mapping }: TextOptions): Records {
  const isMapped = mapping.columns.length > 0;
  const eventOf = (sent: SentEvent) =>
    isMapped
      ? addConstants(
          mapRow(mapping, (path) => memberOf(sent, path), false),
          mapping,
        )
      : addConstants(sent, mapping);
  // a plain line is its own event, whatever the constants are
  const salt = isMapped ? mapping.salt : '';
  for await (const group of lines) {
    yield group.filter(isNotBlank).map((line) => {
      const sent = refuseLine(line, isLatin1) ?? parseObject(line, isLatin1);
      return isUnreadable(sent) ? sent : { line: line.number, raw: line.bytes, event: eventOf(sent), salt };
    });
  }
}

/** Combined or common log format. */
export async function* readAccessLog(
  lines: Lines,
  { isLatin1, mapping }: TextOptions,
  options: AccessLogOptions,
): Records {
  for await (const group of lines) {
    yield group.filter(isNotBlank).map((line): InputRecord => {
      const refused = refuseLine(line, isLatin1);
      if (refused !== undefined) return refused;
      const row = { line: line.number, raw: line.bytes };
      const event = eventOfLine(textOf(line.bytes, isLatin1), options);
      if (event !== undefined) return { ...row, event: addConstants(event, mapping), salt: '' };
      return {
        ...row,
        reason: 'not_a_log_line',
        message: 'the line is not in the combined or common log format',
      };
    });
  }
}

export interface CsvOptions extends TextOptions {
  readonly delimiter: string | undefined;
  readonly name: string;
  /** Told the columns once the first record is read. */
  readonly onColumns: (columns: readonly string[], bound: Mapping) => void;
}

/** The first record names the columns. Errors: import_option_invalid, import_input_invalid, for the header. */
export async function* readCsv(lines: Lines, options: CsvOptions): Records {
  const reader = new CsvReader(options);
  for await (const group of lines) yield group.flatMap((line) => reader.add(line));
  yield reader.end();
}

class CsvReader {
  readonly #options: CsvOptions;
  /** Where each column stands. */
  #header: ReadonlyMap<string, number> | undefined;
  #width = 0;
  #mapping: Mapping;
  #delimiter: string | undefined;
  #record: CsvRecord | undefined;
  #first = 0;
  #raw: string[] = [];

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#mapping = options.mapping;
    this.#delimiter = options.delimiter;
  }

  add(line: Line): InputRecord[] {
    const refused = refuseLine(line, this.#options.isLatin1);
    if (refused !== undefined) {
      if (this.#header === undefined)
        throw inputInvalid(this.#options.name, `has no header that can be read: ${refused.message}`);
      return [...this.end(), refused];
    }
    const text = textOf(line.bytes, this.#options.isLatin1);
    if (this.#record === undefined && text.trim() === '') return [];
    this.#delimiter ??= guessDelimiter(text);
    if (this.#record === undefined) this.#first = line.number;
    this.#record ??= new CsvRecord(this.#delimiter);
    this.#raw.push(text);
    if (this.#record.add(text)) return this.#take(this.#record.fields);
    return this.#record.length > lineBytesMax ? this.#giveUp() : [];
  }

  /** What is left of a record whose quote was never closed. */
  end(): InputRecord[] {
    return this.#record === undefined ? [] : this.#giveUp();
  }

  #take(fields: readonly string[]): InputRecord[] {
    const row = this.#row();
    const header = this.#header;
    if (header === undefined) {
      this.#bind(fields);
      return [];
    }
    if (fields.length !== this.#width) {
      const message = `the record has ${fields.length} fields, and the header ${this.#width}`;
      return [{ ...row, reason: 'field_count', message }];
    }
    const event = mapRow(this.#mapping, (name) => fields[header.get(name)!], true);
    return [{ ...row, event: addConstants(event, this.#mapping), salt: this.#mapping.salt }];
  }

  #bind(fields: readonly string[]): void {
    const columns = fields.map((field) => field.trim());
    this.#width = columns.length;
    // of two columns with one name, the first
    this.#header = new Map(columns.map((column, at) => [column, at] as const).reverse());
    this.#mapping = bindMapping(this.#options.mapping, columns, this.#options.name);
    this.#options.onColumns(columns, this.#mapping);
  }

  #giveUp(): InputRecord[] {
    const row = this.#row();
    const message = `a quote that is opened in this record is not closed within ${lineBytesMax} characters or the file`;
    if (this.#header === undefined)
      throw inputInvalid(this.#options.name, `has no header that can be read: ${message}`);
    return [{ ...row, reason: 'quote_open', message }];
  }

  #row() {
    const row = { line: this.#first, raw: this.#raw.join('\n') };
    this.#raw = [];
    this.#record = undefined;
    return row;
  }
}

const space = 0x20;
/** Most lines begin with what they are. */
const isNotBlank = ({ bytes }: Line) => bytes[0]! > space || bytes.toString('latin1').trim() !== '';

function parseObject(line: Line, isLatin1: boolean): SentEvent | Unreadable {
  const row = { line: line.number, raw: line.bytes };
  try {
    const sent: unknown = JSON.parse(textOf(line.bytes, isLatin1));
    if (typeof sent === 'object' && sent !== null && !Array.isArray(sent)) return { ...(sent as SentEvent) };
    return { ...row, reason: 'not_an_object', message: 'the line is JSON, but no object' };
  } catch (error) {
    return { ...row, reason: 'not_json', message: (error as Error).message };
  }
}

const isUnreadable = (value: SentEvent | Unreadable): value is Unreadable =>
  'raw' in value &&
  'reason' in value &&
  'line' in value &&
  (typeof value.raw === 'string' || value.raw instanceof Buffer);

/** `user.id` is the member `user.id`, else the member `id` of the member `user`. */
function memberOf(object: SentEvent, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  let at: unknown = object;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as SentEvent)[name];
  }
  return at;
}
