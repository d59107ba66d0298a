/**
 * A whole store in an array: for tests, for trying things out, and as the double of every test that needs a store. It
 * keeps nothing over a restart and asks the evaluator, so it is exact and slow.
 */
import { type Clock, millisecondsPerDay, systemClock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import type {
  Batch,
  Budget,
  EventKey,
  OffsetRanges,
  Progress,
  Quarantined,
  Question,
  RollupDifference,
  Rows,
  Store,
  StoreState,
  StoreSupports,
} from '../store.ts';
import { evaluate } from './evaluate.ts';

interface Place {
  readonly partition: number;
  readonly offset: number;
}

export class MemoryStore implements Store {
  readonly supports: StoreSupports = {
    atomicProgress: true,
    exactUsersMax: Number.POSITIVE_INFINITY,
    usersError: 0,
    durable: false,
  };
  readonly #clock: Clock;
  readonly #progress = new Map<number, Progress>();
  readonly #changes = new Changes();
  #rows: EventRow[] = [];
  #quarantined: Quarantined[] = [];
  #closed = false;

  constructor({ clock = systemClock }: { readonly clock?: Clock } = {}) {
    this.#clock = clock;
  }

  state(): StoreState {
    return this.#closed
      ? { status: 'down', reason: 'closed', bytes: 0 }
      : { status: 'ready', reason: '', bytes: 0 };
  }

  async progress(partition: number): Promise<Progress> {
    this.#assertOpen();
    return this.#progress.get(partition) ?? { next: 0, stored: 0, duplicates: 0, quarantined: 0 };
  }

  async insert(batch: Batch): Promise<void> {
    this.#assertOpen();
    for (const row of batch.rows) {
      this.#rows.push(row);
      this.#changes.note(row.project, row.timestamp);
    }
    for (const item of batch.quarantined) {
      // given again after an unclear outcome, it is kept once
      if (!this.#quarantined.some((each) => comparePlaces(each, item) === 0)) this.#quarantined.push(item);
    }
    if (batch.progress !== undefined) this.#progress.set(batch.partition, batch.progress);
  }

  async reconcile(partition: number, from: number, to: number): Promise<OffsetRanges> {
    this.#assertOpen();
    const offsets = this.#rows
      .filter((place) => place.partition === partition && place.offset >= from && place.offset < to)
      .map((place) => place.offset);
    return rangesOf(offsets);
  }

  async known(keys: readonly EventKey[]): Promise<readonly boolean[]> {
    this.#assertOpen();
    const ids = new Set([...this.#rows, ...this.#quarantined].map(keyOf));
    return keys.map((key) => ids.has(keyOf(key)));
  }

  async *recent(
    partition: number,
    since: number,
  ): AsyncIterable<readonly (EventKey & { receivedAt: number })[]> {
    this.#assertOpen();
    const recent = [...this.#rows, ...this.#quarantined].filter(
      (one) => one.partition === partition && one.receivedAt >= since && one.eventId !== '',
    );
    yield recent.map(({ project, eventId, receivedAt }) => ({ project, eventId, receivedAt }));
  }

  async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    this.#assertOpen();
    if (signal.aborted) throw failure('question_cancelled', {});
    if (this.#rows.length > budget.rowsMax) {
      throw failure('over_rows', { setting: 'MILLRACE_QUESTION_ROWS_MAX', limitRows: budget.rowsMax });
    }
    const startedAt = this.#clock.monotonic();
    const rows = evaluate(question, this.#rows);
    const durationMs = this.#clock.monotonic() - startedAt;
    if (durationMs > budget.timeMs) {
      throw failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: budget.timeMs });
    }
    return { ...rows, explain: { ...rows.explain, durationMs } };
  }

  async version(project: string, from: number, to: number): Promise<string> {
    this.#assertOpen();
    return this.#changes.version(project, from, to);
  }

  async quarantined(query: {
    readonly project?: string;
    readonly limit: number;
    readonly after?: string;
  }): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }> {
    this.#assertOpen();
    const [partition, offset] = (query.after ?? '-1:-1').split(':').map(Number) as [number, number];
    const all = this.#quarantined
      .filter((item) => query.project === undefined || item.project === query.project)
      .sort(comparePlaces);
    const rest = all.filter((item) => comparePlaces(item, { partition, offset }) > 0);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    if (last === undefined || rest.length === items.length) return { items, total: all.length };
    return { items, total: all.length, next: `${last.partition}:${last.offset}` };
  }

  async release(places: readonly Place[]): Promise<void> {
    this.#assertOpen();
    const released = new Set(places.map(({ partition, offset }) => `${partition}:${offset}`));
    this.#quarantined = this.#quarantined.filter(
      ({ partition, offset }) => !released.has(`${partition}:${offset}`),
    );
  }

  async deleteProject(project: string): Promise<void> {
    this.#assertOpen();
    this.#rows = this.#rows.filter((row) => row.project !== project);
    this.#quarantined = this.#quarantined.filter((item) => item.project !== project);
    this.#changes.noteAll(project);
  }

  /** There are no rollups that could differ. */
  async verifyRollups(): Promise<readonly RollupDifference[]> {
    this.#assertOpen();
    return [];
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw failure('store_unavailable', { detail: 'it is closed' });
  }
}

/** Which UTC days of which project changed last, and when: numbered, since two changes can share a millisecond. */
class Changes {
  readonly #days = new Map<string, Map<number, number>>();
  #serial = 0;

  note(project: string, timestamp: number): void {
    const days = this.#days.get(project) ?? new Map<number, number>();
    this.#days.set(project, days.set(dayOf(timestamp), ++this.#serial));
  }

  noteAll(project: string): void {
    this.#serial++;
    for (const day of this.#days.get(project)?.keys() ?? []) this.#days.get(project)?.set(day, this.#serial);
  }

  version(project: string, from: number, to: number): string {
    let latest = 0;
    for (const [day, serial] of this.#days.get(project) ?? []) {
      if (day >= dayOf(from) && day <= dayOf(to - 1)) latest = Math.max(latest, serial);
    }
    return String(latest);
  }
}

const dayOf = (timestamp: number): number => Math.floor(timestamp / millisecondsPerDay);
const keyOf = ({ project, eventId }: EventKey): string => JSON.stringify([project, eventId]);
const comparePlaces = (a: Place, b: Place): number => a.partition - b.partition || a.offset - b.offset;

function rangesOf(offsets: readonly number[]): OffsetRanges {
  const ranges: [number, number][] = [];
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === offset) last[1] = offset + 1;
    else ranges.push([offset, offset + 1]);
  }
  return ranges;
}
