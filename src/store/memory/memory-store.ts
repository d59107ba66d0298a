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
  Corrections,
  EventKey,
  EventsQuestion,
  OffsetRanges,
  Place,
  Progress,
  Quarantined,
  QuarantineEnd,
  QuarantineQuery,
  Question,
  RollupDifference,
  Rows,
  Store,
  StoreState,
  StoreSupports,
} from '../store.ts';
import { evaluate, evaluateEvents } from './evaluate.ts';
import { type Hash64, isLink, withIdentity } from './evaluate-identity.ts';
import { MemoryAnalyses } from './memory-analyses.ts';

/** Rows of one piece of `events`: each costs a sort of all. */
const pieceRowsMax = 10_000;

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
  /** By partition. */
  readonly #corrections = new Map<number, Corrections>();
  #closed = false;

  readonly analyses: MemoryAnalyses;
  readonly #hash64: Hash64 | undefined;

  /** `hash64`: what keys of persons are made with; without it nobody is the same as anybody else. */
  constructor({ clock = systemClock, hash64 }: { readonly clock?: Clock; readonly hash64?: Hash64 } = {}) {
    this.#clock = clock;
    this.#hash64 = hash64;
    this.analyses = new MemoryAnalyses(
      () => this.#rows,
      hash64,
      (budget, signal) => {
        this.#assertOpen();
        this.#assertAsked(budget, signal);
      },
    );
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
      // who is the same person now also was before
      if (isLink(row)) this.#changes.noteAll(row.project);
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

  async known(keys: readonly EventKey[], among?: 'rows'): Promise<readonly boolean[]> {
    this.#assertOpen();
    const ids = new Set([...this.#rows, ...(among === 'rows' ? [] : this.#quarantined)].map(keyOf));
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
    this.#assertAsked(budget, signal);
    const startedAt = this.#clock.monotonic();
    const rows = evaluate(question, withIdentity(this.#rows, this.#hash64));
    const durationMs = this.#clock.monotonic() - startedAt;
    if (durationMs > budget.timeMs) {
      throw failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: budget.timeMs });
    }
    return { ...rows, explain: { ...rows.explain, durationMs } };
  }

  async *events(
    question: EventsQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<readonly EventRow[]> {
    this.#assertOpen();
    let { after, limit = Number.POSITIVE_INFINITY } = question;
    while (limit > 0) {
      this.#assertAsked(budget, signal);
      const pieceMax = Math.min(limit, pieceRowsMax);
      const rows = evaluateEvents(
        { ...question, ...(after && { after }), limit: pieceMax },
        withIdentity(this.#rows, this.#hash64),
        this.#rows,
      );
      if (rows.length > 0) yield rows;
      if (rows.length < pieceMax) return;
      limit -= rows.length;
      after = rows.at(-1)!;
    }
  }

  async version(project: string, from: number, to: number): Promise<string> {
    this.#assertOpen();
    return this.#changes.version(project, from, to);
  }

  async quarantined(
    query: QuarantineQuery,
  ): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }> {
    this.#assertOpen();
    const [partition, offset] = (query.after ?? '-1:-1').split(':').map(Number) as [number, number];
    const all = this.#quarantined.filter((item) => isAsked(item, query)).sort(comparePlaces);
    const rest = all.filter((item) => comparePlaces(item, { partition, offset }) > 0);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    if (last === undefined || rest.length === items.length) return { items, total: all.length };
    return { items, total: all.length, next: `${last.partition}:${last.offset}` };
  }

  async release(places: readonly Place[], end: QuarantineEnd = 'discarded'): Promise<void> {
    this.#assertOpen();
    const released = new Set(places.map(placeName));
    const [gone, kept] = divide(this.#quarantined, (item) => released.has(placeName(item)));
    this.#quarantined = kept;
    for (const { partition } of gone) this.#correct(partition, end);
  }

  async corrections(partition: number): Promise<Corrections> {
    this.#assertOpen();
    return this.#corrections.get(partition) ?? noCorrections;
  }

  async rowsBelow(partition: number, offset: number): Promise<number> {
    this.#assertOpen();
    return this.#rows.filter((row) => row.partition === partition && row.offset < offset).length;
  }

  async deleteProject(project: string): Promise<void> {
    this.#assertOpen();
    this.#remove((row) => row.project === project, 'deleted');
    await this.release(this.#quarantined.filter((item) => item.project === project));
    this.#changes.noteAll(project);
  }

  async deleteExperiment(project: string, experimentId: string): Promise<number> {
    this.#assertOpen();
    const gone = this.#remove(
      (row) => row.project === project && row.experimentId === experimentId && experimentId !== '',
      'deleted',
    );
    for (const row of gone) this.#changes.note(row.project, row.timestamp);
    return gone.length;
  }

  async expire(before: number): Promise<number> {
    this.#assertOpen();
    const gone = this.#remove((row) => row.timestamp < before, 'expired');
    for (const row of gone) this.#changes.note(row.project, row.timestamp);
    return gone.length;
  }

  #remove(isGone: (row: EventRow) => boolean, end: 'deleted' | 'expired'): readonly EventRow[] {
    const [gone, kept] = divide(this.#rows, isGone);
    this.#rows = kept;
    for (const { partition } of gone) this.#correct(partition, end);
    return gone;
  }

  #correct(partition: number, end: keyof Corrections): void {
    const before = this.#corrections.get(partition) ?? noCorrections;
    this.#corrections.set(partition, { ...before, [end]: before[end] + 1 });
  }

  /** There are no rollups that could differ. */
  async verifyRollups(): Promise<readonly RollupDifference[]> {
    this.#assertOpen();
    return [];
  }

  async rebuildRollups(): Promise<number> {
    this.#assertOpen();
    return 0;
  }

  /** There are no files. */
  async freeze(): Promise<void> {
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertAsked(budget: Budget, signal: AbortSignal): void {
    if (signal.aborted) throw failure('question_cancelled', {});
    if (this.#rows.length > budget.rowsMax) {
      throw failure('over_rows', { setting: 'MILLRACE_QUESTION_ROWS_MAX', limitRows: budget.rowsMax });
    }
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

const placeName = ({ partition, offset }: Place): string => `${partition}:${offset}`;
const noCorrections: Corrections = { replayed: 0, duplicate: 0, discarded: 0, expired: 0, deleted: 0 };

function divide<T>(items: readonly T[], isGone: (item: T) => boolean): [gone: T[], kept: T[]] {
  return [items.filter(isGone), items.filter((item) => !isGone(item))];
}

function isAsked(item: Quarantined, query: QuarantineQuery): boolean {
  const { project, withUnknown = false, reason, from = 0, to = Number.POSITIVE_INFINITY, places } = query;
  if (project !== undefined && item.project !== project && !(withUnknown && item.project === ''))
    return false;
  if (reason !== undefined && item.reason !== reason) return false;
  if (item.receivedAt < from || item.receivedAt >= to) return false;
  return places === undefined || places.some((place) => comparePlaces(place, item) === 0);
}

function rangesOf(offsets: readonly number[]): OffsetRanges {
  const ranges: [number, number][] = [];
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === offset) last[1] = offset + 1;
    else ranges.push([offset, offset + 1]);
  }
  return ranges;
}
