/**
 * Rows of `events` in the order of time, page by page. The table is in another order, so a page is a statement that looks
 * at a window of time and sorts what it finds; windows grow where little is found and shrink to what fills a page. A page
 * is read whole before its rows are handed out, so that nobody who reads slowly keeps the engine busy; its bytes are bound.
 */
import { isFailure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import type { Scope } from '../../plan/plan.ts';
import type { Position } from '../../plan/position.ts';
import type { Budget, EventsQuestion } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { questionGraceMs, questionSettings } from './question-settings.ts';
import { rowColumns, rowOfLine } from './row-line.ts';
import { questionFailure } from './store-errors.ts';

export interface EventReaderParts {
  readonly client: ClickHouseClient;
  readonly compiler: ClickHouseCompiler;
  /** Of each page. */
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

/** Rows of a page: the more, the fewer times the rows of a day are looked at. */
const pageRowsMax = 50_000;
/** A page over its memory is tried again with fewer rows, down to this. */
const pageRowsMin = 500;
/** A page ends once it has so many bytes of text. */
const pageBytesMax = 16 * 1024 * 1024;
/** Rows that are made objects at a time. */
const pieceRowsMax = 500;
/** The first window, and the least that is worth a statement where a window is over the budget. */
const windowMsFirst = 86_400_000;
const windowGrowth = 4;

/** Answers come in few rows at a time, so that wide rows do not fill the memory. */
const readSettings = {
  max_block_size: 8_192,
  max_threads: 2,
  query_plan_max_limit_for_lazy_materialization: 1_000,
};

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Page {
  /** The lines, cut anywhere. */
  readonly parts: readonly Buffer[];
  /** It was cut by a bound: more may follow in its window. */
  readonly isCut: boolean;
}

export class EventReader {
  readonly #parts: EventReaderParts;
  #windowMs = windowMsFirst;
  #rowsMax = pageRowsMax;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Errors: over_time, over_memory, over_rows, question_cancelled, store_unavailable. */
  async *read(question: EventsQuestion): AsyncGenerator<readonly EventRow[]> {
    const { order } = question;
    let { after, limit: left = Number.POSITIVE_INFINITY } = question;
    let range = await this.#bounds(question);
    while (range.from < range.to && left > 0) {
      const window = this.#windowOf(range, order);
      const asked = Math.min(left, this.#rowsMax);
      const page = await this.#page(question, window, after, asked);
      if (page === undefined) continue;
      let found = 0;
      for (const rows of piecesOf(page.parts, question.scope.project)) {
        found += rows.length;
        after = rows.at(-1)!;
        yield rows;
      }
      left -= found;
      const isWhole = !page.isCut && found < asked;
      range = isWhole ? beyond(range, window, order) : from(range, after!, order);
      this.#adapt(isWhole, found, asked, window, after, order);
    }
  }

  /** The part of the range in which the project has rows. */
  async #bounds({ scope, order, after, person }: EventsQuestion): Promise<Range> {
    const asked = after === undefined ? scope : from(scope, after, order);
    if (asked.from >= asked.to) return { from: 0, to: 0 };
    const { compiler } = this.#parts;
    const where = [
      `project = ${compiler.text(scope.project)}`,
      compiler.inRanges('timestamp', [asked]),
      ...this.#ofPerson(person),
    ].join(' AND ');
    const [[count, first, last]] = (await this.#asking((options) =>
      this.#parts.client.rows<[string, string, string]>(
        `${compiler.constants()}SELECT count(), toUnixTimestamp64Milli(min(timestamp)), toUnixTimestamp64Milli(max(timestamp)) FROM events WHERE ${where}`,
        options,
      ),
    )) as [[string, string, string]];
    return Number(count) === 0 ? { from: 0, to: 0 } : { from: Number(first), to: Number(last) + 1 };
  }

  #windowOf({ from, to }: Range, order: EventsQuestion['order']): Range {
    return order === 'asc'
      ? { from, to: Math.min(to, from + this.#windowMs) }
      : { from: Math.max(from, to - this.#windowMs), to };
  }

  /** Undefined: it was over the budget, and the next try asks for less. */
  async #page(
    { scope, order, person }: EventsQuestion,
    window: Range,
    after: Position | undefined,
    rowsMax: number,
  ): Promise<Page | undefined> {
    const sql = this.#sql(scope, window, order, after, rowsMax, person);
    try {
      return await this.#asking((options) =>
        pageOf(this.#parts.client.stream(sql, 'JSONCompactEachRow', options)),
      );
    } catch (error) {
      if (!this.#asksForLess(error, window)) throw error;
      return undefined;
    }
  }

  #sql(
    scope: Scope,
    window: Range,
    order: EventsQuestion['order'],
    after: Position | undefined,
    rowsMax: number,
    person: bigint | undefined,
  ): string {
    const { compiler } = this.#parts;
    const sign = order === 'asc' ? '>' : '<';
    const where = [
      compiler.inRanges('timestamp', [window]),
      ...compiler.conditions(scope),
      ...this.#ofPerson(person),
      ...(after === undefined
        ? []
        : [
            `(timestamp, _partition, _offset) ${sign} (${compiler.instant(after.timestamp)}, ${after.partition}, ${after.offset})`,
          ]),
    ];
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const columns = ['timestamp', '_partition', '_offset'].map((name) => `events.${name} ${direction}`);
    return `${compiler.constants()}SELECT ${rowColumns}\nFROM events\nWHERE ${where.join(' AND ')}\nORDER BY ${columns.join(', ')}\nLIMIT ${rowsMax}`;
  }

  #ofPerson(person: bigint | undefined): readonly string[] {
    if (person === undefined) return [];
    return ['user_key <> 0', `${this.#parts.compiler.person} = ${person}`];
  }

  async #asking<T>(
    ask: (options: Parameters<ClickHouseClient['stream']>[2] & object) => Promise<T>,
  ): Promise<T> {
    const { budget, signal } = this.#parts;
    try {
      const settings = { ...questionSettings(budget), ...readSettings };
      return await ask({ settings, signal, timeoutMs: budget.timeMs + questionGraceMs });
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  #asksForLess(error: unknown, window: Range): boolean {
    const isOver = isFailure(error) && error.code.startsWith('over_');
    if (!isOver) return false;
    if (window.to - window.from > windowMsFirst) {
      this.#windowMs = Math.max(windowMsFirst, Math.floor((window.to - window.from) / windowGrowth));
      return true;
    }
    if (!isFailure(error, 'over_memory') || this.#rowsMax <= pageRowsMin) return false;
    this.#rowsMax = Math.max(pageRowsMin, Math.floor(this.#rowsMax / windowGrowth));
    return true;
  }

  /** The next window should hold about as many rows as a page. */
  #adapt(
    isWhole: boolean,
    found: number,
    asked: number,
    window: Range,
    last: Position | undefined,
    order: EventsQuestion['order'],
  ): void {
    if (!isWhole && last !== undefined) {
      const seen = order === 'asc' ? last.timestamp - window.from : window.to - last.timestamp;
      this.#windowMs = Math.max(1, seen);
    } else if (found < asked / 2) {
      this.#windowMs *= windowGrowth;
    }
  }
}

const beyond = (range: Range, window: Range, order: EventsQuestion['order']): Range =>
  order === 'asc' ? { ...range, from: window.to } : { ...range, to: window.from };

/** What is left of the range at a position: rows of the same millisecond may follow it. */
const from = (range: Range, { timestamp }: Position, order: EventsQuestion['order']): Range =>
  order === 'asc'
    ? { from: Math.max(range.from, timestamp), to: range.to }
    : { from: range.from, to: Math.min(range.to, timestamp + 1) };

/** Takes the answer as fast as the engine gives it. One over the bound is left, and cut at its last whole line. */
async function pageOf(chunks: AsyncIterable<Buffer>): Promise<Page> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(lineEnd) + 1;
    bytes += chunk.byteLength;
    if (bytes > pageBytesMax && end > 0) return { parts: [...parts, chunk.subarray(0, end)], isCut: true };
    parts.push(chunk);
  }
  return { parts, isCut: false };
}

const lineEnd = 0x0a;

/** Makes rows of the lines a few at a time; the engine ends every line. */
function* piecesOf(parts: readonly Buffer[], project: string): Generator<readonly EventRow[]> {
  let rows: EventRow[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for (const part of parts) {
    const text = rest.byteLength === 0 ? part : Buffer.concat([rest, part]);
    let at = 0;
    for (let end = text.indexOf(lineEnd); end >= 0; end = text.indexOf(lineEnd, at)) {
      rows.push(rowOfLine(text.toString('utf8', at, end), project));
      at = end + 1;
      if (rows.length < pieceRowsMax) continue;
      yield rows;
      rows = [];
    }
    rest = text.subarray(at);
  }
  if (rows.length > 0) yield rows;
}
