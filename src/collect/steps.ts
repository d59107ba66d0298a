/**
 * What happens to each event before it is appended: the list, in order. `drop…` may refuse an event, `add…` may add to
 * it. A step works on a slice of a request's events; most look at one event at a time (`each`).
 */
import { isUtf8 } from 'node:buffer';
import { failure } from '../errors.ts';
import { checkText } from '../event/check-text.ts';
import { cutText } from '../event/derive/text.ts';
import { eventBytesMax, userAgentCharactersMax } from '../event/limits.ts';
import { isRefusal, parseEvent } from '../event/parse-event.ts';
import { canonicalAddress } from './address.ts';
import { addField, type Candidate, type CollectContext } from './candidate.ts';
import type { Places } from './places.ts';
import { type DailySalts, visitorId } from './visitor.ts';

export interface Step {
  readonly name: string;
  /** Never gets a candidate that is refused already. */
  run(slice: readonly Candidate[], context: CollectContext): void | undefined | Promise<void>;
}

export interface StepTools {
  /** Makes the id of an event that came without one: UUIDv7. */
  readonly newId: () => string;
  readonly salts: DailySalts;
  readonly places: Places | undefined;
}

export function collectSteps({ newId, salts, places }: StepTools): readonly Step[] {
  return [
    each('dropUnreadable', dropUnreadable),
    each('dropInvalid', dropInvalid),
    each('addEventId', (candidate) => addEventId(candidate, newId)),
    each('addContext', addContext),
    { name: 'addVisitor', run: (slice, context) => addVisitor(slice, context, salts) },
    each('addPlace', (candidate) => addPlace(candidate, places)),
  ];
}

function each(name: string, step: (candidate: Candidate, context: CollectContext) => void): Step {
  return {
    name,
    run: (slice, context) => {
      for (const candidate of slice) step(candidate, context);
    },
  };
}

/** Bytes to JSON. A document that is broken anywhere is refused whole, because nobody can say where its events end. */
function dropUnreadable(candidate: Candidate, { body, isLines, isUtf8: isBodyUtf8 }: CollectContext): void {
  if (candidate.sent !== undefined) return;
  const { first, end } = candidate;
  const bytes = end - first;
  if (bytes > eventBytesMax) {
    candidate.refusal = { reason: 'event_too_large', bytes };
  } else if (!isBodyUtf8 && !isUtf8(body.subarray(first, end))) {
    candidate.refusal = { reason: 'not_utf8' };
  } else {
    try {
      candidate.sent = JSON.parse(body.toString('utf8', first, end));
    } catch (error) {
      const detail = (error as Error).message;
      if (!isLines) throw failure('body_malformed', { detail: `the body is not JSON: ${detail}` }, error);
      candidate.refusal = { reason: 'not_json', detail };
    }
  }
}

function dropInvalid(candidate: Candidate, { request, hasEscapes }: CollectContext): void {
  const parsed = parseEvent(candidate.sent, request.receivedAt, hasEscapes);
  if (isRefusal(parsed)) {
    candidate.refusal = parsed;
  } else {
    candidate.event = parsed.event;
    candidate.changes = parsed.changes;
    candidate.address = parsed.address;
    candidate.isExported = parsed.isExported;
  }
}

function addEventId(candidate: Candidate, newId: () => string): void {
  if (candidate.event.eventId !== undefined) return;
  addField(candidate, 'eventId', newId());
  candidate.hasMadeId = true;
}

/** Pages and apps speak for themselves; those of a server's request, or of an import, are not the visitor's. */
function addContext(candidate: Candidate, { request }: CollectContext): void {
  const { event } = candidate;
  if (event.source === 'server' || candidate.isExported) return;
  candidate.address ??= request.address;
  if (event.userAgent !== undefined || !request.userAgent) return;
  const userAgent = cutText(request.userAgent, userAgentCharactersMax);
  if (checkText('userAgent', userAgent, userAgentCharactersMax) === undefined) {
    addField(candidate, 'userAgent', userAgent);
  }
}

/** Whoever comes without an id gets the id of the day. Most slices hold one visitor, so the last id is kept. */
function addVisitor(
  slice: readonly Candidate[],
  context: CollectContext,
  salts: DailySalts,
): Promise<void> | undefined {
  return slice.some(isNameless) ? nameVisitors(slice.filter(isNameless), context, salts) : undefined;
}

async function nameVisitors(
  nameless: readonly Candidate[],
  { request }: CollectContext,
  salts: DailySalts,
): Promise<void> {
  const salt = await salts.get(request.receivedAt);
  if (salt === undefined) return;
  let last = { address: '', userAgent: '', id: '' };
  for (const candidate of nameless) {
    const { event, address = '' } = candidate;
    const userAgent = event.userAgent ?? '';
    if (last.id === '' || last.address !== address || last.userAgent !== userAgent) {
      const id = visitorId(salt, request.project, canonicalAddress(address) ?? address, userAgent);
      last = { address, userAgent, id };
    }
    addField(candidate, 'anonymousId', last.id);
  }
}

function isNameless({ event, address, isExported }: Candidate): boolean {
  if (isExported) return false;
  if (event.userId !== undefined || event.anonymousId !== undefined) return false;
  return event.source !== 'server' && address !== undefined;
}

/** A sender that names the country knows better than the address does. */
function addPlace(candidate: Candidate, places: Places | undefined): void {
  const { event, address } = candidate;
  if (places === undefined || address === undefined || event.country !== undefined) return;
  const canonical = canonicalAddress(address);
  const place = canonical === undefined ? undefined : places.find(canonical);
  if (place?.country === undefined) return;
  addField(candidate, 'country', place.country);
  if (place.region !== undefined && event.region === undefined) addField(candidate, 'region', place.region);
  if (place.city !== undefined && event.city === undefined) addField(candidate, 'city', place.city);
}
