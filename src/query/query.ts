/** The query stage. */
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { QuerySettings } from './query-settings.ts';
import type { Answer } from './wire.ts';

export interface QueryParts {
  readonly store: Pick<Store, 'run' | 'version' | 'state'>;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings?: Partial<QuerySettings>;
}

export interface AskOptions {
  /** Whose events; from the asker's key, never from what was sent. */
  readonly project: string;
  /** Aborts when the asker goes away. */
  readonly signal?: AbortSignal;
}

export class Query {
  readonly #parts: QueryParts;

  constructor(parts: QueryParts) {
    this.#parts = parts;
  }

  /** Answers a plan as it was sent. Errors: plan_invalid, over_time, over_memory, over_rows, questions_overloaded, question_cancelled, store_unavailable. */
  async ask(_input: unknown, _options: AskOptions): Promise<Answer> {
    throw new Error(`not built yet ${this.#parts.clock.now()}`);
  }
}
