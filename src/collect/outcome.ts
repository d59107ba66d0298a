/** What a request is told of its events: how many were accepted, and why each of the others was not. */

import { checkText } from '../event/check-text.ts';
import { eventIdCharactersMax } from '../event/limits.ts';
import { type Refusal, type RefusalReason, refusalMessage } from '../event/refusal.ts';
import type { Candidate } from './candidate.ts';

export interface RefusedEvent {
  /** Its place among the events of the request, from 0. */
  readonly index: number;
  readonly eventId?: string;
  readonly result: 'rejected';
  readonly reason: RefusalReason;
  readonly message: string;
}

export interface AcceptedEvent {
  readonly index: number;
  readonly eventId: string;
  readonly result: 'accepted';
}

export interface CollectResult {
  /** Events that are kept; one that was sent before counts, because it is kept too. */
  readonly accepted: number;
  readonly rejected: number;
  /** Every refused event in order; and the accepted one of a request with a single event whose id the server made. */
  readonly results: readonly (RefusedEvent | AcceptedEvent)[];
}

export function resultOf(candidates: readonly Candidate[], accepted: number): CollectResult {
  const rejected = candidates.length - accepted;
  const results: (RefusedEvent | AcceptedEvent)[] = [];
  for (const candidate of rejected > 0 ? candidates : []) {
    if (candidate.refusal !== undefined) results.push(refused(candidate, candidate.refusal));
  }
  const [only] = candidates;
  if (candidates.length === 1 && accepted === 1 && only?.hasMadeId) {
    results.push({ index: 0, eventId: only.event.eventId!, result: 'accepted' });
  }
  return { accepted, rejected, results };
}

function refused({ index, sent }: Candidate, refusal: Refusal): RefusedEvent {
  const eventId = sentEventId(sent);
  return {
    index,
    ...(eventId !== undefined && { eventId }),
    result: 'rejected',
    reason: refusal.reason,
    message: refusalMessage(refusal),
  };
}

/** The id that the sender gave to an event that was refused, as far as it is one. */
function sentEventId(sent: unknown): string | undefined {
  if (typeof sent !== 'object' || sent === null || !('eventId' in sent)) return undefined;
  const { eventId } = sent;
  if (typeof eventId !== 'string' || eventId === '') return undefined;
  return checkText('eventId', eventId, eventIdCharactersMax) === undefined ? eventId : undefined;
}
