/** The steady stream after the fill: events wait here until their time has come, and then leave in small batches. */
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from './random.ts';
import type { Shop } from './shop/shop.ts';

export interface Due {
  readonly timestamp: number;
}

/** Events that lie in the future, earliest first. */
export class Agenda<T extends Due> {
  #events: T[] = [];

  /** What lies before `from` or later than `until` is left out. Epoch milliseconds. */
  add(events: readonly T[], from = 0, until = Number.POSITIVE_INFINITY): void {
    const wanted = events.filter(({ timestamp }) => timestamp >= from && timestamp < until);
    this.#events = [...this.#events, ...wanted].sort((a, b) => a.timestamp - b.timestamp);
  }

  takeDue(now: number): T[] {
    const end = this.#events.findIndex(({ timestamp }) => timestamp > now);
    return this.#events.splice(0, end === -1 ? this.#events.length : end);
  }
}

const tickMs = 500;
/** Most visits last no longer, so those begun this long ago make the stream steady from its first second. */
const leadMs = 15 * 60_000;
/** What the shop's server adds lies days ahead; nobody watches that long. */
const horizonMs = 2 * 3_600_000;
/** What a visit leaves on average, measured; makes visits out of a rate of events. */
const eventsPerVisit = 3.9;

/** Visits that begin independently of each other, `rate` events a second on average; ends when `signal` says so. */
export async function* liveShop(shop: Shop, rate: number, seed: number, signal: AbortSignal) {
  const random = new Random(seed);
  const agenda = new Agenda<ReturnType<Shop['visit']>[number]>();
  const beginMs = Date.now();
  const meanMs = (1000 * eventsPerVisit) / rate;
  let nextVisitAt = beginMs - leadMs;
  while (!signal.aborted) {
    const now = Date.now();
    for (; nextVisitAt <= now; nextVisitAt += random.wait(meanMs))
      agenda.add(shop.visit(Math.round(nextVisitAt)), beginMs, now + horizonMs);
    const due = agenda.takeDue(now);
    if (due.length > 0) yield due;
    await delay(tickMs, undefined, { signal }).catch(() => {});
  }
}

/** Events that are known beforehand, each when its time has come. Ends with the last, or when `signal` says so. */
export async function* liveReplay<T extends Due>(events: readonly T[], signal: AbortSignal) {
  const agenda = new Agenda<T>();
  agenda.add(events);
  for (let left = events.length; left > 0 && !signal.aborted; ) {
    const due = agenda.takeDue(Date.now());
    left -= due.length;
    if (due.length > 0) yield due;
    if (left > 0) await delay(tickMs, undefined, { signal }).catch(() => {});
  }
}
