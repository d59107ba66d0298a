/** An event as a sender writes it, and its JSON as it is sent. The server says what is wrong with an event; here it is only made safe to retry. */
import { MillraceClientError } from './errors.ts';
import { makeUuidV7 } from './uuid.ts';

export type JsonInput =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonInput[]
  | { readonly [key: string]: JsonInput };

/** docs/http.md says what each field means. */
export interface EventInput {
  readonly type: string;
  /** ISO 8601 or epoch milliseconds; the time of `track` when absent. */
  readonly timestamp?: string | number | Date;
  /** Makes retries safe; a UUIDv7 when absent. */
  readonly eventId?: string;
  readonly source?: 'web' | 'mobile' | 'server';
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly sessionId?: string;
  readonly viewId?: string;
  readonly userAgent?: string;
  readonly ip?: string;
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
  /** Decimal text such as '12.50' is exact. */
  readonly amount?: string | number;
  readonly currency?: string;
  readonly experimentId?: string;
  readonly variantKey?: string;
  readonly properties?: { readonly [key: string]: JsonInput };
}

/** The server's bound for one event, in UTF-8. */
export const eventBytesMax = 262_144;

export interface EncodedEvent {
  readonly json: string;
  readonly bytes: number;
}

/** The event's JSON with `eventId` and `timestamp`. `now`: epoch milliseconds. Errors: event_invalid. */
export function encodeEvent(event: object, now: number): EncodedEvent {
  const { eventId, timestamp } = event as Partial<EventInput>;
  const whole =
    eventId && timestamp !== undefined
      ? event
      : {
          ...event,
          eventId: eventId || makeUuidV7(now),
          timestamp: timestamp === undefined ? now : timestamp,
        };
  const json = stringify(whole);
  const bytes = Buffer.byteLength(json);
  if (bytes > eventBytesMax) {
    const message = `an event must have at most ${eventBytesMax} bytes of JSON; this one has ${bytes}`;
    throw new MillraceClientError('event_invalid', message);
  }
  return { json, bytes };
}

function stringify(event: object): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new MillraceClientError('event_invalid', `the event is no JSON: ${reason}`, { cause });
  }
}
