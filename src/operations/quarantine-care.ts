/**
 * The quarantine as an administrator handles it: look, replay, discard; by place, by reason, by time, or all. A replay is
 * stored first and released after: broken off in between, the next one finds the rows and only releases. `resume` does
 * that at every start.
 */
import { failure } from '../errors.ts';
import type { Place, Progress, Quarantined, QuarantineQuery, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Replayed } from '../writer/replay.ts';
import type { Writer } from '../writer/writer.ts';
import type { OneAtATime } from './one-at-a-time.ts';

/** Whose quarantine, and which of it. */
export type Selection = Pick<
  QuarantineQuery,
  'project' | 'withUnknown' | 'reason' | 'from' | 'to' | 'places'
>;

export interface QuarantineCareOptions {
  readonly store: Pick<Store, 'quarantined' | 'release' | 'progress'>;
  readonly writer: Pick<Writer, 'replay' | 'readBack' | 'holds'>;
  readonly turns: OneAtATime;
  readonly telemetry: Telemetry;
}

/** Numbers of events. */
export interface ReplayReport {
  readonly replayed: number;
  readonly duplicates: number;
  /** Stay in quarantine. */
  readonly refused: number;
  /** Of the refused, how many for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The writer has not passed them durably yet: the same again in a second. */
  readonly tooYoung: number;
  /** Of partitions that another process writes now, which alone may replay them. */
  readonly elsewhere: number;
}

/** Bodies of so many are in memory at a time. */
const pageItemsMax = 1_000;
/** What a replay reads back is bounded by it. */
const replaySpanMax = 200_000;

export class QuarantineCare {
  readonly #options: QuarantineCareOptions;

  constructor(options: QuarantineCareOptions) {
    this.#options = options;
  }

  list(query: QuarantineQuery): ReturnType<Store['quarantined']> {
    return this.#options.store.quarantined(query);
  }

  /** Errors: not_found. */
  async item(place: Place, whose: Selection): Promise<Quarantined> {
    const { items } = await this.list({ ...whose, places: [place], limit: 1 });
    const [found] = items;
    if (found === undefined)
      throw failure('not_found', { detail: `there is no dead letter ${placeId(place)}` });
    return found;
  }

  /** Errors: conflict; store_unavailable and store_unclear, after which the same may be tried again. */
  replay(selection: Selection): Promise<ReplayReport> {
    return this.#options.turns.now('a replay', () => this.#replay(selection));
  }

  /** Gives events up for good; resolves with how many. Errors: conflict, store_unavailable. */
  discard(selection: Selection): Promise<{ readonly discarded: number; readonly tooYoung: number }> {
    return this.#options.turns.now('a discard', async () => {
      let discarded = 0;
      let tooYoung = 0;
      for await (const { old, young } of this.#pages(selection)) {
        await this.#options.store.release(old, 'discarded');
        discarded += old.length;
        tooYoung += young;
      }
      this.#note('were discarded', discarded);
      return { discarded, tooYoung };
    });
  }

  /** Releases what a replay had stored when the process ended. */
  resume(): Promise<number> {
    return this.#options.turns.later('a start', async () => {
      let released = 0;
      for await (const { old } of this.#pages({})) {
        for (const [partition, items] of chunks(old)) {
          const from = items[0]!.offset;
          const stored = await this.#options.writer.readBack(partition, from, items.at(-1)!.offset + 1);
          const done = items.filter(({ offset }) => stored.some(([a, b]) => offset >= a && offset < b));
          await this.#options.store.release(done, 'replayed');
          released += done.length;
        }
      }
      this.#note('that an earlier replay had stored were released', released);
      return released;
    });
  }

  async #replay(selection: Selection): Promise<ReplayReport> {
    const report = { replayed: 0, duplicates: 0, refused: 0, tooYoung: 0, elsewhere: 0 };
    const reasons: Record<string, number> = {};
    // the events of a record that could not be decoded are read together, so they wait for the page with its end
    let held: readonly Quarantined[] = [];
    for await (const { old, young, isLast } of this.#pages(selection)) {
      report.tooYoung += young;
      const items = [...held, ...old];
      const whole = isLast ? items.length : wholeRecords(items);
      held = items.slice(whole);
      for (const [partition, some] of chunks(items.slice(0, whole))) {
        if (!this.#options.writer.holds(partition)) {
          report.elsewhere += some.length;
          continue;
        }
        const { stored, duplicates, refused } = await this.#replayChunk(partition, some);
        report.replayed += stored.length;
        report.duplicates += duplicates.length;
        report.refused += refused.length;
        for (const { reason } of refused) reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
    }
    this.#note('were replayed', report.replayed);
    return { ...report, reasons };
  }

  async #replayChunk(partition: number, items: readonly Quarantined[]): Promise<Replayed> {
    const { store, writer } = this.#options;
    const replayed = await writer.replay(partition, items);
    await store.release(replayed.stored, 'replayed');
    await store.release(replayed.duplicates, 'duplicate');
    return replayed;
  }

  /**
   * Page by page, ascending by place. Only places that the durable progress has passed: any other may be walked by the writer
   * once more after a crash, which would put it into quarantine again.
   */
  async *#pages(selection: Selection): AsyncGenerator<{
    readonly old: readonly Quarantined[];
    readonly young: number;
    readonly isLast: boolean;
  }> {
    const { store } = this.#options;
    const progress = new Map<number, Progress>();
    let after: string | undefined;
    do {
      const page = await store.quarantined({
        ...selection,
        limit: pageItemsMax,
        ...(after !== undefined && { after }),
      });
      for (const { partition } of page.items) {
        if (!progress.has(partition)) progress.set(partition, await store.progress(partition));
      }
      const old = page.items.filter(({ partition, offset }) => offset < progress.get(partition)!.next);
      after = page.next;
      yield { old, young: page.items.length - old.length, isLast: after === undefined };
    } while (after !== undefined);
  }

  #note(what: string, count: number): void {
    if (count === 0) return;
    const message = `${count} ${count === 1 ? 'event' : 'events'} in quarantine ${what}`;
    this.#options.telemetry.publish('note', { level: 'info', message });
  }
}

/** How many items from the first on are certain to be without a record whose end is missing. */
function wholeRecords(items: readonly Quarantined[]): number {
  if (items.at(-1)?.reason !== 'undecodable') return items.length;
  return items.findLastIndex(({ reason, body }) => reason !== 'undecodable' || body !== '');
}

/** Runs of one partition that fit into a replay, in order. A record's items stay together as far as they are on one page. */
function chunks(items: readonly Quarantined[]): readonly (readonly [number, Quarantined[]])[] {
  const found: (readonly [number, Quarantined[]])[] = [];
  for (const item of items) {
    const last = found.at(-1);
    if (last !== undefined && last[0] === item.partition && item.offset - last[1][0]!.offset < replaySpanMax)
      last[1].push(item);
    else found.push([item.partition, [item]]);
  }
  return found;
}

/** How a dead letter is named outside: `0-1234`. */
export const placeId = ({ partition, offset }: Place): string => `${partition}-${offset}`;

/** Undefined when it is no such name. */
export function parsePlaceId(id: string): Place | undefined {
  const [, partition, offset] = /^(\d{1,5})-(\d{1,15})$/.exec(id) ?? [];
  if (partition === undefined || offset === undefined) return undefined;
  return { partition: Number(partition), offset: Number(offset) };
}
