/**
 * Events themselves instead of numbers: page by page (kind `events`), or all of them for an export. They are read from the
 * store in order, never cached. An export holds at most a page of the store; so many run at once, so many wait.
 */
import { failure } from '../errors.ts';
import type { EventRow } from '../event/event-row.ts';
import type { EventsPlan, Filter, Scope } from '../plan/plan.ts';
import { cursorOf, type Position, positionOf } from '../plan/position.ts';
import type { Budget, Store } from '../store/store.ts';
import { eventDataOf } from './event-data.ts';
import { Gate, type Lane } from './gate.ts';
import type { EventData, EventsData } from './wire.ts';

const exportsMax = 4;
const exportsWaitingMax = 16;
/** Of one key, whatever limits it has. */
const keyExportsMax = 3;
const keyExportsWaitingMax = 8;

/** `budget`: of each page that the store reads. */
export interface Reading {
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

const ownShare = ({ id }: Lane): Lane => ({
  id,
  insideMax: keyExportsMax,
  waitingMax: keyExportsWaitingMax,
});

export class EventLists {
  readonly #store: Pick<Store, 'events'>;
  readonly #exports = new Gate(exportsMax, exportsWaitingMax);

  constructor(store: Pick<Store, 'events'>) {
    this.#store = store;
  }

  /** Newest first; of one person, when it is given. One more than the page is read, to know whether another follows. */
  async page(plan: EventsPlan, { budget, signal }: Reading, person?: bigint): Promise<EventsData> {
    const after = plan.after === undefined ? undefined : positionOf(plan.after);
    const rows: EventRow[] = [];
    const question = {
      scope: plan,
      order: 'desc',
      limit: plan.limit + 1,
      ...(after && { after }),
      ...(person !== undefined && { person }),
    } as const;
    for await (const some of this.#store.events(question, budget, signal)) rows.push(...some);
    const shown = rows.slice(0, plan.limit);
    return {
      kind: 'events',
      events: shown.map(eventDataOf),
      ...(rows.length > plan.limit && { next: cursorOf(shown.at(-1)!) }),
    };
  }

  /** Oldest first, in pieces; after the event `afterId` when it is given. Errors: request_invalid when there is none. */
  async *all(
    scope: Scope,
    afterId: string | undefined,
    { signal, budget, lane }: Reading & { readonly lane: Lane },
  ): AsyncGenerator<readonly EventData[]> {
    const leave = await this.#enter(signal, ownShare(lane));
    try {
      const after = afterId === undefined ? undefined : await this.#find(scope, afterId, { signal, budget });
      const question = { scope, order: 'asc', ...(after && { after }) } as const;
      for await (const rows of this.#store.events(question, budget, signal)) yield rows.map(eventDataOf);
    } finally {
      leave();
    }
  }

  /** Takes a place among the exports; the function gives it back. */
  async #enter(signal: AbortSignal, lane: Lane): Promise<() => void> {
    const entered = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    this.#exports
      .through(
        () => {
          entered.resolve();
          return left.promise;
        },
        signal,
        lane,
      )
      .catch(entered.reject);
    await entered.promise;
    return left.resolve;
  }

  /** The filter is left out: what was exported last need not be asked for again. */
  async #find(scope: Scope, eventId: string, { budget, signal }: Reading): Promise<Position> {
    const filter: Filter = { field: 'eventId', op: 'eq', value: eventId };
    const question = { scope: { ...scope, bots: 'include', filter }, order: 'asc', limit: 1 } as const;
    for await (const [row] of this.#store.events(question, budget, signal)) if (row) return row;
    const shown = JSON.stringify(eventId.slice(0, 200));
    throw failure('request_invalid', {
      detail: `after must be the eventId of an event between from and to; there is none with ${shown}`,
    });
  }
}
