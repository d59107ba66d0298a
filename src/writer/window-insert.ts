/**
 * One window into the store, exactly once. Rows go some months at a time; the progress goes with the last part. An error says
 * nothing about what landed, so each one is followed by a reconciliation of the window; then the rows that are missing are
 * made once more from the log, and given again. Those that the store refuses are halved until the bad ones stand alone; these
 * go to quarantine.
 */
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Batch, Progress, Quarantined, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { firstOf } from './first-of.ts';
import { progressAfter } from './ledger.ts';
import { OffsetSet } from './offset-set.ts';
import { quarantineEvent } from './quarantine.ts';
import { type Retry, WriterStopped } from './retry.ts';
import { byMonths, type Prepared, type Window, type WindowPart } from './window.ts';
import type { ModeSwitch } from './writer-mode.ts';

/**
 * An insert that has not settled by then counts as unclear: reconciling fences it. A backstop behind the store's own
 * timeouts, so that a store that hangs cannot hold a partition for ever.
 */
const insertTimeoutMs = 120_000;
/** Finding one bad row among n costs log2(n) steps; after so many the writer pauses, so that it never storms the store. */
const refusalsBeforePause = 256;

export interface WindowInserterOptions {
  readonly partition: number;
  /** Of the lease. */
  readonly token: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly modes: ModeSwitch;
  readonly retry: Retry;
  /** The rows of the window that have not landed, once more. */
  readonly again: (window: Window, landed: OffsetSet) => Promise<Prepared[]>;
}

/** Rows to be given: as the window has them at first, prepared once more after an error. */
type Work = WindowPart | Prepared[];

export class WindowInserter {
  readonly #options: WindowInserterOptions;

  constructor(options: WindowInserterOptions) {
    this.#options = options;
  }

  /** Resolves with the progress once all of the window is in the store. Errors: WriterStopped, store_fenced, those of `again`. */
  async insert(window: Window, before: Progress): Promise<Progress> {
    const { retry } = this.#options;
    const quarantined = [...window.quarantined];
    let work: Work[] = [...window.parts];
    let isPacked = true;
    let attempts = 0;
    let refusals = 0;
    for (;;) {
      retry.throwIfStopped();
      const part = work[0];
      // what is refused must be the rows and nothing else, so the quarantine goes by itself
      const isLast = part === undefined || (work.length === 1 && quarantined.length === 0);
      const after = isLast ? this.#progressAfter(before, window, quarantined) : undefined;
      const unpackable = isPacked ? window.unpackable : undefined;
      try {
        if (unpackable !== undefined) throw failure('store_refused', { detail: unpackable });
        await this.#give(part, part === undefined ? quarantined : [], after);
        if (after !== undefined) return after;
        attempts = 0;
        work.shift();
      } catch (error) {
        if (error instanceof WriterStopped || isFailure(error, 'store_fenced')) throw error;
        const hasRows = part !== undefined || unpackable !== undefined;
        const isRefusal = isFailure(error, 'store_refused') && hasRows;
        if (!isRefusal) await this.#pause(++attempts, error);
        else if (++refusals % refusalsBeforePause === 0) await this.#pause(1, error);
        const landed = await this.reconcile(window.from, window.to);
        const prepared = isPacked ? await this.#again(window, landed) : (work as Prepared[][]);
        const groups = prepared.map((group) => missing(group, landed));
        // which of the packed rows were refused is found out by giving them again
        if (isRefusal && !isPacked) groups.splice(0, 1, ...this.#divide(groups[0]!, quarantined, error));
        isPacked = false;
        work = groups.filter((group) => group.length > 0);
      }
    }
  }

  async #again(window: Window, landed: OffsetSet): Promise<Prepared[][]> {
    return byMonths(await this.#options.again(window, landed));
  }

  async #give(
    part: Work | undefined,
    quarantined: readonly Quarantined[],
    progress: Progress | undefined,
  ): Promise<void> {
    const { partition, token, modes, retry } = this.#options;
    modes.set('inserting');
    await this.#attempt({
      partition,
      token,
      ...rowsOf(part),
      quarantined,
      ...(progress && { progress }),
    });
    retry.worked();
  }

  /** Which offsets of [from, to) are stored, after the fence. Errors: WriterStopped, store_fenced. */
  async reconcile(from: number, to: number): Promise<OffsetSet> {
    const { partition, store, clock, telemetry, modes, retry } = this.#options;
    return await retry.persist(
      async () => {
        modes.set('reconciling');
        const startedAt = clock.monotonic();
        const landed = new OffsetSet(await store.reconcile(partition, from, to));
        const durationMs = clock.monotonic() - startedAt;
        telemetry.publish('writer.reconciled', {
          partition,
          from,
          to,
          landed: landed.count(from, to),
          durationMs,
        });
        return landed;
      },
      () => modes.set('backing-off'),
    );
  }

  #progressAfter(before: Progress, window: Window, quarantined: readonly Quarantined[]): Progress {
    const refused = quarantined.length - window.quarantined.length;
    return progressAfter(before, {
      ...window,
      stored: window.landed + window.rows - refused,
      quarantined: quarantined.length,
    });
  }

  /** Halves of refused rows, the first of them first; a row that is refused by itself is quarantined. */
  #divide(refused: Prepared[], quarantined: Quarantined[], error: unknown): Prepared[][] {
    const [first] = refused;
    if (first === undefined) return [];
    if (refused.length > 1) {
      const half = refused.length >>> 1;
      return [refused.slice(0, half), refused.slice(half)];
    }
    quarantined.push(quarantineEvent(first.event, first.row, 'refused', error));
    return [];
  }

  async #pause(attempt: number, error: unknown): Promise<void> {
    this.#options.modes.set('backing-off');
    await this.#options.retry.pause(attempt, error);
  }

  /** Waits no longer than the timeout; while closing, for as long as the closing lets it. */
  async #attempt(batch: Batch): Promise<void> {
    const { store, clock, retry } = this.#options;
    const inserting = store.insert(batch).then(() => true);
    const timeout = async (signal: AbortSignal) => {
      await clock.sleep(insertTimeoutMs, signal);
      return false;
    };
    if (await firstOf(retry.signal, (signal) => [inserting, timeout(signal)])) return;
    if (retry.signal.aborted) await inserting;
    else throw failure('store_unclear', { detail: `no answer within ${insertTimeoutMs} ms` });
  }
}

function rowsOf(part: Work | undefined): Pick<Batch, 'rows' | 'packed'> {
  if (part === undefined) return { rows: [] };
  if ('length' in part) return { rows: part.map(({ row }) => row) };
  return part.packed === undefined ? { rows: part.rows } : { rows: [], packed: part.packed };
}

function missing(group: readonly Prepared[], landed: OffsetSet): Prepared[] {
  return group.filter(({ row }) => !landed.has(row.offset));
}
