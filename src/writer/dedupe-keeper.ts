/**
 * The dedupe index of one partition from session to session: restored once, brought up to the progress by each session, begun anew when
 * another process stored what this one cannot read any more, and warmed beside the writing while it is cold.
 */
import { Dedupe } from './dedupe.ts';
import { type DedupeRestoreOptions, replay, restoreDedupe, warmUp } from './dedupe-restore.ts';

export interface DedupeKeeperOptions extends Omit<DedupeRestoreOptions, 'signal'> {
  /** `store`: there is no index, and every id is asked of the store. */
  readonly dedupe?: 'index' | 'store';
}

/** After a failure to fill a cold index; until it is filled the store is asked of every id. */
const warmUpPauseMs = 5_000;

export class DedupeKeeper {
  readonly #options: DedupeKeeperOptions;
  #current: Dedupe | undefined;
  #warming: Promise<void> = Promise.resolve();
  /** Of the session that the last warming belongs to. */
  #warmingFor: AbortSignal | undefined;

  constructor(options: DedupeKeeperOptions) {
    this.#options = options;
  }

  /** Undefined before the first session. */
  get current(): Dedupe | undefined {
    return this.#current;
  }

  /** Knows all ids below `next`, or knows that it does not. Errors: WriterStopped, those of the store and the log. */
  async upTo(next: number, signal: AbortSignal): Promise<Dedupe> {
    if (this.#options.dedupe === 'store') {
      this.#current = Dedupe.withoutIndex(next);
      return this.#current;
    }
    const options = { ...this.#options, signal };
    const dedupe = await this.#broughtUpTo(next, options);
    this.#current = dedupe;
    if (!dedupe.isWhole && this.#warmingFor !== signal) {
      this.#warmingFor = signal;
      this.#warming = this.#warming.then(() => this.#warmUp(options, dedupe, next));
    }
    return dedupe;
  }

  /** The partition is another process's now. */
  letGo(): void {
    this.#current = undefined;
  }

  /** Resolves when nothing runs beside the writing any more; the session's signal ends it. */
  async settled(): Promise<void> {
    await this.#warming;
  }

  async #broughtUpTo(next: number, options: DedupeRestoreOptions): Promise<Dedupe> {
    const { log, partition } = options;
    const dedupe = this.#current;
    if (dedupe === undefined) return await restoreDedupe(options, next);
    // what another process stored meanwhile, and the log has no more, this index has never seen
    const readable = Math.min(log.ends(partition).first, next);
    if (log.supports.shared && dedupe.position < readable) return await restoreDedupe(options, next);
    await replay(options, dedupe, next);
    return dedupe;
  }

  async #warmUp(options: DedupeRestoreOptions, dedupe: Dedupe, next: number): Promise<void> {
    const { clock, telemetry, partition, signal } = options;
    while (!signal.aborted) {
      try {
        await warmUp(options, dedupe, next);
        const message = `the dedupe index of partition ${partition} has its older ids from the store`;
        const fields = { partition, ids: dedupe.usage().ids };
        telemetry.publish('note', { level: 'debug', message, fields });
        return;
      } catch {
        await clock.sleep(warmUpPauseMs, signal);
      }
    }
  }
}
