/**
 * Answers out of the cache, or computed: askers of the same question at once share one computing, and what was found is kept.
 *
 * A kept answer is given when the store's version of the range is still the one that it was computed for, or when it is young
 * enough (`isYoung`), or, marked `stale`, when the store cannot be asked. One that was dear is given while it is not too old, and
 * made anew behind. Errors are never kept.
 */
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Range } from '../plan/plan.ts';
import type { Budget, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Asking } from './asker.ts';
import type { Gate, Lane } from './gate.ts';
import { isRenewable, isYoung, type KeptAnswer, readKept } from './kept-answer.ts';
import { answerAgeMaxMs, answerKeptMs } from './query-settings.ts';
import { Flight } from './single-flight.ts';

/** What a question's computing gives. `version`: of the range, as the rows saw it, where the store says so. */
export interface Computed extends Omit<KeptAnswer, 'version' | 'asOf' | 'tookMs'> {
  readonly version?: string;
}

/** A question that can be computed and kept. */
export interface Job {
  /** Equal questions, and only those, have one. */
  readonly key: string;
  readonly project: string;
  /** What the answer depends on. */
  readonly range: Range;
  /** Whether the range reaches into today, so that the answer changes all the time. */
  readonly open: boolean;
  /** Epoch ms at which it was asked. */
  readonly now: number;
  readonly kind: string;
  readonly compute: (signal: AbortSignal, budget: Budget) => Promise<Computed>;
}

interface Running {
  readonly flight: Flight<KeptAnswer>;
  readonly version: string;
  readonly since: number;
  readonly budget: Budget;
  /** A later run of the same question was begun: what this one finds is not kept, for it may end after that one. */
  superseded: boolean;
}

/** What a run goes by: the first asker's, whoever joins. */
interface Work {
  readonly signal: AbortSignal;
  readonly budget: Budget;
  readonly lane: Lane;
}

export type Outcome = 'hit' | 'miss' | 'shared' | 'stale';
export interface Given {
  readonly kept: KeptAnswer;
  readonly outcome: Outcome;
  /** When the answer was true, epoch ms. */
  readonly asOf: number;
}

export interface AnswersParts {
  readonly store: Pick<Store, 'version' | 'state'>;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly gate: Gate;
}

export class Answers {
  readonly #parts: AnswersParts;
  readonly #running = new Map<string, Running>();

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Errors: those of computing it; question_cancelled; store_unavailable when there is no answer from before. */
  async give(job: Job, asking: Asking): Promise<Given> {
    const kept = readKept(await this.#parts.cache.get(job.key));
    const given = await this.#giveOrStale(job, kept, asking);
    this.#parts.telemetry.publish('cache.lookup', { outcome: given.outcome });
    return given;
  }

  /** Errors: store_unavailable. */
  assertThere(): void {
    const { status, reason } = this.#parts.store.state();
    if (status === 'down' || status === 'starting')
      throw failure('store_unavailable', { detail: reason || `it is ${status}` });
  }

  async #giveOrStale(job: Job, kept: KeptAnswer | undefined, asking: Asking): Promise<Given> {
    try {
      return await this.#giveFresh(job, kept, asking);
    } catch (error) {
      const isDown = isFailure(error, 'store_unavailable') || isFailure(error, 'store_unclear');
      if (!isDown || kept === undefined) throw error;
      return { kept, outcome: 'stale', asOf: kept.asOf };
    }
  }

  async #giveFresh(job: Job, kept: KeptAnswer | undefined, asking: Asking): Promise<Given> {
    this.assertThere();
    const { key, open, now } = job;
    const version = await this.#parts.store.version(job.project, job.range.from, job.range.to);
    if (kept?.version === version) return { kept, outcome: 'hit', asOf: now };
    if (kept && isYoung(kept, open, now)) return { kept, outcome: 'hit', asOf: kept.asOf };
    const running = this.#running.get(key);
    const shared = running !== undefined && mayShare(running, version, job, asking) ? running : undefined;
    if (kept && isRenewable(kept, open, now)) {
      if (shared === undefined) this.#renew(job, version, asking);
      return { kept, outcome: 'hit', asOf: kept.asOf };
    }
    if (shared !== undefined) {
      const found = await shared.flight.join(asking.signal);
      return { kept: found, outcome: 'shared', asOf: found.asOf };
    }
    const computed = await this.#start(job, version, asking).join(asking.signal);
    return { kept: computed, outcome: 'miss', asOf: computed.asOf };
  }

  /** Nobody waits for it, so its error is nobody's: the next asker meets it. */
  #renew(job: Job, version: string, asking: Asking): void {
    this.#start(job, version, asking)
      .join()
      .catch(() => {});
  }

  #start(job: Job, version: string, { budget, lane }: Asking): Flight<KeptAnswer> {
    const end = (): void => {
      if (this.#running.get(job.key) === running) this.#running.delete(job.key);
    };
    const work = async (signal: AbortSignal): Promise<KeptAnswer> => {
      const kept = await this.#compute(job, version, { signal, budget, lane });
      if (!running.superseded) await this.#parts.cache.set(job.key, JSON.stringify(kept), answerKeptMs);
      return kept;
    };
    const flight = new Flight(work, end);
    const running: Running = { flight, version, since: job.now, budget, superseded: false };
    const earlier = this.#running.get(job.key);
    if (earlier !== undefined) earlier.superseded = true;
    this.#running.set(job.key, running);
    return flight;
  }

  async #compute(job: Job, version: string, { signal, budget, lane }: Work): Promise<KeptAnswer> {
    const { gate, clock, telemetry } = this.#parts;
    const { computed, tookMs } = await gate.through(
      async () => {
        const startedAt = clock.monotonic();
        const computed = await job.compute(signal, budget);
        return { computed, tookMs: clock.monotonic() - startedAt };
      },
      signal,
      lane,
    );
    const { source, rowsRead } = computed;
    telemetry.publish('store.query', { kind: job.kind, source, durationMs: tookMs, rowsRead });
    // rows of a late replica are older than the version that was told: they are kept for their own
    return { version, asOf: job.now, tookMs, ...computed };
  }
}

/**
 * A run may be joined when it will answer as a kept answer might: for the same version, or about an open range while young; and by
 * who may spend as much.
 */
function mayShare(running: Running, version: string, { open, now }: Job, { budget }: Asking): boolean {
  if (!isSame(running.budget, budget)) return false;
  return running.version === version || (open && now - running.since <= answerAgeMaxMs);
}

const isSame = (a: Budget, b: Budget): boolean =>
  a.timeMs === b.timeMs && a.memoryBytes === b.memoryBytes && a.rowsMax === b.rowsMax;
