/**
 * Questions to PostgreSQL. Each runs in a transaction that sees one moment, on whichever server the read pool chooses: the version
 * of the range is read in it too, so that an answer of a late replica is never taken for one of a newer version, and so is that of
 * the project's links: a statement is made for the identity as it was last known, and made again where that has changed.
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import { type AnswerRow, cellsOf } from '../sql/answer.ts';
import { chooseSource } from '../sql/choose-source.ts';
import { needsIdentity } from '../sql/needs-identity.ts';
import type { Budget, EventsQuestion, Question, Rows } from '../store.ts';
import type { Features } from './features.ts';
import { answerForm } from './group-keys.ts';
import type { Identity, Linked } from './identity.ts';
import { linkedDays } from './linked-days.ts';
import { Parameters } from './parameters.ts';
import { rollupsOf } from './persons.ts';
import { PostgresCompiler, type PostgresQuestion, rollupRowsRead } from './postgres-compiler.ts';
import { assertRows, limitColumns, memoryFailure, questionFailure } from './question-limits.ts';
import { EventReader } from './read-events.ts';
import { rowsToRead } from './rows-to-read.ts';
import { correctedUsers, exactUsersMax, usersError } from './sketch.ts';
import { linksVersionOf, versionOf } from './version.ts';

export interface PostgresReaderOptions {
  /** The read pool. */
  readonly pool: PostgresPool;
  readonly features: Features;
  readonly clock: Clock;
  readonly identity: Identity;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Found {
  readonly compiled: PostgresQuestion;
  readonly rows: readonly AnswerRow[];
  readonly rowsRead: number;
  readonly version: string;
}

export class PostgresReader {
  readonly #options: PostgresReaderOptions;

  constructor(options: PostgresReaderOptions) {
    this.#options = options;
  }

  /** Errors: over_time, over_memory, over_rows, question_cancelled, store_unavailable. */
  async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    if (signal.aborted) throw failure('question_cancelled', {});
    const { clock, pool } = this.#options;
    const startedAt = clock.monotonic();
    const options = {
      kind: question.plan.kind,
      timeoutMs: budget.timeMs,
      isolation: 'repeatable read',
      readOnly: true,
      signal,
    } as const;
    const found = await pool
      .transaction((connection) => this.#ask(connection, question, budget), options)
      .catch((error: unknown) => {
        throw questionFailure(error, budget, signal);
      });
    const { source, sketched } = found.compiled;
    const cells = cellsOf(
      question,
      found.rows,
      answerForm(question, sketched ? correctedUsers : (users) => users),
    );
    const approximate = sketched && cells.some(({ users }) => users !== undefined && users > exactUsersMax);
    return {
      cells,
      approximate,
      error: approximate ? usersError : 0,
      version: found.version,
      explain: { source, rowsRead: found.rowsRead, durationMs: clock.monotonic() - startedAt },
    };
  }

  /** Errors: those of `run`. */
  events(question: EventsQuestion, budget: Budget, signal: AbortSignal): AsyncIterable<readonly EventRow[]> {
    return new EventReader({ ...this.#options, budget, signal }).read(question);
  }

  /** Errors: those of the pool. */
  async version(project: string, from: number, to: number): Promise<string> {
    const parameters = new Parameters();
    const text = `SELECT ${versionOf(parameters, project, from, to)} AS version`;
    const { rows } = await this.#options.pool.query<{ version: string }>(text, parameters.values);
    return rows[0]!.version;
  }

  async #ask(connection: Connection, question: Question, budget: Budget): Promise<Found> {
    const { identity } = this.#options;
    const { project } = question.plan;
    let persons = needsIdentity(question.plan) ? identity.last(project) : undefined;
    try {
      for (;;) {
        const compiled = await this.#compiled(connection, question, persons?.linked);
        const before = this.#before(question, compiled, budget);
        const { rows } = await connection.query<Facts>(before.text, [...before.values]);
        const facts = rows[0]!;
        if (persons === undefined || persons.version === facts.links)
          return await answered(connection, compiled, facts, budget);
        persons = await identity.at(connection, project, facts.links);
      }
    } catch (error) {
      throw memoryFailure(error, budget);
    }
  }

  async #compiled(
    connection: Connection,
    question: Question,
    linked: Linked | undefined,
  ): Promise<PostgresQuestion> {
    const { features } = this.#options;
    const rollups = rollupsOf(features);
    const dirty =
      linked === undefined || features.users === 'list' || !question.plan.metrics.includes('users')
        ? []
        : await linkedDays(connection, question, linked);
    const sources = chooseSource(question, rollups);
    const { users } = dirty.length === 0 ? sources : chooseSource(question, rollups, dirty);
    return new PostgresCompiler(features, linked).compile(question, { ...sources, users });
  }

  /** Sets the bounds, and says what versions the range and the links have and how many rows will be read. */
  #before({ plan, edges }: Question, { scans }: PostgresQuestion, budget: Budget): Statement {
    const compiler = new PostgresCompiler(this.#options.features);
    const version = versionOf(compiler.parameters, plan.project, edges[0]!, edges.at(-1)!);
    const links = linksVersionOf(compiler.parameters, plan.project);
    const text = `SELECT ${version} AS version, ${links} AS links, ${rowsToRead(compiler, plan, scans)} AS rows, ${limitColumns(budget)}, ${rollupRowsRead} AS read`;
    return { text, values: compiler.parameters.values };
  }
}

/** 64-bit integers as text. */
interface Facts {
  readonly version: string;
  readonly links: string;
  readonly rows: string;
  readonly read: string;
}

async function answered(
  connection: Connection,
  compiled: PostgresQuestion,
  { version, rows: expected, read: readBefore }: Facts,
  budget: Budget,
): Promise<Found> {
  const { sql, values } = compiled;
  assertRows(Number(expected), budget);
  const { rows } = await connection.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' });
  const [answer, [read]] = divided(rows as unknown as readonly AnswerRow[]);
  const rowsRead = Number(expected) + (read === undefined ? 0 : Number(read[4]) - Number(readBefore));
  assertRows(rowsRead, budget);
  return { compiled, rows: answer, rowsRead, version };
}

/** The rows of the answer, and the one that says what was read of the rollups. */
function divided(
  rows: readonly AnswerRow[],
): readonly [answer: readonly AnswerRow[], read: readonly AnswerRow[]] {
  const isRead = ([arm]: AnswerRow): boolean => (arm as string) === 'read';
  return [rows.filter((row) => !isRead(row)), rows.filter(isRead)];
}
