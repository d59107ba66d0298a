/**
 * Stage 5: a question comes in, its answer goes out. The plan is checked and frozen, resolved by small pure passes,
 * looked up in the cache (answers.ts), and asked of the store within its budget.
 */
import { createHash } from 'node:crypto';
import type { Cache } from '../cache/cache.ts';
import { type Clock, millisecondsPerSlot } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { AnalysisPlan, UserPlan } from '../plan/analysis.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { AnyPlan, EventsPlan, Plan, Scope } from '../plan/plan.ts';
import type { Budget, Question, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { AnalysisParts } from './analysis/analysis-parts.ts';
import { analyzed } from './analysis/analyzed.ts';
import { personData, personOf } from './analysis/people.ts';
import { Answers, type Computed, type Job } from './answers.ts';
import { type Asker, type Asking, budgetOf, laneOf, nobody } from './asker.ts';
import { assemble, bucketList } from './assemble.ts';
import { composed, isPlain, partsOf } from './compose.ts';
import { EventLists, type Reading } from './event-lists.ts';
import { explained, mergedExplanation } from './explanation.ts';
import { Gate } from './gate.ts';
import { inTurn } from './in-turn.ts';
import { answerKey } from './kept-answer.ts';
import { cutFuture } from './passes/cut-future.ts';
import { dependsOn } from './passes/depends-on.ts';
import { isOpen } from './passes/is-open.ts';
import { resolveBuckets } from './passes/resolve-buckets.ts';
import { defaultQuerySettings, type QuerySettings } from './query-settings.ts';
import { refusalOf } from './refusal.ts';
import type { Answer, AnswerData, AnswerMeta, EventData, EventsData, NumbersData, UserData } from './wire.ts';

export interface QueryParts {
  readonly store: Pick<Store, 'run' | 'events' | 'version' | 'state' | 'analyses'>;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings?: Partial<QuerySettings>;
  /** A plan with what it names of the project's saved things in the names' place. Absent: there are none. */
  readonly resolve?: (plan: unknown, project: string) => Promise<unknown>;
}

export interface AskOptions {
  /** Whose events; from the asker's key, never from what was sent. */
  readonly project: string;
  /** Aborts when the asker goes away. */
  readonly signal?: AbortSignal;
  /** Whose key it is; absent: nobody's, with the limits of the settings. */
  readonly asker?: Asker;
}

/** An answer before it is known how long it took. */
interface Untimed {
  readonly data: Answer['data'];
  readonly meta: Omit<AnswerMeta, 'durationMs'>;
  /** Of the data that it was made of; it may hold later events too. */
  readonly version: string;
}

export interface Tagged {
  readonly answer: Answer;
  /** Equal tags: the same question about the same data. Letters, digits, `-` and `_`. */
  readonly tag: string;
}

/** How a question ended, for who watches over slow ones. */
interface Finished {
  readonly plan: AnyPlan;
  readonly input: unknown;
  readonly startedAt: number;
  readonly outcome: string;
  readonly source?: string;
  readonly rowsRead?: number;
}

interface Asked extends Job {
  /** The data as of another time: buckets that were running may have ended. */
  readonly at: (data: AnswerData, at: number) => AnswerData;
  /** What was done to the plan, for who asks. */
  readonly passes: readonly string[];
}

export class Query {
  readonly #store: QueryParts['store'];
  readonly #clock: Clock;
  readonly #settings: QuerySettings;
  readonly #lists: EventLists;
  readonly #gate: Gate;
  readonly #answers: Answers;
  readonly #resolve: NonNullable<QueryParts['resolve']>;
  readonly #telemetry: Telemetry;

  constructor({ store, cache, clock, telemetry, settings = {}, resolve }: QueryParts) {
    this.#store = store;
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#resolve = resolve ?? (async (plan) => plan);
    this.#settings = { ...defaultQuerySettings, ...settings };
    this.#lists = new EventLists(store);
    this.#gate = new Gate(this.#settings.concurrencyMax, this.#settings.waitingMax);
    this.#answers = new Answers({ store, cache, clock, telemetry, gate: this.#gate });
  }

  /**
   * Answers a plan as it was sent, or one that `parsePlan` made. Errors: plan_invalid, over_time, over_memory, over_rows,
   * questions_too_many, questions_overloaded, question_cancelled, store_unavailable.
   */
  async ask(input: unknown, options: AskOptions): Promise<Answer> {
    return (await this.tagged(input, options)).answer;
  }

  /** As `ask`, with a tag for who may ask the same again. */
  async tagged(input: unknown, { project, signal, asker = nobody }: AskOptions): Promise<Tagged> {
    const startedAt = this.#clock.monotonic();
    const plan = await this.#parsed(input, project);
    if (signal?.aborted) throw failure('question_cancelled', {});
    const { data, meta, version } = await this.#answer(plan, this.#askingOf(asker, signal)).catch((error) => {
      const refusal = refusalOf(error, plan, asker, this.#settings);
      this.#tellSlow({ plan, input, startedAt, outcome: isFailure(refusal) ? refusal.code : 'unknown' });
      throw refusal;
    });
    const { source, rowsRead } = meta;
    this.#tellSlow({ plan, input, startedAt, outcome: 'answered', source, rowsRead });
    const durationMs = Math.round((this.#clock.monotonic() - startedAt) * 1000) / 1000;
    return { answer: { data, meta: { ...meta, durationMs } }, tag: tagOf(plan, version) };
  }

  #tellSlow({ plan: { kind, project }, input, startedAt, ...rest }: Finished): void {
    const durationMs = this.#clock.monotonic() - startedAt;
    if (durationMs >= slowMs)
      this.#telemetry.publish('query.slow', { project, kind, plan: input, durationMs, ...rest });
  }

  /** Which question it is now: equal for equal ones. Ranges such as `7d` move with the time. Errors: plan_invalid. */
  async meaning(input: unknown, { project }: Pick<AskOptions, 'project'>): Promise<string> {
    return answerKey(await this.#parsed(input, project));
  }

  /** Changes whenever an answer about the project may have changed. Errors: store_unavailable. */
  async version(project: string): Promise<string> {
    this.#answers.assertThere();
    return this.#store.version(project, beginning, end);
  }

  async #parsed(input: unknown, project: string): Promise<AnyPlan> {
    return parsePlan(await this.#resolve(input, project), { project, now: this.#clock.now() });
  }

  #askingOf(asker: Asker, signal: AbortSignal | undefined): Asking {
    return { signal, budget: budgetOf(asker, this.#settings), lane: laneOf(asker, this.#settings) };
  }

  async #answer(plan: AnyPlan, asking: Asking): Promise<Untimed> {
    switch (plan.kind) {
      case 'events':
        return this.#list(plan, asking);
      case 'summary':
      case 'trend':
      case 'breakdown':
        return this.#numbers(plan, asking);
      case 'user':
        return this.#person(plan, asking);
      default:
        return this.#keptOrComputed(this.#analysisOf(plan), plan, asking);
    }
  }

  /** One person's timeline is read as it is, like a list of events. */
  #person(plan: UserPlan, asking: Asking): Promise<Untimed> {
    const { kind: _, person: __, ...scope } = plan;
    return this.#read(plan, asking, async (reading) => {
      const row = await personOf(plan, this.#partsOf(reading.signal, reading.budget));
      if (row === undefined) return { kind: 'user', person: null, events: [] };
      // there is nothing of theirs before and after: what need not be read is not
      const theirs = { ...scope, kind: 'events', from: row.firstSeen, to: row.lastSeen + 1 } as const;
      const { events, next } = await this.#lists.page(theirs, reading, row.key);
      return { kind: 'user', person: personData(row), events, ...(next !== undefined && { next }) };
    });
  }

  /** Events as they are now: in one pass of the gate, and never kept. */
  async #read(
    plan: EventsPlan | UserPlan,
    { signal = new AbortController().signal, budget, lane }: Asking,
    work: (reading: Reading) => Promise<EventsData | UserData>,
  ): Promise<Untimed> {
    this.#answers.assertThere();
    const now = this.#clock.now();
    const version = await this.#versionOf(plan);
    const { data, tookMs } = await this.#gate.through(
      async () => {
        const startedAt = this.#clock.monotonic();
        const data = await work({ signal, budget });
        return { data, tookMs: this.#clock.monotonic() - startedAt };
      },
      signal,
      lane,
    );
    const rowsRead = data.events.length;
    const meta = {
      approximate: false,
      error: 0,
      stale: false,
      asOf: new Date(now).toISOString(),
      cached: false,
      source: 'rows',
      rowsRead,
      ...(plan.explain && { explain: explained([plan.kind], 'rows', rowsRead, tookMs, 'none') }),
    };
    return { data, version, meta };
  }

  #partsOf(signal: AbortSignal, budget: Budget): AnalysisParts {
    const { analyses } = this.#store;
    if (analyses === undefined)
      throw failure('store_unavailable', { detail: 'this store answers no such questions yet' });
    const run = (question: Question) => this.#store.run(question, budget, signal);
    return { analyses, run, budget, signal, now: this.#clock.now() };
  }

  #analysisOf(plan: Exclude<AnalysisPlan, UserPlan>): Asked {
    const now = this.#clock.now();
    const compute = async (signal: AbortSignal, budget: Budget): Promise<Computed> => {
      const { data, rowsRead, source = 'rows' } = await analyzed(plan, this.#partsOf(signal, budget));
      return { data, approximate: plan.sample !== undefined, error: 0, source, rowsRead };
    };
    const whole = plan.kind === 'retention' && plan.first === 'ever' ? { ...plan, from: beginning } : plan;
    return {
      key: answerKey(plan),
      project: plan.project,
      range: dependsOn(whole),
      open: isOpen(plan, now),
      now,
      kind: plan.kind,
      compute,
      at: (data) => data,
      passes: [plan.kind],
    };
  }

  /**
   * All events that a plan of kind `events` asks for, oldest first, in pieces, as fast as they are taken; after the event `afterId` when
   * it is given. Errors: those of `ask`, request_invalid when there is no such event.
   */
  async *export(
    input: unknown,
    afterId: string | undefined,
    { project, signal, asker = nobody }: AskOptions & { readonly signal: AbortSignal },
  ): AsyncGenerator<readonly EventData[]> {
    const scope = await this.#parsed(input, project);
    this.#answers.assertThere();
    yield* this.#lists.all(scope, afterId, { ...this.#askingOf(asker, signal), signal });
  }

  #list(plan: EventsPlan, asking: Asking): Promise<Untimed> {
    return this.#read(plan, asking, (reading) => this.#lists.page(plan, reading));
  }

  #versionOf(plan: AnyPlan): Promise<string> {
    const { from, to } = dependsOn(plan);
    return this.#store.version(plan.project, from, to);
  }

  /** A plan that is made of parts is as good as its worst part. */
  async #numbers(plan: Plan, asking: Asking): Promise<Untimed> {
    if (isPlain(plan)) return this.#keptOrComputed(this.#jobOf(plan), plan, asking);
    const ask = (part: Plan, as: Asking) => this.#keptOrComputed(this.#jobOf(part), plan, as);
    const parts = await inTurn(partsOf(plan), asking, ask, this.#clock);
    const data = composed(
      plan,
      parts.map((part) => part.data as NumbersData),
    );
    const version = parts.map((part) => part.version).join(' ');
    return { data, meta: mergedMeta(parts.map(({ meta }) => meta)), version };
  }

  async #keptOrComputed(
    asked: Asked,
    { sample, explain }: Pick<Scope, 'sample' | 'explain'>,
    asking: Asking,
  ): Promise<Untimed> {
    const { kept, outcome, asOf } = await this.#answers.give(asked, asking);
    const { source, rowsRead, tookMs } = kept;
    return {
      data: asked.at(kept.data, asOf),
      // which buckets are over changes with the time alone
      version: asked.open ? `${kept.version} ${Math.floor(asOf / millisecondsPerSlot)}` : kept.version,
      meta: {
        approximate: kept.approximate || sample !== undefined,
        error: kept.error,
        stale: outcome === 'stale',
        asOf: new Date(asOf).toISOString(),
        cached: outcome === 'hit' || outcome === 'stale',
        source,
        rowsRead,
        ...(sample !== undefined && { sample }),
        ...(explain && { explain: explained(asked.passes, source, rowsRead, tookMs, outcome) }),
      },
    };
  }

  /** Questions that the store works on, and those that wait for it. */
  usage(): { readonly inside: number; readonly waiting: number } {
    return this.#gate.usage();
  }

  /** The passes, in order. How an answer is told is not part of the question. */
  #jobOf({ explain: _, ...plan }: Plan): Asked {
    const now = this.#clock.now();
    const buckets = resolveBuckets(plan);
    const question = cutFuture({ plan, edges: buckets.edges }, now);
    const compute = async (signal: AbortSignal, budget: Budget): Promise<Computed> => {
      const rows = await this.#store.run(question, budget, signal);
      const data = assemble(plan, buckets, rows, now);
      const { approximate, error, version } = rows;
      const { source, rowsRead } = rows.explain;
      return { data, approximate, error, source, rowsRead, ...(version !== undefined && { version }) };
    };
    return {
      key: answerKey(plan),
      project: plan.project,
      range: dependsOn(question.plan),
      open: isOpen(plan, now),
      now,
      kind: plan.kind,
      compute,
      at: (data, at) => (data.kind === 'trend' ? { ...data, buckets: bucketList(buckets, at) } : data),
      passes: [
        'resolve buckets',
        ...(question.edges.at(-1) === plan.to ? [] : ['cut the future']),
        'choose source',
      ],
    };
  }
}

type Meta = Untimed['meta'];

function mergedMeta(metas: readonly Meta[]): Meta {
  const [first] = metas;
  const explanations = metas.flatMap(({ explain }) => explain ?? []);
  return {
    ...first!,
    approximate: metas.some(({ approximate }) => approximate),
    error: Math.max(...metas.map(({ error }) => error)),
    stale: metas.some(({ stale }) => stale),
    asOf: metas.map(({ asOf }) => asOf).sort()[0]!,
    cached: metas.every(({ cached }) => cached),
    source: [...new Set(metas.map(({ source }) => source))].join(', '),
    rowsRead: metas.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
    ...(explanations.length > 0 && { explain: mergedExplanation(explanations) }),
  };
}

function tagOf(plan: AnyPlan, version: string): string {
  return createHash('sha256')
    .update(JSON.stringify([plan, version]))
    .digest('base64url')
    .slice(0, tagLength);
}

/** 132 bits: two answers do not meet in one tag by chance. */
const tagLength = 22;

/** From here on somebody notices that they wait. */
const slowMs = 1_000;

/** Before this nothing is stored: docs/decisions/007. */
const beginning = Date.UTC(1900, 0, 1);
const end = Date.UTC(2290, 0, 1);
