/** A log whose trimming can be held while somebody copies it; everything else goes straight through. */
import type {
  Lease,
  Log,
  LogEnds,
  LogRecord,
  LogState,
  LogSupports,
  LogUsage,
  ReadLimits,
  RecordBytes,
} from '../log/log.ts';

export class HeldLog implements Log {
  readonly #log: Log;
  #holds = 0;
  /** What was asked for meanwhile, by partition. */
  readonly #asked = new Map<number, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  get supports(): LogSupports {
    return this.#log.supports;
  }

  get partitions(): number {
    return this.#log.partitions;
  }

  get failed(): Promise<Error> {
    return this.#log.failed;
  }

  /** Returns the way to end it. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds > 0) return;
      // one that fails is made up for by the next round of upkeep
      for (const [partition, below] of this.#asked) this.#log.trim(partition, below).catch(() => {});
      this.#asked.clear();
    };
  }

  async trim(partition: number, below: number): Promise<void> {
    if (this.#holds === 0) return this.#log.trim(partition, below);
    this.#asked.set(partition, Math.max(below, this.#asked.get(partition) ?? 0));
  }

  append(partition: number, count: number, bytes: RecordBytes): Promise<number> {
    return this.#log.append(partition, count, bytes);
  }

  read(partition: number, from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    return this.#log.read(partition, from, limits);
  }

  ends(partition: number): LogEnds {
    return this.#log.ends(partition);
  }

  wait(partition: number, offset: number, signal: AbortSignal): Promise<void> {
    return this.#log.wait(partition, offset, signal);
  }

  lease(partition: number, signal: AbortSignal): Promise<Lease> {
    return this.#log.lease(partition, signal);
  }

  state(): LogState {
    return this.#log.state();
  }

  usage(): LogUsage {
    return this.#log.usage();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
