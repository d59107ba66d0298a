/** What a pool has a person know: that it is nearly used up, that the server gives no more, that a question was slow. */
import type { Clock } from '../clock.ts';
import type { Signals } from '../telemetry/signals.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { PostgresConfig } from './postgres-config.ts';
import type { PostgresError } from './postgres-error.ts';
import type { PoolFigures } from './postgres-pool.ts';

export interface PoolNoticesOptions {
  readonly name: Signals['postgres.busy']['pool'];
  readonly config: PostgresConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** From which share of the pool on in use it counts as nearly used up. */
const busyShare = 0.8;
/** The same is not said again sooner. */
const pauseMs = 60_000;

export class PoolNotices {
  readonly #options: PoolNoticesOptions;
  readonly #saidAt = { busy: Number.NEGATIVE_INFINITY, refused: Number.NEGATIVE_INFINITY };

  constructor(options: PoolNoticesOptions) {
    this.#options = options;
  }

  /** One more connection is about to be taken. */
  taken({ size, idle, waiting, max }: PoolFigures): void {
    const used = Math.min(size - idle + 1, max);
    if (used < max * busyShare || !this.#isDue('busy')) return;
    const { name, telemetry } = this.#options;
    telemetry.publish('postgres.busy', { pool: name, used, waiting, max });
  }

  /** The server has no place for a connection; it is waited for. */
  refused({ message }: PostgresError): void {
    if (this.#isDue('refused')) this.#options.telemetry.publish('note', { level: 'warn', message });
  }

  ended(kind: string | undefined, durationMs: number): void {
    const { config, telemetry } = this.#options;
    if (kind !== undefined && durationMs > config.slowMs)
      telemetry.publish('store.slow', { kind, durationMs: Math.round(durationMs) });
  }

  #isDue(what: 'busy' | 'refused'): boolean {
    const now = this.#options.clock.monotonic();
    if (now - this.#saidAt[what] < pauseMs) return false;
    this.#saidAt[what] = now;
    return true;
  }
}
