/** The store's questions: which source answers them, whose identity they see, and what they cost. */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import type { Filter, Plan } from '../../plan/plan.ts';
import type { SequenceQuestion } from '../sequences.ts';
import { type AnswerRow, cellsOf } from '../sql/answer.ts';
import { chooseSource, filterFields, usesRollups } from '../sql/choose-source.ts';
import { needsIdentity } from '../sql/needs-identity.ts';
import type { Budget, EventsQuestion, Question, Rows } from '../store.ts';
import { answerForm } from './answer-form.ts';
import { ClickHouseAnalyses } from './clickhouse-analyses.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { ClickHouseCompiler } from './clickhouse-compiler.ts';
import type { DirtyDays } from './dirty-days.ts';
import { Identity } from './identity.ts';
import { questionGraceMs, questionSettings, spillingSettings } from './question-settings.ts';
import { EventReader } from './read-events.ts';
import { rollups } from './rollups.ts';
import { correctedUsers, exactUsersMax, usersError } from './sketch.ts';
import { questionFailure } from './store-errors.ts';

export interface ReaderParts {
  readonly client: ClickHouseClient;
  readonly clock: Clock;
  readonly dirty: DirtyDays;
  readonly assertOpen: () => void;
}

/** Sketches hold keys as they were sent, so with links persons are counted in rows. */
const rollupsOfLinked = { ...rollups, tiers: { ...rollups.tiers, users: [] } };

export class ClickHouseReader {
  readonly identity: Identity;
  readonly analyses: ClickHouseAnalyses;
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.identity = new Identity(parts.client, () => parts.clock.now());
    this.analyses = new ClickHouseAnalyses({
      ...parts,
      compilerOf: async (project) => new ClickHouseCompiler(await this.#linkedOf(project)),
      eventsIn: (question, budget, signal) => this.#eventsIn(question, budget, signal),
    });
  }

  async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    if (signal.aborted) throw failure('question_cancelled', {});
    const { clock } = this.#parts;
    const startedAt = clock.monotonic();
    const { answer, source, sketched, rowsRead } = await this.#ask(question, budget, signal);
    const form = answerForm(question, sketched ? correctedUsers : (users) => users);
    const cells = cellsOf(question, answer, form);
    const durationMs = clock.monotonic() - startedAt;
    const approximate = sketched && cells.some(({ users }) => users !== undefined && users > exactUsersMax);
    return {
      cells,
      approximate,
      error: approximate ? usersError : 0,
      explain: { source, rowsRead, durationMs },
    };
  }

  async *events(
    question: EventsQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<readonly EventRow[]> {
    const { client } = this.#parts;
    const compiler = new ClickHouseCompiler(await this.#linkedOf(question.scope.project));
    yield* new EventReader({ client, compiler, budget, signal }).read(question);
  }

  async #ask(question: Question, budget: Budget, signal: AbortSignal) {
    const { client, dirty } = this.#parts;
    const { plan, edges } = question;
    const linked = needsIdentity(plan) ? await this.#linkedOf(plan.project) : undefined;
    const usable = linked === undefined ? rollups : rollupsOfLinked;
    const sources = chooseSource(question, usable, dirty.ranges(edges[0]!, edges.at(-1)!));
    const { sql, source, sketched } = new ClickHouseCompiler(linked).compile(question, sources);
    let rowsRead = 0;
    try {
      const answer = await client.rows<AnswerRow>(sql, {
        settings: plan.metrics.includes('sessions') ? spillingSettings(budget) : questionSettings(budget),
        signal,
        timeoutMs: budget.timeMs + questionGraceMs,
        onSummary: (summary) => {
          rowsRead = summary.rowsRead;
        },
      });
      return { answer, source, sketched, rowsRead };
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }

  async #linkedOf(project: string): Promise<string | undefined> {
    try {
      return await this.identity.of(project);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw failure('store_unavailable', { detail }, error);
    }
  }

  /** As the rollups have it: with the filters that they know, at once. */
  async #eventsIn({ scope, tags, taggedOnly, per }: SequenceQuestion, budget: Budget, signal: AbortSignal) {
    const isKnown = (filter: Filter): boolean =>
      filterFields(filter).isSubsetOf(new Set(['type', 'bot', 'currency']));
    const shown = taggedOnly && tags.length > 0 && per === 'user' ? [{ or: tags }] : [];
    const filters = [...(scope.filter === undefined ? [] : [scope.filter]), ...shown].filter(isKnown);
    const { sample: _, filter: __, ...rest } = scope;
    const plan: Plan = {
      ...rest,
      kind: 'summary',
      metrics: ['events'],
      exact: false,
      ...(filters.length > 0 && { filter: { and: filters } }),
    };
    const question = { plan, edges: [scope.from, scope.to] };
    const { raw } = chooseSource(question, rollups, []).events;
    // a range that no slot fits into has few
    if (!usesRollups(chooseSource(question, rollups, []).events) && raw.length > 0) return 0;
    const { answer } = await this.#ask(question, budget, signal);
    return (
      cellsOf(
        question,
        answer,
        answerForm(question, (users) => users),
      )[0]?.events ?? 0
    );
  }
}
