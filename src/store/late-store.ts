/**
 * A store that may not be there yet: it is opened behind, again and again until that succeeds, so that events are taken and
 * keys checked while the engine starts or cannot. Until then every call is `store_unavailable` with the reason.
 */
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type {
  BackfillStep,
  BackfillTask,
  Batch,
  Budget,
  EventKey,
  EventsQuestion,
  MaintenanceTasks,
  Place,
  QuarantineEnd,
  QuarantineQuery,
  Question,
  Store,
  StoreState,
  StoreSupports,
} from './store.ts';

export interface LateStoreOptions {
  readonly supports: StoreSupports;
  readonly packer?: string;
  /** Rejects when the store cannot be opened now; `signal` aborts when it is not wanted any more. */
  readonly open: (signal: AbortSignal) => Promise<Store>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const retryDelayMsMin = 250;
const retryDelayMsMax = 10_000;
/** How long closing waits for an opening under way, which may be rebuilding much, or hang. */
const openingMsMax = 5_000;

export class LateStore implements Store {
  readonly packer?: string;
  readonly #options: LateStoreOptions;
  readonly #stop = new AbortController();
  readonly #opening: Promise<void>;
  #store: Store | undefined;
  #isClosed = false;
  #state: StoreState = { status: 'starting', reason: 'the store is being opened', bytes: 0 };

  constructor(options: LateStoreOptions) {
    this.#options = options;
    if (options.packer !== undefined) this.packer = options.packer;
    this.#opening = this.#open();
  }

  /** Until it is open, what is expected of it. */
  get supports(): StoreSupports {
    return this.#store?.supports ?? this.#options.supports;
  }

  get analyses() {
    return this.#store?.analyses;
  }

  state(): StoreState {
    return this.#store?.state() ?? this.#state;
  }

  async progress(partition: number, token?: number) {
    return this.#opened().progress(partition, token);
  }

  async insert(batch: Batch) {
    return this.#opened().insert(batch);
  }

  async reconcile(partition: number, from: number, to: number) {
    return this.#opened().reconcile(partition, from, to);
  }

  async known(keys: readonly EventKey[], among?: 'rows') {
    return this.#opened().known(keys, among);
  }

  async *recent(partition: number, since: number) {
    yield* this.#opened().recent(partition, since);
  }

  async run(question: Question, budget: Budget, signal: AbortSignal) {
    return this.#opened().run(question, budget, signal);
  }

  async *events(question: EventsQuestion, budget: Budget, signal: AbortSignal) {
    yield* this.#opened().events(question, budget, signal);
  }

  async version(project: string, from: number, to: number) {
    return this.#opened().version(project, from, to);
  }

  async quarantined(query: QuarantineQuery) {
    return this.#opened().quarantined(query);
  }

  async release(places: readonly Place[], end?: QuarantineEnd) {
    return this.#opened().release(places, end);
  }

  async corrections(partition: number) {
    return this.#opened().corrections(partition);
  }

  async rowsBelow(partition: number, offset: number) {
    return this.#opened().rowsBelow(partition, offset);
  }

  async deleteProject(project: string) {
    return this.#opened().deleteProject(project);
  }

  async deleteExperiment(project: string, experimentId: string) {
    return this.#opened().deleteExperiment(project, experimentId);
  }

  async verifyRollups(days?: readonly string[]) {
    return this.#opened().verifyRollups(days);
  }

  async rebuildRollups(days?: readonly string[]) {
    return this.#opened().rebuildRollups(days);
  }

  async expire(before: number) {
    return this.#opened().expire(before);
  }

  async maintain(tasks: MaintenanceTasks) {
    return this.#opened().maintain?.(tasks);
  }

  async backfill(task: BackfillTask): Promise<BackfillStep> {
    const store = this.#opened();
    if (store.backfill === undefined)
      throw failure('conflict', { detail: 'this store fills nothing afterwards' });
    return store.backfill(task);
  }

  async freeze(name: string) {
    return this.#opened().freeze(name);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    const waiting = new AbortController();
    await Promise.race([this.#opening, this.#options.clock.sleep(openingMsMax, waiting.signal)]);
    waiting.abort();
    this.#state = { status: 'down', reason: 'it is closed', bytes: 0 };
    this.#isClosed = true;
    await this.#store?.close();
  }

  #opened(): Store {
    if (this.#store === undefined) throw failure('store_unavailable', { detail: this.#state.reason });
    return this.#store;
  }

  async #open(): Promise<void> {
    const { clock, open, telemetry } = this.#options;
    const { signal } = this.#stop;
    for (let delayMs = retryDelayMsMin; !signal.aborted; delayMs = Math.min(2 * delayMs, retryDelayMsMax)) {
      try {
        const store = await open(signal);
        // nobody waits for one that comes too late
        if (this.#isClosed) await store.close();
        else this.#store = store;
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = `it could not be opened: ${whyOf(error)}`;
        this.#state = { status: 'down', reason, bytes: 0 };
        telemetry.publish('note', {
          level: 'error',
          message: `the store is down and tried again in ${delayMs} ms; ${reason}`,
        });
        await clock.sleep(delayMs, signal);
      }
    }
  }
}

/** Without "the store cannot be asked now", which this store says itself. */
function whyOf(error: unknown): string {
  if (isFailure(error, 'store_unavailable')) return String(error.details.detail);
  return error instanceof Error ? error.message : String(error);
}
