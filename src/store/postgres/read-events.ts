/**
 * Rows of `events` in the order of time, page by page, each page in a transaction of its own: between two of them nothing is held, so
 * that nobody who reads slowly keeps a connection. A page looks at a window of time, which the rollups choose: it holds as many
 * rows as one statement may look at, and what nobody wrote in is passed over.
 */
import type { EventRow } from '../../event/event-row.ts';
import type { Scope } from '../../plan/plan.ts';
import type { Position } from '../../plan/position.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import { type Range, type Tier, tierMs } from '../sql/cover.ts';
import type { Budget, EventsQuestion } from '../store.ts';
import type { Features } from './features.ts';
import { PostgresCompiler } from './postgres-compiler.ts';
import { assertRows, limitColumns, memoryFailure, questionFailure } from './question-limits.ts';
import { type RowRecord, rowColumns, rowOfRecord } from './row-record.ts';
import { countedProject } from './rows-to-read.ts';

export interface EventReaderParts {
  readonly pool: PostgresPool;
  readonly features: Features;
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
/** Pieces of one tier that are looked at for a window. */
const piecesMax = 400;
const tiers = Object.keys(tierMs) as Tier[];

type Order = EventsQuestion['order'];
interface Page {
  readonly records: readonly RowRecord[];
  /** What is left of the range. */
  readonly rest: Range;
}

const nothing: Range = { from: 0, to: 0 };

export class EventReader {
  readonly #parts: EventReaderParts;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Errors: over_time, over_memory, over_rows, question_cancelled, store_unavailable. */
  async *read({ scope, order, after: given, limit }: EventsQuestion): AsyncGenerator<readonly EventRow[]> {
    let after = given;
    let left = limit ?? Number.POSITIVE_INFINITY;
    let range = after === undefined ? { from: scope.from, to: scope.to } : beyond(scope, after, order);
    while (range.from < range.to && left > 0) {
      const { records, rest } = await this.#page(scope, range, order, after, Math.min(left, pageRowsMax));
      for (let at = 0; at < records.length; at += pieceRowsMax) {
        const rows = records.slice(at, at + pieceRowsMax).map((record) => rowOfRecord(record, scope.project));
        after = rows.at(-1)!;
        yield rows;
      }
      left -= records.length;
      range = rest;
    }
  }

  async #page(
    scope: Scope,
    range: Range,
    order: Order,
    after: Position | undefined,
    rowsMax: number,
  ): Promise<Page> {
    const { budget, pool, signal } = this.#parts;
    const options = {
      kind: 'events',
      timeoutMs: budget.timeMs,
      isolation: 'repeatable read',
      readOnly: true,
      signal,
    } as const;
    try {
      return await pool.transaction(async (connection) => {
        try {
          const window = await this.#window(connection, scope, range, order);
          if (window === undefined) return { records: [], rest: nothing };
          return await this.#rows(connection, scope, range, window, order, after, rowsMax);
        } catch (error) {
          throw memoryFailure(error, budget);
        }
      }, options);
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  /** The next part of the range that has rows, as many as a page may look at; undefined when there are no more. */
  async #window(
    connection: Connection,
    scope: Scope,
    range: Range,
    order: Order,
  ): Promise<Range | undefined> {
    const { budget } = this.#parts;
    const isWhole = scope.filter === undefined && scope.sample === undefined && scope.bots === 'include';
    const target = Math.min(isWhole ? pageRowsMax : windowRowsMax, budget.rowsMax);
    let within = range;
    for (const tier of tiers) {
      const pieces = await this.#pieces(connection, scope, within, order, tier);
      const first = pieces[0];
      if (first === undefined) return undefined;
      let rows = 0;
      const fitting = pieces.findIndex((piece) => {
        rows += piece.rows;
        return rows > target;
      });
      if (fitting !== 0 || tier === 'slot') {
        if (fitting === 0) assertRows(first.rows, budget);
        const last = pieces[fitting < 0 ? pieces.length - 1 : Math.max(0, fitting - 1)]!;
        return order === 'asc'
          ? { from: Math.max(within.from, first.from), to: Math.min(within.to, last.from + tierMs[tier]) }
          : { from: Math.max(within.from, last.from), to: Math.min(within.to, first.from + tierMs[tier]) };
      }
      within = {
        from: Math.max(within.from, first.from),
        to: Math.min(within.to, first.from + tierMs[tier]),
      };
    }
    return undefined;
  }

  /** Pieces of the tier that have rows, in order. */
  async #pieces(
    connection: Connection,
    scope: Scope,
    { from, to }: Range,
    order: Order,
    tier: Tier,
  ): Promise<readonly { readonly from: number; readonly rows: number }[]> {
    const compiler = new PostgresCompiler(this.#parts.features);
    const whole = { from: Math.floor(from / tierMs[tier]) * tierMs[tier], to };
    const where = [
      `tier = ${tierMs[tier] / 1000}`,
      ...countedProject(compiler, scope),
      compiler.inRanges('start', [whole]),
    ];
    const text = `SELECT date_part('epoch', start), sum(events)
FROM rollup_counts
WHERE ${where.join(' AND ')}
GROUP BY start
ORDER BY start ${order}
LIMIT ${piecesMax}`;
    const { rows } = await connection.query<[number, string]>({
      text,
      values: compiler.parameters.values,
      rowMode: 'array',
    });
    return rows.map(([start, events]) => ({ from: start * 1_000, rows: Number(events) }));
  }

  async #rows(
    connection: Connection,
    scope: Scope,
    range: Range,
    window: Range,
    order: Order,
    after: Position | undefined,
    rowsMax: number,
  ): Promise<Page> {
    const { budget, features } = this.#parts;
    await connection.query(`SELECT ${limitColumns(budget)}`);
    const compiler = new PostgresCompiler(features);
    const text = pageText(compiler, scope, window, order, after, rowsMax);
    const { rows } = await connection.query<RowRecord & unknown[]>({
      text,
      values: compiler.parameters.values,
      rowMode: 'array',
    });
    const bytes = Number(rows.at(-1)?.at(-1) ?? 0);
    const isCut = rows.length === rowsMax || bytes >= pageBytesMax;
    const last = rows.at(-1);
    return {
      records: rows,
      rest:
        isCut && last !== undefined
          ? beyond(range, rowOfRecord(last, scope.project), order)
          : outside(range, window, order),
    };
  }
}

/** The rows and, last, how many bytes they and those before them have. */
function pageText(
  compiler: PostgresCompiler,
  scope: Scope,
  window: Range,
  order: Order,
  after: Position | undefined,
  rowsMax: number,
): string {
  const { parameters } = compiler;
  const place = ['timestamp', '_partition', '_offset'];
  const where = [
    ...compiler.conditions(scope),
    compiler.inRanges('timestamp', [window]),
    ...(after === undefined
      ? []
      : [
          `(${place.join(', ')}) ${order === 'asc' ? '>' : '<'} (${compiler.instant(after.timestamp)}, ${parameters.bind(String(after.partition), 'integer')}, ${parameters.bind(String(after.offset), 'bigint')})`,
        ]),
  ];
  const ordered = `ORDER BY ${place.map((column) => `${column} ${order}`).join(', ')}`;
  return `SELECT ${rowColumns}, bytes
FROM (
  SELECT *, sum(own_bytes) OVER (${ordered} ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *, ${ownBytes} AS own_bytes
    FROM events
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
const beyond = (range: Range, { timestamp }: Position, order: Order): Range =>
  order === 'asc'
    ? { from: Math.max(range.from, timestamp), to: range.to }
    : { from: range.from, to: Math.min(range.to, timestamp + 1) };

const outside = (range: Range, window: Range, order: Order): Range =>
  order === 'asc' ? { from: window.to, to: range.to } : { from: range.from, to: window.from };
