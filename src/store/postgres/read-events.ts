/**
 * Rows of `events` in the order of time, page by page, each page in a transaction of its own: between two of them nothing is held, so
 * that nobody who reads slowly keeps a connection. A page looks at a window of time (event-windows.ts).
 */
import type { EventRow } from '../../event/event-row.ts';
import type { Position } from '../../plan/position.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Range } from '../sql/cover.ts';
import { choosesPersons } from '../sql/needs-identity.ts';
import type { Budget, EventsQuestion } from '../store.ts';
import { type Asked, nextWindow } from './event-windows.ts';
import type { Features } from './features.ts';
import type { Identity } from './identity.ts';
import { PostgresCompiler } from './postgres-compiler.ts';
import { limitColumns, memoryFailure, questionFailure } from './question-limits.ts';
import { type RowRecord, rowColumns, rowOfRecord } from './row-record.ts';

export interface EventReaderParts {
  readonly pool: PostgresPool;
  readonly features: Features;
  readonly identity: Identity;
  /** Of each page. */
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

const pageRowsMax = 5_000;
/** A page ends once it has so many bytes, about. */
const pageBytesMax = 16 * 1024 * 1024;
/** Rows that a page looks at, where a filter leaves most of them out. */
const windowRowsMax = 200_000;
/** Rows that are made objects at a time. */
const pieceRowsMax = 500;

interface PageQuestion extends Asked {
  readonly person: bigint | undefined;
  /** What is left of the range. */
  readonly range: Range;
  readonly after: Position | undefined;
  readonly rowsMax: number;
}

interface Page {
  readonly records: readonly RowRecord[];
  /** What is left of the range after it. */
  readonly rest: Range;
}

const nothing: Range = { from: 0, to: 0 };

export class EventReader {
  readonly #parts: EventReaderParts;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Errors: over_time, over_memory, over_rows, question_cancelled, store_unavailable. */
  async *read(question: EventsQuestion): AsyncGenerator<readonly EventRow[]> {
    const { scope, order, person } = question;
    let { after, limit: left = Number.POSITIVE_INFINITY } = question;
    let range = after === undefined ? { from: scope.from, to: scope.to } : beyond(scope, after, order);
    while (range.from < range.to && left > 0) {
      const rowsMax = Math.min(left, pageRowsMax);
      const { records, rest } = await this.#page({ scope, order, person, range, after, rowsMax });
      for (let at = 0; at < records.length; at += pieceRowsMax) {
        const rows = records.slice(at, at + pieceRowsMax).map((record) => rowOfRecord(record, scope.project));
        after = rows.at(-1)!;
        yield rows;
      }
      left -= records.length;
      range = rest;
    }
  }

  async #page(page: PageQuestion): Promise<Page> {
    const { budget, pool, signal } = this.#parts;
    const options = {
      kind: 'events',
      timeoutMs: budget.timeMs,
      isolation: 'repeatable read',
      readOnly: true,
      signal,
    } as const;
    const read = async (connection: Connection): Promise<Page> => {
      try {
        const window = await this.#window(connection, page);
        return window === undefined
          ? { records: [], rest: nothing }
          : await this.#rows(connection, page, window);
      } catch (error) {
        throw memoryFailure(error, budget);
      }
    };
    try {
      return await pool.transaction(read, options);
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  /** Of one person an index has all, so that there is nothing to look for. */
  async #window(
    connection: Connection,
    { range, person, ...asked }: PageQuestion,
  ): Promise<Range | undefined> {
    if (person !== undefined) return range;
    const { budget, features } = this.#parts;
    const { filter, sample, bots } = asked.scope;
    const isWhole = filter === undefined && sample === undefined && bots === 'include';
    const rowsMax = isWhole ? pageRowsMax : windowRowsMax;
    return nextWindow(connection, features, asked, range, { budget, rowsMax });
  }

  async #rows(connection: Connection, page: PageQuestion, window: Range): Promise<Page> {
    const { budget, features, identity } = this.#parts;
    const { order, person, range, rowsMax, scope } = page;
    await connection.query(`SELECT ${limitColumns(budget)}`);
    const isOfPersons = person !== undefined || choosesPersons(scope);
    const persons = isOfPersons ? await identity.of(connection, scope.project) : undefined;
    const compiler = new PostgresCompiler(features, persons?.linked);
    const { rows } = await connection.query<RowRecord & unknown[]>({
      text: pageText(compiler, page, window),
      values: compiler.parameters.values,
      rowMode: 'array',
    });
    const last = rows.at(-1);
    const isCut = rows.length === rowsMax || Number(last?.at(-1) ?? 0) >= pageBytesMax;
    const rest =
      isCut && last !== undefined
        ? beyond(range, rowOfRecord(last, scope.project), order)
        : outside(range, window, order);
    return { records: rows, rest };
  }
}

const place = ['timestamp', '_partition', '_offset'];

/** The rows and, last, how many bytes they and those before them have. */
function pageText(compiler: PostgresCompiler, page: PageQuestion, window: Range): string {
  const { after, order, person, rowsMax, scope } = page;
  const { parameters } = compiler;
  const where = [...compiler.conditions(scope), compiler.inRanges('timestamp', [window])];
  if (person !== undefined) where.push(...compiler.ofPersons([person]));
  if (after !== undefined) {
    const values = [
      compiler.instant(after.timestamp),
      parameters.bind(String(after.partition), 'integer'),
      parameters.bind(String(after.offset), 'bigint'),
    ];
    where.push(`(${place.join(', ')}) ${order === 'asc' ? '>' : '<'} (${values.join(', ')})`);
  }
  const ordered = `ORDER BY ${place.map((column) => `${column} ${order}`).join(', ')}`;
  return `SELECT ${rowColumns(compiler.ownKey)}, bytes
FROM (
  SELECT *, sum(own_bytes) OVER (${ordered} ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *, ${ownBytes} AS own_bytes
    FROM ${compiler.rowsTable}
    WHERE ${where.join(' AND ')}
    ${ordered}
    LIMIT ${rowsMax}
  ) AS page
) AS counted
WHERE bytes - own_bytes < ${pageBytesMax}
${ordered}`;
}

/** Of a row: what is long now and then, and about as much as all the rest has. */
const ownBytes = `1000 + ${['properties::text', 'url', 'referrer', 'path', 'title'].map((text) => `octet_length(${text})`).join(' + ')}`;

/** What is left of the range at a position: rows of the same millisecond may follow it. */
const beyond = (range: Range, { timestamp }: Position, order: Asked['order']): Range =>
  order === 'asc'
    ? { from: Math.max(range.from, timestamp), to: range.to }
    : { from: range.from, to: Math.min(range.to, timestamp + 1) };

const outside = (range: Range, window: Range, order: Asked['order']): Range =>
  order === 'asc' ? { from: window.to, to: range.to } : { from: range.from, to: window.from };
