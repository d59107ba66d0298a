/** The contract of analyses.ts on ClickHouse: each question a statement, or one a slice of the persons. */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
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
import type { SequenceBlock, SequenceQuestion, WalkBlock, WalkShape } from '../sequences.ts';
import { type ExperimentAnswer, experimentRows } from '../sql/experiment-cells.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { experimentSelect, exposuresSelect } from './experiment-sql.ts';
import { nativeBlocks } from './native-reader.ts';
import { type PersonAnswer, peopleSelect, personOfRow } from './people-sql.ts';
import { questionGraceMs, spillingSettings } from './question-settings.ts';
import { type Asking, readSequences, readWalks } from './read-sequences.ts';
import { retentionSelect } from './retention-sql.ts';
import { hasCrowded, type SessionAnswer, sessionCells, sessionsSelect } from './sessions-sql.ts';
import { questionFailure } from './store-errors.ts';

export interface AnalysesParts {
  readonly client: ClickHouseClient;
  readonly clock: Clock;
  /** With the identity of the project. */
  readonly compilerOf: (project: string) => Promise<ClickHouseCompiler>;
  /** About how many events these are, at most. */
  readonly eventsIn: (question: SequenceQuestion, budget: Budget, signal: AbortSignal) => Promise<number>;
  readonly assertOpen: () => void;
}

/** Rows that the engine reads at a time, and gives: they are narrow. With fewer the same question takes it longer. */
const peopleOfBlockMax = 65_409;

/** What an event takes of the memory in which its session is counted, as measured with 1.5 events a session. */
const bytesOfSessionEvent = 70;
const slicesOfSessionsMax = 4;
/** A slice is meant to fit, so that it goes through the disk only where it is about to be over its memory. */
const slicedShare = 0.9;

export class ClickHouseAnalyses implements Analyses {
  readonly #parts: AnalysesParts;

  constructor(parts: AnalysesParts) {
    this.#parts = parts;
  }

  async *sequences(
    question: SequenceQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<SequenceBlock> {
    const { compilerOf, eventsIn } = this.#parts;
    this.#assertAsked(signal);
    const compiler = await compilerOf(question.scope.project);
    const events = await eventsIn(question, budget, signal);
    yield* readSequences(this.#asking(budget, signal), compiler, question, events);
  }

  async *walks(
    question: SequenceQuestion,
    shape: WalkShape,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<SequenceBlock | WalkBlock> {
    const { compilerOf, eventsIn } = this.#parts;
    this.#assertAsked(signal);
    const compiler = await compilerOf(question.scope.project);
    const events = await eventsIn(question, budget, signal);
    yield* readWalks(this.#asking(budget, signal), compiler, question, shape, events);
  }

  async *retention(
    question: RetentionQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<RetentionBlock> {
    this.#assertAsked(signal);
    const sql = retentionSelect(await this.#parts.compilerOf(question.scope.project), question);
    const { client } = this.#parts;
    try {
      const options = this.#options(budget, signal);
      const settings = { ...options.settings, max_block_size: peopleOfBlockMax };
      const answer = client.stream(sql, 'Native', { ...options, settings });
      for await (const [starts, low, high] of nativeBlocks(answer))
        yield {
          starts: starts!.values as Uint8Array,
          low: low!.values as BigUint64Array,
          high: high!.values as BigUint64Array,
        };
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  async sessions(
    question: SessionsQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<readonly SessionCell[]> {
    this.#assertAsked(signal);
    const compiler = await this.#parts.compilerOf(question.scope.project);
    const { clock } = this.#parts;
    const startedAt = clock.monotonic();
    const { slices, spillShare } = await this.#sessionsInSlices(question, budget, signal);
    const ask = (everyone: boolean): Promise<SessionAnswer[]> => {
      // both together keep the question's time
      const timeMs = Math.max(1, budget.timeMs - (clock.monotonic() - startedAt));
      const sql = sessionsSelect(compiler, question, { everyone, slices });
      return this.#rows(sql, { ...budget, timeMs }, signal, { spillShare });
    };
    const rows = await ask(false);
    return sessionCells(question, hasCrowded(rows) ? await ask(true) : rows);
  }

  /** Some more readings are cheaper than going through the disk, and many are not. */
  async #sessionsInSlices({ scope, by }: SessionsQuestion, budget: Budget, signal: AbortSignal) {
    const spilling = { slices: 1, spillShare: 0.5 };
    if (by !== undefined) return spilling;
    const question = { scope, tags: [], taggedOnly: false, per: 'session' } as const;
    const events = await this.#parts.eventsIn(question, budget, signal);
    const slices = Math.max(1, Math.ceil((events * bytesOfSessionEvent) / budget.memoryBytes));
    return slices <= slicesOfSessionsMax ? { slices, spillShare: slicedShare } : spilling;
  }

  async people(question: PeopleQuestion, budget: Budget, signal: AbortSignal): Promise<readonly PersonRow[]> {
    this.#assertAsked(signal);
    if (question.limit === 0 || question.keys?.length === 0) return [];
    const compiler = await this.#parts.compilerOf(question.scope.project);
    const rows = await this.#rows<PersonAnswer>(peopleSelect(compiler, question), budget, signal);
    return rows.map(personOfRow);
  }

  async experiment(
    question: ExperimentQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<ExperimentRows> {
    this.#assertAsked(signal);
    const compiler = await this.#parts.compilerOf(question.scope.project);
    let rowsRead = 0;
    const count = (rows: number): void => {
      rowsRead += rows;
    };
    const exposures = exposuresSelect(compiler, question);
    const [[unassigned, unnamed]] = (await this.#rows<[string, string]>(exposures, budget, signal, {
      count,
    })) as [[string, string]];
    const sql = experimentSelect(compiler, question, unnamed === '0');
    const answer = await this.#rows<ExperimentAnswer>(sql, budget, signal, { count });
    return { ...experimentRows(question, answer), unassigned: Number(unassigned), rowsRead, source: 'rows' };
  }

  async person(project: string, id: string): Promise<bigint> {
    this.#parts.assertOpen();
    const compiler = await this.#parts.compilerOf(project);
    const key = `xxHash64(${compiler.text(id)})`;
    const sql = `${compiler.constants()}SELECT toString(${compiler.personOf(key)})`;
    try {
      const [[person]] = (await this.#parts.client.rows<[string]>(sql)) as [[string]];
      return BigInt(person);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw failure('store_unavailable', { detail }, error);
    }
  }

  /** `count` is told how many rows were read; past `spillShare` of the memory groups go through the disk. */
  async #rows<T extends readonly unknown[]>(
    sql: string,
    budget: Budget,
    signal: AbortSignal,
    { count = () => {}, spillShare }: { count?: (rows: number) => void; spillShare?: number } = {},
  ): Promise<T[]> {
    const onSummary = (summary: { readonly rowsRead: number }): void => count(summary.rowsRead);
    try {
      const options = this.#options(budget, signal, spillShare);
      return await this.#parts.client.rows<T>(sql, { ...options, onSummary });
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  #options(budget: Budget, signal: AbortSignal, spillShare?: number) {
    const timeoutMs = budget.timeMs + questionGraceMs;
    return { settings: spillingSettings(budget, spillShare), signal, timeoutMs };
  }

  #asking(budget: Budget, signal: AbortSignal): Asking {
    const { client, clock } = this.#parts;
    return { client, clock, budget, signal };
  }

  #assertAsked(signal: AbortSignal): void {
    this.#parts.assertOpen();
    if (signal.aborted) throw failure('question_cancelled', {});
  }
}
