/**
 * One partition's way from the log into the store. The modes are in writer-mode.ts; this file is their loop:
 *
 *   wait       for the lease of the partition, which is held over failures of the store until it is lost
 *   recover    the progress from the store, the dedupe index up to it; whatever the log has behind the progress may have
 *              been tried before, so it is reconciled, a bounded stretch at a time, before it is walked again
 *   gather     the next window: as soon as there are events, but not sooner than a flush interval after the last one, nor than
 *              a few times what its insert took; when much is waiting it is read and prepared while the one before it is being
 *              inserted (one ahead, no more)
 *   insert     window-insert.ts: exactly once, whatever the store does
 *
 * Any error that the parts do not wait out themselves leads back to `recover`, which needs nothing but the durable state.
 */
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Lease, Log } from '../log/log.ts';
import type { OffsetRanges, Progress, Quarantined, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Dedupe } from './dedupe.ts';
import type { DedupeBounds } from './dedupe-index.ts';
import { DedupeKeeper } from './dedupe-keeper.ts';
import { SnapshotFiles } from './dedupe-snapshot.ts';
import { firstOf } from './first-of.ts';
import { addDone, type Done, doneBetween } from './ledger.ts';
import type { Maker, Makers } from './makers.ts';
import { OffsetSet } from './offset-set.ts';
import { type PartitionStatus, StatusBoard } from './partition-status.ts';
import type { PrepareTools } from './prepare.ts';
import { type Replayed, replayItems } from './replay.ts';
import { isFatal, Retry, WriterStopped } from './retry.ts';
import { Upkeep } from './upkeep.ts';
import type { Window } from './window.ts';
import { WindowInserter } from './window-insert.ts';
import { WindowReader } from './window-reader.ts';
import type { WriterConfig } from './writer-config.ts';
import { ModeSwitch } from './writer-mode.ts';

export interface PartitionWriterOptions {
  readonly partition: number;
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly tools: PrepareTools;
  readonly makers: Makers;
  readonly config: WriterConfig;
  /** Where snapshots of the dedupe index are kept; undefined: in memory only, for logs that forget too. */
  readonly directory: string | undefined;
  /** `store`: every id is asked of the store, for writers that live for seconds. */
  readonly dedupe?: 'index' | 'store';
  readonly random?: () => number;
  readonly dedupeBounds?: DedupeBounds;
}

/** How often a writer without the lease asks how far the one that has it has come. */
const lookIntervalMs = 1_000;
/** A partition that another process has for so long is not expected back: its index is let go. */
const indexKeptMs = 60_000;
/** How many offsets are reconciled at once after a start: what lies behind them stays in the log meanwhile. */
const reconcileOffsetsMax = 200_000;
/** With fewer events than this waiting, the next window is gathered only when the last one is stored: larger is cheaper. */
const aheadEventsMin = 5_000;

/**
 * An insert costs some 20 ms of processor time whatever its size. So the next window is begun so many times as long after the
 * last one as its insert took, which bounds what inserts take at a quarter of one processor, …
 */
const insertsApart = 4;
/** … but never later than this, which is lag, … */
const paceMsMax = 300;
/** … nor when so many events wait that the fixed cost is small beside theirs. */
const paceEventsMax = 20_000;

/** What one recovery opened; the next one begins anew. */
interface Session {
  readonly reader: WindowReader;
  readonly inserter: WindowInserter;
  /** Aborts what is being gathered ahead. */
  readonly abort: AbortController;
}

export class PartitionWriter {
  readonly #options: PartitionWriterOptions;
  readonly #stop = new AbortController();
  readonly #modes: ModeSwitch;
  /** Of the lease in hand: it gives up when that is lost. */
  #retry: Retry;
  readonly #board: StatusBoard;
  readonly #files: SnapshotFiles | undefined;
  readonly #upkeep: Upkeep;
  readonly #maker: Maker;
  #lease: Lease | undefined;
  /** Aborts when the writer is closed, or its lease is lost. */
  #ending: AbortSignal;
  readonly #dedupe: DedupeKeeper;
  #waitingSince = 0;
  #progress: Progress | undefined;
  #done: Done = { stored: 0, duplicates: 0, quarantined: 0, lost: 0 };
  /** Offsets below this one may have been tried before this start … */
  #uncertainBelow = 0;
  /** … and up to here it is known which of them landed. */
  #reconciledTo = 0;
  #landed = OffsetSet.empty;
  #gatheredAt = Number.NEGATIVE_INFINITY;
  /** How long inserts take: the shorter of the last two, so that a single slow one delays nothing. */
  #insertMs = 0;
  #lastInsertMs = 0;
  #running: Promise<unknown> | undefined;
  /** Whoever reconciles stops the partition's other inserts, so windows and replays take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PartitionWriterOptions) {
    this.#options = options;
    const { partition, log, store, clock, telemetry, config, directory } = options;
    this.#modes = new ModeSwitch(partition, telemetry);
    this.#ending = this.#stop.signal;
    this.#retry = this.#newRetry();
    this.#board = new StatusBoard(partition, log, clock);
    this.#maker = options.makers.of(partition);
    const isIndexed = options.dedupe !== 'store' && directory !== undefined;
    this.#files = !isIndexed ? undefined : new SnapshotFiles(directory, partition);
    const { dedupeBounds } = options;
    this.#dedupe = new DedupeKeeper({
      ...options,
      files: this.#files,
      ...(dedupeBounds && { bounds: dedupeBounds }),
    });
    const { snapshotIntervalMs } = config;
    this.#upkeep = new Upkeep({ partition, log, store, clock, files: this.#files, snapshotIntervalMs });
  }

  start(): void {
    this.#running ??= this.#runAll();
  }

  /** Instead of `start`: never takes the lease. */
  observe(): void {
    this.#modes.set('waiting');
    this.#running ??= this.#runUpkeep();
  }

  status(): PartitionStatus {
    return this.#board.status(
      this.#modes.current,
      this.#progress,
      this.#dedupe.current?.usage(),
      this.#retry.lastError,
    );
  }

  /** By this writer, since it was started. */
  done(): Done {
    return this.#done;
  }

  /** Which offsets of [from, to) are stored as rows; between two windows. Errors: those of the store. */
  readBack(from: number, to: number): Promise<OffsetRanges> {
    return this.#inTurn(() => this.#options.store.reconcile(this.#options.partition, from, to));
  }

  /** Whether this process has the lease of the partition, as far as it knows. */
  get holds(): boolean {
    return this.#lease !== undefined && !this.#lease.lost.aborted;
  }

  /** Between two windows. Errors: as `replayItems`; store_unavailable when this writer has ended or another has the partition. */
  replay(items: readonly Quarantined[]): Promise<Replayed> {
    const { config, partition, random = Math.random } = this.#options;
    return this.#inTurn(() => {
      if (this.#stop.signal.aborted || this.#modes.current === 'failed')
        throw failure('store_unavailable', { detail: 'the writer has ended' });
      if (this.#lease === undefined || this.#lease.lost.aborted)
        throw failure('store_unavailable', { detail: `another process writes partition ${partition} now` });
      return replayItems(items, { ...this.#options, token: this.#lease.token, bounds: config, random });
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /**
   * Stops reading, waits for the part of a window that the store has in hand (no longer than `closeTimeoutMs`), and writes
   * the last snapshot when it can. The next writer goes on from there. Never rejects.
   */
  async close(): Promise<void> {
    const { clock, config } = this.#options;
    this.#stop.abort();
    const running = this.#running ?? Promise.resolve();
    await firstOf(new AbortController().signal, (ended) => [
      running,
      clock.sleep(config.closeTimeoutMs, ended),
    ]);
    if (this.#modes.current !== 'failed') this.#modes.set('stopped');
  }

  async #runAll(): Promise<void> {
    const tending = this.#runUpkeep();
    await this.#run();
    await tending;
    // past the timeout of `close` another writer may be at work already
    if (this.#modes.current !== 'stopped') await this.#finish();
    await this.#dedupe.settled();
    await this.#giveBack();
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      const before = this.#progress?.next;
      try {
        const session = await this.#recover(await this.#leased());
        await this.#write(session);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (isFatal(error)) return this.#fail(error as Error);
        // without a stop it is the lease that was lost
        if (error instanceof WriterStopped) continue;
        // a later lease has a greater token than whoever claimed the partition in the store
        if (isFailure(error, 'store_fenced')) await this.#giveBack();
        if (this.#progress?.next !== before) attempt = 1;
        this.#modes.set('backing-off');
        await this.#retry.pause(attempt, error).catch(() => {});
      }
    }
  }

  /** The lease in hand, or the next that can be had. Errors: those of `Log.lease`. */
  async #leased(): Promise<Lease> {
    if (this.#lease !== undefined && !this.#lease.lost.aborted) return this.#lease;
    await this.#giveBack();
    const { log, partition } = this.#options;
    if (log.supports.shared) this.#modes.set('waiting');
    this.#waitingSince = this.#options.clock.monotonic();
    this.#lease = await log.lease(partition, this.#stop.signal);
    // who had it meanwhile may have written and removed files of the same names
    if (log.supports.shared) this.#files?.discard();
    this.#ending = AbortSignal.any([this.#stop.signal, this.#lease.lost]);
    this.#retry = this.#newRetry();
    return this.#lease;
  }

  async #giveBack(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }

  #newRetry(): Retry {
    const { config, random = Math.random } = this.#options;
    return new Retry({ ...this.#options, bounds: config, random, signal: this.#ending });
  }

  async #recover(lease: Lease): Promise<Session> {
    const { partition, log, store } = this.#options;
    const backOff = () => this.#modes.set('backing-off');
    this.#noticeWaiting();
    const progress = await this.#retry.persist(async () => {
      this.#modes.set('recovering');
      const claimed = await store.progress(partition, lease.token);
      await lease.begin(await this.#takenFrom(claimed));
      return claimed;
    }, backOff);
    const { next } = log.ends(partition);
    const dedupe = await this.#retry.persist(async () => {
      this.#modes.set('recovering');
      return await this.#dedupe.upTo(progress.next, this.#ending);
    }, backOff);
    this.#retry.throwIfStopped();
    this.#board.recovering();
    this.#progress = progress;
    this.#uncertainBelow = next;
    this.#reconciledTo = progress.next;
    this.#landed = OffsetSet.empty;
    return this.#openSession(lease, dedupe, progress.next);
  }

  /** What comes while the store cannot be asked waits from then on, although nobody reads it yet. */
  #noticeWaiting(): void {
    const { partition, log } = this.#options;
    log.wait(partition, log.ends(partition).next, this.#ending).then(
      () => this.#board.unread(),
      () => {},
    );
  }

  /** Above every offset that the store has. A log that lost its end must not use them again. */
  async #takenFrom({ next }: Progress): Promise<number> {
    const { partition, log, store } = this.#options;
    if (!log.supports.shared || store.supports.atomicProgress) return next;
    const stored = await store.reconcile(partition, next, Number.MAX_SAFE_INTEGER);
    return stored.at(-1)?.[1] ?? next;
  }

  #openSession(lease: Lease, dedupe: Dedupe, next: number): Session {
    const { store, config, telemetry, partition } = this.#options;
    const retry = this.#retry;
    const reader = new WindowReader(
      {
        ...this.#options,
        ...config,
        dedupe,
        maker: this.#maker,
        known: (keys) => retry.persist(() => store.known(keys)),
        onLost: (from, to, cause) => {
          const message = `events of partition ${partition} are lost: offsets ${from} to ${to - 1} cannot be read: ${cause.message}`;
          telemetry.publish('note', { level: 'error', message, fields: { partition, from, to } });
        },
      },
      next,
    );
    const inserter = new WindowInserter({
      ...this.#options,
      token: lease.token,
      modes: this.#modes,
      retry,
      again: (window, landed) => reader.again(window, landed),
    });
    return { reader, inserter, abort: new AbortController() };
  }

  /** Window after window until something throws; the one ahead never runs on behind this. */
  async #write(session: Session): Promise<never> {
    let ahead: Promise<Window> | undefined;
    const abort = () => session.abort.abort();
    const ending = this.#ending;
    ending.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        this.#retry.throwIfStopped();
        if (ahead === undefined) await this.#reconcileNext(session);
        this.#modes.set('gathering');
        const window = await (ahead ?? this.#gather(session, undefined));
        const inserting = this.#insert(session, window);
        ahead = this.#isReconciled(session) ? this.#gather(session, inserting) : undefined;
        // it is looked at in its turn, or given up below
        ahead?.catch(() => {});
        await inserting;
      }
    } finally {
      ending.removeEventListener('abort', abort);
      abort();
      const abandoned = await ahead?.catch(() => undefined);
      abandoned?.release();
    }
  }

  #isReconciled({ reader }: Session): boolean {
    return this.#reconciledTo >= this.#uncertainBelow || reader.next < this.#reconciledTo;
  }

  /** Never while an insert is under way: the fence would stop it. */
  async #reconcileNext(session: Session): Promise<void> {
    if (this.#isReconciled(session)) return;
    const to = Math.min(this.#reconciledTo + reconcileOffsetsMax, this.#uncertainBelow);
    this.#landed = await this.#inTurn(() => session.inserter.reconcile(this.#reconciledTo, to));
    this.#reconciledTo = to;
  }

  /** The next window. `inserting`: the one before it, which is waited for unless much is to be done. */
  async #gather(session: Session, inserting: Promise<void> | undefined): Promise<Window> {
    const { log, partition, clock } = this.#options;
    const { reader } = session;
    for (;;) {
      await log.wait(partition, reader.next, session.abort.signal);
      this.#throwIfEnded(session);
      this.#board.unread();
      await this.#pace(session, inserting);
      this.#throwIfEnded(session);
      this.#gatheredAt = clock.monotonic();
      const until = reader.next < this.#reconciledTo ? this.#reconciledTo : Number.POSITIVE_INFINITY;
      const window = await reader.read(this.#landed, until);
      if (window === undefined) continue;
      this.#board.gathered(window);
      return window;
    }
  }

  async #pace({ reader, abort }: Session, inserting: Promise<void> | undefined): Promise<void> {
    const { log, partition, clock, config } = this.#options;
    const { signal } = abort;
    const backlog = (events: number, ended: AbortSignal) =>
      log.wait(partition, reader.next + events - 1, ended);
    const intervalMs = Math.max(config.flushIntervalMs, Math.min(insertsApart * this.#insertMs, paceMsMax));
    const waitMs = this.#gatheredAt + intervalMs - clock.monotonic();
    if (waitMs > 0) {
      const most = Math.min(paceEventsMax, config.batchEventsMax);
      await firstOf(signal, (ended) => [clock.sleep(waitMs, ended), backlog(most, ended)]);
    }
    if (inserting !== undefined) {
      const most = Math.min(aheadEventsMin, config.batchEventsMax);
      await firstOf(signal, (ended) => [inserting, backlog(most, ended)]);
    }
  }

  #throwIfEnded(session: Session): void {
    if (session.abort.signal.aborted) throw new WriterStopped();
  }

  async #insert({ inserter }: Session, window: Window): Promise<void> {
    const { clock, telemetry, partition } = this.#options;
    const startedAt = clock.monotonic();
    try {
      const before = this.#progress!;
      this.#progress = await this.#inTurn(() => inserter.insert(window, before));
      this.#done = addDone(this.#done, doneBetween(before, this.#progress));
      const durationMs = clock.monotonic() - startedAt;
      this.#insertMs = Math.min(durationMs, this.#lastInsertMs);
      this.#lastInsertMs = durationMs;
      const rows = this.#progress.stored - before.stored - window.landed;
      this.#board.stored(window, rows, durationMs);
      const now = clock.now();
      telemetry.publish('writer.batch', {
        partition,
        rows,
        duplicates: window.duplicates,
        quarantined: this.#progress.quarantined - before.quarantined,
        durationMs,
        lagMinMs: Math.max(0, now - window.receivedMax),
        lagMaxMs: Math.max(0, now - window.receivedMin),
      });
    } finally {
      window.release();
    }
  }

  async #runUpkeep(): Promise<void> {
    const { clock, config } = this.#options;
    for (;;) {
      const pauseMs = this.#modes.current === 'waiting' ? lookIntervalMs : config.upkeepIntervalMs;
      await clock.sleep(pauseMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const dedupe = this.#dedupe.current;
      // who looks on needs not say that it saw nothing
      if (this.#modes.current === 'waiting') await this.#lookOn().catch(() => {});
      // not before the first recovery: until then nothing is known
      else if (this.#progress !== undefined && dedupe !== undefined)
        await this.#tend(() => this.#upkeep.run(dedupe));
    }
  }

  /** How far another process has come, for those who look at the status of this one. */
  async #lookOn(): Promise<void> {
    const progress = await this.#options.store.progress(this.#options.partition);
    if (this.#lease !== undefined) return;
    this.#progress = progress;
    if (this.#options.clock.monotonic() - this.#waitingSince > indexKeptMs) this.#dedupe.letGo();
  }

  async #finish(): Promise<void> {
    const dedupe = this.#dedupe.current;
    if (dedupe === undefined || this.#retry.lastError !== undefined) return;
    const isHeld = this.#lease !== undefined && !this.#lease.lost.aborted;
    if (!isHeld) return;
    await this.#tend(() => this.#upkeep.close(dedupe));
    // whoever has the partition next knows nothing of what this one has kept of the log
    if (this.#options.log.supports.shared) await this.#tend(() => this.#upkeep.run(dedupe));
  }

  /** Upkeep can wait: the log keeps more for a while, and a start takes longer. */
  async #tend(round: () => Promise<void>): Promise<void> {
    try {
      await round();
    } catch (error) {
      const { telemetry, partition } = this.#options;
      const message = `the upkeep of partition ${partition} failed and is tried again: ${(error as Error).message}`;
      telemetry.publish('note', { level: 'warn', message, fields: { partition } });
    }
  }

  #fail(error: Error): void {
    const { telemetry, partition } = this.#options;
    this.#board.failed(error);
    this.#modes.set('failed');
    const message = `the writer of partition ${partition} cannot go on: ${error.message}`;
    telemetry.publish('note', { level: 'error', message, fields: { partition } });
  }
}
