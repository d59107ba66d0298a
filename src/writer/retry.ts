/**
 * Attempts that may fail for as long as the store is away. Every failure is published as `writer.retry`; a person reads of
 * the first one and of the recovery. Only a stop ends it, or an error that another attempt cannot help.
 */
import type { Clock } from '../clock.ts';
import { isFailure } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type BackoffBounds, backoffMs } from './backoff.ts';

/** Ends the work of a writer that is being closed; never an error that anybody is told of. */
export class WriterStopped extends Error {
  override readonly name = 'WriterStopped';
}

/** A store that is away for longer than this is told of. */
const startingMsMax = 3_000;
const fatalCodes = ['log_behind', 'log_closed', 'log_sync_failed'] as const;

/** No further attempt of this process can help. */
export function isFatal(error: unknown): boolean {
  return fatalCodes.some((code) => isFailure(error, code));
}

export interface LastError {
  readonly code: string;
  readonly message: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface RetryOptions {
  readonly partition: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly bounds: BackoffBounds;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export class Retry {
  readonly #options: RetryOptions;
  /** The failure that is being waited out; undefined when the last attempt worked. */
  lastError: LastError | undefined;
  #failingSince = 0;
  /** The code that was told of since it last worked. */
  #told: string | undefined;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  throwIfStopped(): void {
    if (this.signal.aborted) throw new WriterStopped();
  }

  /** Attempts until it works. Errors: WriterStopped, store_fenced, and the fatal ones. */
  async persist<T>(attempt: () => Promise<T>, beforePause?: () => void): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      this.throwIfStopped();
      try {
        const result = await attempt();
        this.worked();
        return result;
      } catch (error) {
        if (isFailure(error, 'store_fenced') || isFatal(error)) throw error;
        beforePause?.();
        await this.pause(attempts, error);
      }
    }
  }

  /** Waits before the attempt after number `attempt`. Errors: WriterStopped. */
  async pause(attempt: number, error: unknown): Promise<void> {
    this.throwIfStopped();
    const { partition, clock, telemetry, bounds, random, signal } = this.#options;
    const delayMs = backoffMs(attempt, bounds, random);
    const code = isFailure(error) ? error.code : 'unexpected';
    const message = error instanceof Error ? error.message : String(error);
    if (this.lastError === undefined) this.#failingSince = clock.monotonic();
    // a store that is just starting is no news
    const isNews = code !== 'store_unavailable' || clock.monotonic() - this.#failingSince >= startingMsMax;
    if (isNews && this.#told !== code) {
      const text = `the writer of partition ${partition} waits and tries again: ${message}`;
      telemetry.publish('note', { level: 'warn', message: text, fields: { partition, code } });
      this.#told = code;
    }
    this.lastError = { code, message, at: clock.now() };
    telemetry.publish('writer.retry', { partition, code, attempt, delayMs });
    await clock.sleep(delayMs, signal);
    this.throwIfStopped();
  }

  worked(): void {
    if (this.lastError === undefined) return;
    this.lastError = undefined;
    if (this.#told === undefined) return;
    this.#told = undefined;
    const { partition, clock, telemetry } = this.#options;
    const durationMs = Math.round(clock.monotonic() - this.#failingSince);
    const message = `the writer of partition ${partition} goes on`;
    telemetry.publish('note', { level: 'info', message, fields: { partition, durationMs } });
  }
}
