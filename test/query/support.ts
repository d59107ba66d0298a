/** A query stage over a memory store whose runs can be counted, held up and made to fail. */
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import { Query } from '../../src/query/query.ts';
import type { QuerySettings } from '../../src/query/query-settings.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Budget, Question, Rows, StoreState } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

export const now = Date.UTC(2025, 5, 15, 12);
export const today = { kind: 'summary', from: '2025-06-15', to: '2025-06-16' };
export const yesterday = { kind: 'summary', from: '2025-06-14', to: '2025-06-15' };

/** The memory store, with a hook before each run. */
export class WatchedStore extends MemoryStore {
  runs = 0;
  status: StoreState['status'] = 'ready';
  beforeRun: (signal: AbortSignal) => Promise<void> = async () => {};
  beforeVersion: () => Promise<void> = async () => {};
  lastQuestion: Question | undefined;
  lastBudget: Budget | undefined;

  override state(): StoreState {
    return { ...super.state(), status: this.status };
  }

  override async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    this.runs += 1;
    this.lastQuestion = question;
    this.lastBudget = budget;
    await this.beforeRun(signal);
    return super.run(question, budget, signal);
  }

  override async version(project: string, from: number, to: number): Promise<string> {
    await this.beforeVersion();
    return super.version(project, from, to);
  }
}

export interface Stage {
  readonly query: Query;
  readonly store: WatchedStore;
  readonly clock: TestClock;
  readonly cache: MemoryCache;
  readonly telemetry: Telemetry;
  /** What each question got from the cache, in order. */
  readonly outcomes: string[];
  /** Stores rows of project 'p', at `now` unless they say otherwise. */
  add(...rows: Partial<EventRow>[]): Promise<void>;
  ask(input?: unknown, signal?: AbortSignal): ReturnType<Query['ask']>;
  /** The number of events that the question counts. */
  count(input?: unknown, signal?: AbortSignal): Promise<number>;
}

export function openStage(settings: Partial<QuerySettings> = {}): Stage {
  const clock = new TestClock(now);
  const store = new WatchedStore({ clock });
  const cache = new MemoryCache({ clock, bytesMax: 10_000_000 });
  const telemetry = new Telemetry();
  const outcomes: string[] = [];
  telemetry.subscribe('cache.lookup', ({ outcome }) => outcomes.push(outcome));
  const query = new Query({ store, cache, clock, telemetry, settings });
  let offset = 0;
  const ask: Stage['ask'] = (input = today, signal) =>
    query.ask(input, { project: 'p', ...(signal && { signal }) });
  return {
    query,
    store,
    clock,
    cache,
    telemetry,
    outcomes,
    ask,
    add: (...rows) =>
      insertRows(
        store,
        0,
        rows.map((row) => eventRow({ offset: offset++, timestamp: now, ...row })),
      ),
    async count(input, signal) {
      const { data } = await ask(input, signal);
      if (data.kind === 'events') return data.events.length;
      if (!('total' in data) || data.kind === 'sessions')
        throw new TypeError(`${data.kind} has no one count`);
      return data.kind === 'trend' ? data.total.events.reduce((sum, one) => sum + one, 0) : data.total.events;
    },
  };
}
