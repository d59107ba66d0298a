/** An event on its way through the steps, and what the steps know of the request that brought it. */
import type { EventDraft } from '../event/parse-event.ts';
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
  /** Each event is a document of its own, and may be broken by itself. */
  readonly isLines: boolean;
  readonly isUtf8: boolean;
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
  /** The visitor's address: used by the steps and left behind by them. */
  address: string | undefined;
  /** Nothing is added to it out of the request. */
  isExported: boolean;
  hasMadeId: boolean;
  /** Set by the step that refuses it; later steps leave it out. */
  refusal: Refusal | undefined;
}

export function makeCandidate(index: number, first: number, end: number, sent?: unknown): Candidate {
  const event: EventDraft = { type: '', timestamp: 0, source: 'server' };
  return {
    index,
    first,
    end,
    sent,
    event,
    address: undefined,
    isExported: false,
    hasMadeId: false,
    refusal: undefined,
  };
}
