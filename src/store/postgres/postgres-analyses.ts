/**
 * The contract of analyses.ts on PostgreSQL: each question in a transaction that sees one moment, identity included. What may be as
 * long as there are persons is streamed; all of a question, with what its asker does meanwhile, keeps the question's time.
 */
import { failure } from '../../errors.ts';
import type { Filter, Scope } from '../../plan/plan.ts';
import type { Connection, PostgresPool, TransactionOptions } from '../../postgres/postgres-pool.ts';
import type {
  Analyses,
  PeopleQuestion,
  PersonRow,
  RetentionBlock,
  RetentionQuestion,
  SessionCell,
  SessionsQuestion,
} from '../analyses.ts';
import type { Budget } from '../asking.ts';
import type { ExperimentQuestion, ExperimentRows } from '../experiments.ts';
import type { SequenceBlock, SequenceQuestion } from '../sequences.ts';
import { type ExperimentAnswer, experimentRows } from '../sql/experiment-cells.ts';
import { copiedRows, type RowBytes, type RowLayout, rowLayout } from './copied-rows.ts';
import { experimentSelect, exposuresSelect, typesRead } from './experiment-sql.ts';
import type { Features } from './features.ts';
import type { Identity, Linked } from './identity.ts';
import { Literals } from './literals.ts';
import { type PersonAnswer, peopleSelect, personOfRow } from './people-sql.ts';
import { PostgresCompiler, type Scan } from './postgres-compiler.ts';
import { assertRows, limitColumns, memoryFailure, questionFailure } from './question-limits.ts';
import { readSequences } from './read-sequences.ts';
import { retentionRange, retentionSelect, retentionWidths } from './retention-sql.ts';
import { rowsToRead } from './rows-to-read.ts';
import { shownFilter } from './sequence-sql.ts';
import { type SessionAnswer, sessionCells, sessionsSelect } from './sessions-sql.ts';
import { streamed } from './streamed.ts';
import { linksVersionOf } from './version.ts';

export interface AnalysesParts {
  /** The read pool. */
  readonly pool: PostgresPool;
  readonly features: Features;
  readonly identity: Identity;
  readonly assertOpen: () => void;
}

/** What a question reads, and what of it the rollups can count. */
interface Reading {
  readonly kind: string;
  readonly scope: Scope;
  /** Conditions that all rows of a scan which is not whole fulfil. */
  readonly filters: readonly (Filter | undefined)[];
  readonly scans: readonly Scan[];
}

type Ask = <T extends readonly unknown[]>(
  sqlOf: (compiler: PostgresCompiler) => string,
) => Promise<readonly T[]>;

export class PostgresAnalyses implements Analyses {
  readonly #parts: AnalysesParts;

  constructor(parts: AnalysesParts) {
    this.#parts = parts;
  }

  async *sequences(
    question: SequenceQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<SequenceBlock> {
    const { scope, per } = question;
    const scans = per === 'user' ? [part(scope)] : [part(scope), all(scope)];
    const reading = { kind: 'sequences', scope, filters: [shownFilter(question)], scans };
    yield* this.#stream(reading, budget, signal, (connection, linked) =>
      readSequences(connection, question, () => this.#writing(linked)),
    );
  }

  async *retention(
    question: RetentionQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<RetentionBlock> {
    const { scope, start, return: back } = question;
    const filters = [{ or: [start, back] }];
    const reading = { kind: 'retention', scope, filters, scans: [part(retentionRange(question))] };
    yield* this.#stream(reading, budget, signal, (connection, linked) =>
      readRetention(connection, retentionSelect(this.#writing(linked), question)),
    );
  }

  async sessions(
    question: SessionsQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<readonly SessionCell[]> {
    const { scope } = question;
    const reading = { kind: 'sessions', scope, filters: [], scans: [all(scope), all(scope)] };
    const rows = await this.#rows<SessionAnswer>(reading, budget, signal, (compiler) =>
      sessionsSelect(compiler, question),
    );
    return sessionCells(question, rows);
  }

  async people(question: PeopleQuestion, budget: Budget, signal: AbortSignal): Promise<readonly PersonRow[]> {
    const { scope, limit, keys } = question;
    if (limit === 0 || keys?.length === 0) return [];
    // of some persons an index has all, so that there is nothing to look for
    const scans = keys === undefined ? [part(scope), part(scope)] : [];
    const reading = { kind: 'users', scope, filters: [], scans };
    const rows = await this.#rows<PersonAnswer>(reading, budget, signal, (compiler) =>
      peopleSelect(compiler, question),
    );
    return rows.map(personOfRow);
  }

  async experiment(
    question: ExperimentQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<ExperimentRows> {
    const { filter: _, ...scope } = question.scope;
    const scans = [part(scope), part(scope)];
    const filters = question.money ? [] : [typesRead];
    const reading = { kind: 'experiment', scope, filters, scans };
    return this.#once(reading, budget, signal, async (ask, rowsRead) => {
      const [[unassigned, unnamed]] = (await ask<[string, string]>((compiler) =>
        exposuresSelect(compiler, question),
      )) as [[string, string]];
      const answer = await ask<ExperimentAnswer>((compiler) =>
        experimentSelect(compiler, question, unnamed === '0'),
      );
      const numbers = experimentRows(question, answer);
      return { ...numbers, unassigned: Number(unassigned), rowsRead, source: 'rows' };
    });
  }

  /** Errors: those of the pool. */
  async person(project: string, id: string): Promise<bigint> {
    const { assertOpen, identity, pool } = this.#parts;
    assertOpen();
    const options = { isolation: 'repeatable read', readOnly: true } as const;
    const persons = await pool.transaction((connection) => identity.of(connection, project), options);
    return identity.personOf(id, persons);
  }

  async *#stream<T>(
    reading: Reading,
    budget: Budget,
    signal: AbortSignal,
    read: (connection: Connection, linked: Linked | undefined) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const work = (connection: Connection): AsyncIterable<T> => this.#read(connection, reading, budget, read);
    try {
      yield* streamed(this.#parts.pool, this.#options(reading, budget, signal), work);
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  async *#read<T>(
    connection: Connection,
    reading: Reading,
    budget: Budget,
    read: (connection: Connection, linked: Linked | undefined) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    try {
      yield* read(connection, (await this.#begin(connection, reading, budget)).linked);
    } catch (error) {
      throw memoryFailure(error, budget);
    }
  }

  #rows<T extends readonly unknown[]>(
    reading: Reading,
    budget: Budget,
    signal: AbortSignal,
    sqlOf: (compiler: PostgresCompiler) => string,
  ): Promise<readonly T[]> {
    return this.#once(reading, budget, signal, (ask) => ask<T>(sqlOf));
  }

  /** Statements of one transaction. `rowsRead`: about as many as they look at. */
  async #once<R>(
    reading: Reading,
    budget: Budget,
    signal: AbortSignal,
    asking: (ask: Ask, rowsRead: number) => Promise<R>,
  ): Promise<R> {
    const work = async (connection: Connection): Promise<R> => {
      try {
        const { linked, rowsRead } = await this.#begin(connection, reading, budget);
        const ask: Ask = async <T extends readonly unknown[]>(
          sqlOf: (compiler: PostgresCompiler) => string,
        ) => {
          const compiler = new PostgresCompiler(this.#parts.features, linked);
          const text = sqlOf(compiler);
          const { values } = compiler.parameters;
          const { rows } = await connection.query<unknown[]>({ text, values, rowMode: 'array' });
          return rows as unknown as readonly T[];
        };
        return await asking(ask, rowsRead);
      } catch (error) {
        throw memoryFailure(error, budget);
      }
    };
    try {
      return await this.#parts.pool.transaction(work, this.#options(reading, budget, signal));
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  /** Sets the bounds, and resolves with the identity. Errors: over_rows. */
  async #begin(
    connection: Connection,
    { scope, filters, scans }: Reading,
    budget: Budget,
  ): Promise<{ readonly linked: Linked | undefined; readonly rowsRead: number }> {
    const { features, identity } = this.#parts;
    const compiler = new PostgresCompiler(features);
    const all = [scope.filter, ...filters].filter((filter) => filter !== undefined);
    const rows = rowsToRead(compiler, { project: scope.project, filter: { and: all } }, scans);
    const links = linksVersionOf(compiler.parameters, scope.project);
    const found = await connection.query<{ links: string; rows: string }>(
      `SELECT ${links} AS links, ${rows} AS rows, ${limitColumns(budget)}`,
      compiler.parameters.values,
    );
    const facts = found.rows[0]!;
    assertRows(Number(facts.rows), budget);
    const { linked } = await identity.at(connection, scope.project, facts.links);
    return { linked, rowsRead: Number(facts.rows) };
  }

  /** For COPY. */
  #writing(linked: Linked | undefined): PostgresCompiler {
    return new PostgresCompiler(this.#parts.features, linked, new Literals());
  }

  #options({ kind }: Reading, { timeMs }: Budget, signal: AbortSignal): TransactionOptions {
    this.#parts.assertOpen();
    if (signal.aborted) throw failure('question_cancelled', {});
    return {
      kind,
      timeoutMs: timeMs,
      isolation: 'repeatable read',
      readOnly: true,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeMs)]),
    };
  }
}

const part = ({ from, to }: Scan['ranges'][number]): Scan => ({ ranges: [{ from, to }], isWhole: false });
const all = ({ from, to }: Scan['ranges'][number]): Scan => ({ ranges: [{ from, to }], isWhole: true });

async function* readRetention(connection: Connection, sql: string): AsyncGenerator<RetentionBlock> {
  const layout = rowLayout(retentionWidths);
  for await (const rows of copiedRows(connection, sql, layout)) yield retentionBlock(rows, layout);
}

function retentionBlock({ view, rows }: RowBytes, { rowBytes, columns }: RowLayout): RetentionBlock {
  const [start, low, high] = columns as [number, number, number];
  const block = {
    starts: new Uint8Array(rows),
    low: new BigUint64Array(rows),
    high: new BigUint64Array(rows),
  };
  for (let i = 0, row = 0; i < rows; i++, row += rowBytes) {
    block.starts[i] = view.getInt32(row + start);
    block.low[i] = view.getBigUint64(row + low);
    block.high[i] = view.getBigUint64(row + high);
  }
  return block;
}
