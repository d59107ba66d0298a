/**
 * Stage 5: a question comes in, its answer goes out. The plan is checked and frozen, resolved by small pure passes,
 * looked up in the cache, and asked of the store within its budget; askers of the same question at once share one run.
 *
 * An answer out of the cache is given when the store's version of the range is still the one that it was computed for,
 * or when it is young enough (`isYoung`), or, marked `stale`, when the store cannot be asked. Errors are never kept.
 */
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Buckets } from '../plan/edges.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { AnyPlan, EventsPlan, Plan, Scope } from '../plan/plan.ts';
import type { Budget, Question, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { assemble, bucketList } from './assemble.ts';
import { EventLists } from './event-lists.ts';
import { Gate } from './gate.ts';
import { answerKey, isYoung, type KeptAnswer, readKept } from './kept-answer.ts';
import { cutFuture } from './passes/cut-future.ts';
import { isOpen } from './passes/is-open.ts';
import { resolveBuckets } from './passes/resolve-buckets.ts';
import { answerAgeMaxMs, answerKeptMs, defaultQuerySettings, type QuerySettings } from './query-settings.ts';
import { Flight } from './single-flight.ts';
import type { Answer, AnswerMeta, EventData, NumbersData } from './wire.ts';

export interface QueryParts {
  readonly store: Pick<Store, 'run' | 'events' | 'version' | 'state'>;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings?: Partial<QuerySettings>;
}

export interface AskOptions {
  /** Whose events; from the asker's key, never from what was sent. */
  readonly project: string;
  /** Aborts when the asker goes away. */
  readonly signal?: AbortSignal;
}

/** A question on its way through `ask`. */
interface Asked {
  readonly plan: Plan;
  readonly buckets: Buckets;
  readonly question: Question;
  readonly key: string;
  readonly open: boolean;
  readonly now: number;
  readonly signal: AbortSignal | undefined;
}

interface Running {
  readonly flight: Flight<KeptAnswer>;
  readonly version: string;
  readonly since: number;
  /** A later run of the same question was begun: what this one finds is not kept, for it may end after that one. */
  superseded: boolean;
}

/** An answer before it is known how long it took. */
interface Untimed {
  readonly data: Answer['data'];
  readonly meta: Omit<AnswerMeta, 'durationMs'>;
}

type Outcome = 'hit' | 'miss' | 'shared' | 'stale';
interface Given {
  readonly kept: KeptAnswer;
  readonly outcome: Outcome;
  /** When the answer was true, epoch ms. */
  readonly asOf: number;
}

export class Query {
  readonly #store: QueryParts['store'];
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  /** Of one question. */
  readonly #budget: Budget;
  readonly #lists: EventLists;
  readonly #gate: Gate;
  readonly #running = new Map<string, Running>();

  constructor({ store, cache, clock, telemetry, settings = {} }: QueryParts) {
    this.#store = store;
    this.#cache = cache;
    this.#clock = clock;
    this.#telemetry = telemetry;
    const { concurrencyMax, waitingMax, ...budget }: QuerySettings = { ...defaultQuerySettings, ...settings };
    this.#budget = budget;
    this.#lists = new EventLists(store, budget);
    this.#gate = new Gate(concurrencyMax, waitingMax);
  }

  /**
   * Answers a plan as it was sent, or one that `parsePlan` made. Errors: plan_invalid, over_time, over_memory, over_rows,
   * questions_overloaded, question_cancelled, store_unavailable.
   */
  async ask(input: unknown, { project, signal }: AskOptions): Promise<Answer> {
    const startedAt = this.#clock.monotonic();
    const plan = parsePlan(input, { project, now: this.#clock.now() });
    if (signal?.aborted) throw failure('question_cancelled', {});
    const { data, meta } = await this.#answer(plan, signal);
    const durationMs = Math.round((this.#clock.monotonic() - startedAt) * 1000) / 1000;
    return { data, meta: { ...meta, durationMs } };
  }

  #answer(plan: AnyPlan, signal: AbortSignal | undefined): Promise<Untimed> {
    switch (plan.kind) {
      case 'events':
        return this.#list(plan, signal);
      case 'summary':
      case 'trend':
      case 'breakdown':
        return this.#count(plan, signal);
      default:
        throw failure('plan_invalid', { pointer: '/kind', rule: 'is not answered yet', value: plan.kind });
    }
  }

  /**
   * All events asked for, oldest first, in pieces, as fast as they are taken; after the event `afterId` when it is given.
   * Errors: those of `ask`, request_invalid when there is no such event.
   */
  async *export(
    scope: Scope,
    afterId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly EventData[]> {
    this.#assertThere();
    yield* this.#lists.all(scope, afterId, signal);
  }

  async #list(plan: EventsPlan, signal: AbortSignal | undefined): Promise<Untimed> {
    this.#assertThere();
    const asked = signal ?? new AbortController().signal;
    const now = this.#clock.now();
    const data = await this.#gate.through(() => this.#lists.page(plan, asked), asked);
    return {
      data,
      meta: {
        approximate: false,
        error: 0,
        stale: false,
        asOf: new Date(now).toISOString(),
        cached: false,
        source: 'rows',
        rowsRead: data.events.length,
      },
    };
  }

  async #count(plan: Plan, signal: AbortSignal | undefined): Promise<Untimed> {
    const asked = this.#resolve(plan, signal);
    const { kept, outcome, asOf } = await this.#give(asked);
    this.#telemetry.publish('cache.lookup', { outcome });
    return {
      data: dataAt(kept.data, asked.buckets, asOf),
      meta: {
        approximate: kept.approximate,
        error: kept.error,
        stale: outcome === 'stale',
        asOf: new Date(asOf).toISOString(),
        cached: outcome === 'hit' || outcome === 'stale',
        source: kept.source,
        rowsRead: kept.rowsRead,
      },
    };
  }

  /** Questions that the store works on, and those that wait for it. */
  usage(): { readonly inside: number; readonly waiting: number } {
    return this.#gate.usage();
  }

  /** The passes, in order. */
  #resolve(plan: Plan, signal: AbortSignal | undefined): Asked {
    const now = this.#clock.now();
    const buckets = resolveBuckets(plan);
    const question = cutFuture({ plan, edges: buckets.edges }, now);
    return { plan, buckets, question, key: answerKey(plan), open: isOpen(plan, now), now, signal };
  }

  async #give(asked: Asked): Promise<Given> {
    const kept = readKept(await this.#cache.get(asked.key));
    try {
      return await this.#giveFresh(asked, kept);
    } catch (error) {
      const isDown = isFailure(error, 'store_unavailable') || isFailure(error, 'store_unclear');
      if (!isDown || kept === undefined) throw error;
      return { kept, outcome: 'stale', asOf: kept.asOf };
    }
  }

  async #giveFresh(asked: Asked, kept: KeptAnswer | undefined): Promise<Given> {
    this.#assertThere();
    const { plan } = asked.question;
    const version = await this.#store.version(plan.project, plan.from, plan.to);
    if (kept?.version === version) return { kept, outcome: 'hit', asOf: asked.now };
    if (kept && isYoung(kept, asked.open, asked.now)) return { kept, outcome: 'hit', asOf: kept.asOf };
    const running = this.#running.get(asked.key);
    if (running && mayShare(running, version, asked)) {
      const shared = await running.flight.join(asked.signal);
      return { kept: shared, outcome: 'shared', asOf: shared.asOf };
    }
    const computed = await this.#start(asked, version).join(asked.signal);
    return { kept: computed, outcome: 'miss', asOf: computed.asOf };
  }

  #assertThere(): void {
    const { status, reason } = this.#store.state();
    if (status === 'down' || status === 'starting')
      throw failure('store_unavailable', { detail: reason || `it is ${status}` });
  }

  #start(asked: Asked, version: string): Flight<KeptAnswer> {
    const end = (): void => {
      if (this.#running.get(asked.key) === running) this.#running.delete(asked.key);
    };
    const work = async (signal: AbortSignal): Promise<KeptAnswer> => {
      const kept = await this.#compute(asked, version, signal);
      if (!running.superseded) await this.#cache.set(asked.key, JSON.stringify(kept), answerKeptMs);
      return kept;
    };
    const flight = new Flight(work, end);
    const running: Running = { flight, version, since: asked.now, superseded: false };
    const earlier = this.#running.get(asked.key);
    if (earlier !== undefined) earlier.superseded = true;
    this.#running.set(asked.key, running);
    return flight;
  }

  async #compute(asked: Asked, version: string, signal: AbortSignal): Promise<KeptAnswer> {
    const { rows, tookMs } = await this.#gate.through(async () => {
      const startedAt = this.#clock.monotonic();
      const rows = await this.#store.run(asked.question, this.#budget, signal);
      return { rows, tookMs: this.#clock.monotonic() - startedAt };
    }, signal);
    const { source, rowsRead } = rows.explain;
    this.#telemetry.publish('store.query', { kind: asked.plan.kind, source, durationMs: tookMs, rowsRead });
    const data = assemble(asked.plan, asked.buckets, rows, asked.now);
    const { approximate, error } = rows;
    return { version: rows.version ?? version, asOf: asked.now, tookMs, data, approximate, error, source, rowsRead };
  }
}

/** A run may be joined when it will answer as a kept answer might: for the same version, or about an open range while young. */
function mayShare(running: Running, version: string, { open, now }: Asked): boolean {
  return running.version === version || (open && now - running.since <= answerAgeMaxMs);
}

/** The data with its buckets marked for the time at which the answer is given: meanwhile some may have ended. */
function dataAt(data: NumbersData, buckets: Buckets, at: number): NumbersData {
  return data.kind === 'trend' ? { ...data, buckets: bucketList(buckets, at) } : data;
}
