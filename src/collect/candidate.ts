/** An event on its way through the steps, and what the steps know of the request that brought it. */
import type { EventDraft, ParsedEvent } from '../event/parse-event.ts';
import type { Refusal } from '../event/refusal.ts';

/** One request as the server hands it over. */
export interface CollectRequest {
  readonly project: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly contentType: string | undefined;
  /** Inflated. */
  readonly body: Uint8Array;
  /** Of the client, as far as proxies are believed. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

export interface CollectContext {
  readonly request: CollectRequest;
  /** The same bytes as `request.body`. */
  readonly body: Buffer;
  /** How many events the body holds that was parsed whole; 0: each event was found in it and stands at its own place. */
  readonly wholeEvents: number;
  /** Each event is a document of its own, and may be broken by itself. */
  readonly isLines: boolean;
  readonly isUtf8: boolean;
  /** There is a backslash in the body. */
  readonly hasEscapes: boolean;
}

export interface Candidate {
  /** Its place among the events of the request. */
  readonly index: number;
  /** Where it stands in the body, half-open; both 0 when the body was parsed whole. */
  readonly first: number;
  readonly end: number;
  /** What JSON.parse made of it; undefined until then. */
  sent: unknown;
  /** Blank until it is read out of `sent`. */
  event: EventDraft;
  /** What makes `event` of `sent`; undefined: it is what was sent. */
  changes: ParsedEvent['changes'];
  /** The visitor's address: used by the steps and left behind by them. */
  address: string | undefined;
  /** Nothing is added to it out of the request. */
  isExported: boolean;
  hasMadeId: boolean;
  /** Set by the step that refuses it; later steps leave it out. */
  refusal: Refusal | undefined;
}

/** Stands in every candidate until it is read. */
const unread: EventDraft = Object.freeze({ type: '', timestamp: 0, source: 'server' });

export function makeCandidate(index: number, first: number, end: number, sent?: unknown): Candidate {
  return {
    index,
    first,
    end,
    sent,
    event: unread,
    changes: undefined,
    address: undefined,
    isExported: false,
    hasMadeId: false,
    refusal: undefined,
  };
}

type Added = 'eventId' | 'userAgent' | 'anonymousId' | 'country' | 'region' | 'city';

/** Gives the event a field that it was not sent with. */
export function addField(candidate: Candidate, field: Added, value: string): void {
  candidate.event[field] = value;
  candidate.changes ??= {};
  candidate.changes[field] = value;
}
