/**
 * What an event is. `Event` is what was accepted and what the log keeps; `EventRow` (event-row.ts) is what a store keeps.
 * Times are epoch milliseconds (UTC). Absent fields are left out, never null or ''.
 */
export type Source = 'web' | 'mobile' | 'server';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export interface Event {
  readonly eventId: string;
  readonly type: string;
  readonly timestamp: number;
  readonly source: Source;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly sessionId?: string;
  readonly viewId?: string;
  readonly url?: string;
  readonly referrer?: string;
  readonly title?: string;
  readonly screen?: string;
  readonly language?: string;
  readonly appVersion?: string;
  readonly os?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly productId?: string;
  /** Canonical decimal text with at most four places: '-12.5'. Exact; never a float. */
  readonly amount?: string;
  readonly currency?: string;
  readonly experimentId?: string;
  readonly variantKey?: string;
  readonly properties?: JsonObject;
  /** The sender's own verdict; without it the User-Agent decides. */
  readonly bot?: boolean;
  /** Kept in the log only, until the writer has read device, os, browser and the bot verdict out of it. */
  readonly userAgent?: string;
}

/** The events of one request that share a partition: one log record. The visitor's address is never in it. */
export interface EventBatch {
  readonly project: string;
  readonly receivedAt: number;
  readonly events: readonly Event[];
}
