/**
 * Tickets for streams: browsers open an EventSource without headers, so who has a key asks for a ticket, which stands in the address,
 * opens one stream, and is of no use a minute later. Tickets wait in the cache, by their hashes, so that another process of the same
 * cache may take them.
 */
import type { Cache } from '../cache/cache.ts';
import { hashKey } from '../catalog/keys.ts';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Grant, KeyRing } from './key-ring.ts';

export interface StreamTicketsOptions {
  readonly cache: Pick<Cache, 'get' | 'set'>;
  readonly keys: Pick<KeyRing, 'holds'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Uint8Array;
}

export interface Ticket {
  readonly grant: Grant;
  /** What the stream shall be of; undefined: its address says that. */
  readonly plan?: unknown;
}

interface KeptTicket extends Ticket {
  readonly until: number;
}

export const ticketMs = 60_000;
/** Of a plan in a ticket, as JSON. */
export const ticketPlanCharactersMax = 64 * 1024;
const ticketBytes = 24;
const ticketLengthMax = 100;
const used = 'used';

export class StreamTickets {
  readonly #options: StreamTicketsOptions;
  /** Until when each ticket that was used here is remembered. */
  readonly #used = new Map<string, number>();

  constructor(options: StreamTicketsOptions) {
    this.#options = options;
  }

  /** Errors: request_invalid for a plan that is too long. */
  async issue(grant: Grant, plan?: unknown): Promise<{ readonly ticket: string; readonly until: number }> {
    const { cache, clock, random } = this.#options;
    const ticket = Buffer.from(random(ticketBytes)).toString('base64url');
    const until = clock.now() + ticketMs;
    const kept: KeptTicket = { grant, until, ...(plan !== undefined && { plan }) };
    const text = JSON.stringify(kept);
    if (text.length > ticketPlanCharactersMax)
      throw failure('request_invalid', {
        detail: `the plan must be at most ${ticketPlanCharactersMax} characters as JSON`,
      });
    await cache.set(placeOf(ticket), text, ticketMs);
    return { ticket, until };
  }

  /** Once. Errors: unauthorized. */
  async redeem(ticket: string): Promise<Ticket> {
    const { cache, keys, clock } = this.#options;
    const now = clock.now();
    if (ticket.length > ticketLengthMax) throw refused();
    const place = placeOf(ticket);
    const text = await cache.get(place);
    // from here on without a pause: of two that come at once one is too late
    this.#forget(now);
    if (text === undefined || text === used || this.#used.has(place)) throw refused();
    const { until, ...kept } = JSON.parse(text) as KeptTicket;
    if (until <= now || !keys.holds(kept.grant)) throw refused();
    this.#used.set(place, until);
    void cache.set(place, used, ticketMs);
    return kept;
  }

  #forget(now: number): void {
    for (const [place, until] of this.#used) {
      if (until > now) return;
      this.#used.delete(place);
    }
  }
}

const placeOf = (ticket: string): string => `ticket:1:${hashKey(ticket)}`;

const refused = () =>
  failure('unauthorized', {
    detail:
      'this ticket is unknown, used or older than a minute; ask POST /api/v1/stream-tickets for another',
  });
