/**
 * The demo's shop: visits by the day's and the week's rhythm, growing a little each week, many by people who were there before.
 * The same seed and the same first day give the same events. `month` is the past, `live` goes on from it.
 */
import { Random } from '../random.ts';
import type { DemoEvent } from '../send.ts';
import { drawArrival } from './arrival.ts';
import { visitEvents } from './visit.ts';
import { activity, drawVisitor, type Visitor } from './visitor.ts';

export interface ShopOptions {
  readonly seed: number;
  /** What ids begin with, so that two streams never share one. */
  readonly name: string;
  /** An average day's visits at the end of the month. */
  readonly visitsPerDay: number;
}

export const dayMs = 86_400_000;
/** Of whom a returning visitor is drawn. */
const knownVisitorsMax = 5_000;
const returningShare = 0.38;
/** From Sunday on. */
const weekRhythm = [1.2, 1, 0.94, 0.93, 0.96, 0.88, 1.09];
/** Of the month that is filled in, from 0. */
export const newsletterDay = 20;
/** The share of an average hour that `activity` lets through; measured over the countries' mix. */
const activityMean = 0.39;

export class Shop {
  readonly #options: ShopOptions;
  readonly #random: Random;
  readonly #known: Visitor[] = [];
  #next: Visitor | undefined;
  #visitors = 0;
  #events = 0;
  #users = 0;

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  /** Day after day from `firstDay` (midnight UTC), what happened before `until`; both epoch milliseconds. Each day in the order of time. */
  *month(firstDay: number, until: number): Generator<readonly DemoEvent[]> {
    let later: DemoEvent[] = [];
    for (let day = 0; firstDay + day * dayMs < until; day++) {
      const end = Math.min(until, firstDay + (day + 1) * dayMs);
      const made = [...later, ...this.#day(firstDay + day * dayMs, day)];
      later = made.filter((event) => event.timestamp >= end);
      yield made.filter((event) => event.timestamp < end).sort((a, b) => a.timestamp - b.timestamp);
    }
  }

  /** One visit that begins then. Epoch milliseconds. */
  visit(startsAt: number, isNewsletterDay = false): DemoEvent[] {
    const visitor = this.#someone();
    return visitEvents({
      random: this.#random,
      visitor,
      arrival: drawArrival(this.#random, isNewsletterDay),
      startsAt,
      newId: () => `${this.#options.name}-${this.#events++}`,
      newUserId: () => `${this.#options.name}-user-${++this.#users}`,
    });
  }

  *#day(midnight: number, day: number): Generator<DemoEvent> {
    const random = this.#random;
    const isNewsletterDay = day === newsletterDay;
    const growth = 0.7 + Math.min(0.3, day * 0.01);
    const busy = weekRhythm[new Date(midnight).getUTCDay()]! * growth * (isNewsletterDay ? 1.5 : 1);
    const tries = Math.round((this.#options.visitsPerDay * busy) / activityMean);
    for (let index = 0; index < tries; index++) {
      const at = midnight + random.integer(0, dayMs - 1);
      // who would be asleep does not come
      if (random.chance(activity(at, this.#nextVisitor().country)) || this.#nextVisitor().isBot)
        yield* this.visit(at, isNewsletterDay);
    }
  }

  /** Who would come next; drawn once, and then taken by `#someone`. */
  #nextVisitor(): Visitor {
    this.#next ??= this.#draw();
    return this.#next;
  }

  #someone(): Visitor {
    const visitor = this.#nextVisitor();
    this.#next = undefined;
    return visitor;
  }

  #draw(): Visitor {
    const random = this.#random;
    if (this.#known.length > 0 && random.chance(returningShare)) return random.pick(this.#known);
    const visitor = drawVisitor(random, ++this.#visitors);
    const named = { ...visitor, anonymousId: `${this.#options.name}-${visitor.anonymousId}` };
    if (named.isBot) return named;
    if (this.#known.length < knownVisitorsMax) this.#known.push(named);
    else this.#known[random.integer(0, knownVisitorsMax - 1)] = named;
    return named;
  }
}
