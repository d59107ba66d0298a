/**
 * From anything that was sent to an event or to the one reason why it is none: the first rule broken, in the order in
 * which the fields were sent. null and '' in an optional field count as absent. Nothing here throws. What is right as it was
 * sent is the event; only where something has to change is another object made.
 */
import { isIP } from 'node:net';
import { parseAmount } from './amount.ts';
import { applyChanges, type EventChanges } from './changes.ts';
import { checkProperties } from './check-properties.ts';
import { checkCharacters, checkLength, checkText } from './check-text.ts';
import { parseCurrency } from './currency.ts';
import { cutText } from './derive/text.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Event, Source } from './event.ts';
import {
  eventIdCharactersMax,
  idCharactersMax,
  timestampAheadMaxMs,
  timestampMinMs,
  timestampSecondsBelow,
  titleCharactersMax,
  typeCharactersMax,
  urlCharactersMax,
  userAgentCharactersMax,
  wordCharactersMax,
} from './limits.ts';
import type { Refusal } from './refusal.ts';
import { parseTimestamp } from './timestamp.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** An event that is being taken: its id may still be missing, and steps may add to it. */
export type EventDraft = Writable<Omit<Event, 'eventId'>> & { eventId?: string };

export interface ParsedEvent {
  /** The object that was sent, when `changes` is undefined. */
  readonly event: EventDraft;
  /** What makes `event` of what was sent. */
  readonly changes: Changes | undefined;
  /** The visitor's address as sent in `ip`. Beside the event and not in it, because no event keeps one. */
  readonly address: string | undefined;
  /** It says when it was received: it comes out of an export, so the request knows nothing more about its visitor. */
  readonly isExported: boolean;
}

type Changes = Writable<EventChanges>;
type Sent = Readonly<Record<string, unknown>>;

/** What is found while the fields are read. */
interface Reading {
  readonly receivedAt: number;
  readonly hasEscapes: boolean;
  changes: Changes | undefined;
  address: string | undefined;
  isExported: boolean;
}

/** Checks one field that is present, and notes what has to change. */
type ReadField = (value: unknown, reading: Reading) => Refusal | undefined;
type TextField = {
  [K in keyof EventDraft]-?: EventDraft[K] extends string | undefined ? K : never;
}[keyof EventDraft];

const sources: ReadonlySet<unknown> = new Set<Source>(['web', 'mobile', 'server']);

const fields: Readonly<Record<keyof Event | 'ip' | 'receivedAt', ReadField>> = {
  type: text('type', typeCharactersMax),
  timestamp: readTimestamp,
  eventId: text('eventId', eventIdCharactersMax),
  userId: text('userId', idCharactersMax),
  anonymousId: text('anonymousId', idCharactersMax),
  previousId: text('previousId', idCharactersMax),
  sessionId: text('sessionId', idCharactersMax),
  viewId: text('viewId', idCharactersMax),
  source: readSource,
  userAgent: readUserAgent,
  ip: readIp,
  url: text('url', urlCharactersMax),
  referrer: text('referrer', urlCharactersMax),
  title: text('title', titleCharactersMax),
  screen: text('screen', wordCharactersMax),
  language: text('language', wordCharactersMax),
  appVersion: text('appVersion', wordCharactersMax),
  os: text('os', wordCharactersMax),
  device: text('device', wordCharactersMax),
  browser: text('browser', wordCharactersMax),
  country: text('country', wordCharactersMax),
  region: text('region', wordCharactersMax),
  city: text('city', wordCharactersMax),
  productId: text('productId', idCharactersMax),
  amount: readAmount,
  currency: readCurrency,
  experimentId: text('experimentId', idCharactersMax),
  variantKey: text('variantKey', idCharactersMax),
  properties: (value, { hasEscapes }) => checkProperties(value, hasEscapes),
  bot: readBot,
  receivedAt: readReceivedAt,
};

/** What an export says besides: derived anew from the other fields, so it is passed over there and refused elsewhere. */
export const derivedFields: ReadonlySet<string> = new Set([
  'host',
  'path',
  'referrerHost',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
]);

/** The names of all fields that a sender may use. */
export const eventFields: readonly string[] = Object.keys(fields);

/** A Map, because `fields['constructor']` would find what every object has. */
const readers = new Map<string, ReadField>(Object.entries(fields));

/**
 * `receivedAt`: epoch milliseconds; decides what lies in the future. `hasEscapes` false: there was no backslash in the JSON, so
 * the characters of its texts need not be looked at one by one.
 */
export function parseEvent(value: unknown, receivedAt: number, hasEscapes = true): ParsedEvent | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'not_an_object', value };
  }
  const sent = value as Sent;
  const reading: Reading = {
    receivedAt,
    hasEscapes,
    changes: undefined,
    address: undefined,
    isExported: false,
  };
  const refusal = readFields(sent, reading) ?? findMissing(sent, reading);
  if (refusal !== undefined) return refusal;
  const { changes, address, isExported } = reading;
  const event = changes === undefined ? sent : applyChanges(sent, changes);
  return { event: event as unknown as EventDraft, changes, address, isExported };
}

export function isRefusal(result: ParsedEvent | Refusal): result is Refusal {
  return 'reason' in result;
}

function readFields(sent: Sent, reading: Reading): Refusal | undefined {
  for (const name in sent) {
    const read = readers.get(name);
    const value = sent[name];
    if (read === undefined) {
      if (!derivedFields.has(name) || typeof sent.receivedAt !== 'string')
        return { reason: 'field_unknown', field: name, meant: didYouMean(name, eventFields) };
      change(reading, name, null);
    } else if (value === null || value === '') {
      change(reading, name, null);
    } else {
      const refusal = read(value, reading);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

/** What stands there has been read, so it is right. */
function findMissing(sent: Sent, reading: Reading): Refusal | undefined {
  if (!sent.type) return { reason: 'field_missing', field: 'type' };
  if (!sent.timestamp) return { reason: 'field_missing', field: 'timestamp' };
  if (!sent.source) change(reading, 'source', sent.url ? 'web' : 'server');
  return undefined;
}

function change(reading: Reading, name: string, value: unknown): void {
  reading.changes ??= {};
  reading.changes[name] = value;
}

function text(field: TextField, charactersMax: number): ReadField {
  return (value, { hasEscapes }) => {
    if (typeof value !== 'string') return notText(field, value);
    const refusal = checkLength(field, value, charactersMax);
    return refusal === undefined && hasEscapes ? checkCharacters(field, value) : refusal;
  };
}

function notText(field: string, value: unknown): Refusal {
  return { reason: 'wrong_type', field, expected: 'a string', value };
}

function readTimestamp(value: unknown, reading: Reading): Refusal | undefined {
  const { receivedAt } = reading;
  let at: number | undefined;
  if (typeof value === 'number') {
    if (!(value >= timestampSecondsBelow)) return { reason: 'timestamp_in_seconds', value };
    at = Math.floor(value);
  } else if (typeof value === 'string') {
    at = parseTimestamp(value);
    if (at === undefined) return { reason: 'timestamp_malformed', value };
  } else {
    return { reason: 'wrong_type', field: 'timestamp', expected: 'a string or a number', value };
  }
  if (at > receivedAt + timestampAheadMaxMs) return { reason: 'timestamp_in_future', value, receivedAt };
  if (at < timestampMinMs) return { reason: 'timestamp_too_early', value };
  if (at !== value) change(reading, 'timestamp', at);
  return undefined;
}

function readSource(value: unknown): Refusal | undefined {
  if (typeof value !== 'string') return notText('source', value);
  return sources.has(value) ? undefined : { reason: 'source_unknown', value };
}

function readUserAgent(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('userAgent', value);
  const cut = cutText(value, userAgentCharactersMax);
  if (cut !== value) change(reading, 'userAgent', cut);
  return checkText('userAgent', cut, userAgentCharactersMax);
}

/** Never kept, in no spelling: see where a record is cut. */
function readIp(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('ip', value);
  if (isIP(value) === 0) return { reason: 'ip_malformed', value };
  reading.address = value;
  change(reading, 'ip', null);
  return undefined;
}

function readAmount(value: unknown, reading: Reading): Refusal | undefined {
  const amount = parseAmount(value);
  if (typeof amount !== 'string') return amount;
  if (amount !== value) change(reading, 'amount', amount);
  return undefined;
}

function readCurrency(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('currency', value);
  const currency = parseCurrency(value);
  if (currency === undefined) return { reason: 'currency_unknown', value };
  if (currency !== value) change(reading, 'currency', currency);
  return undefined;
}

function readBot(value: unknown): Refusal | undefined {
  if (typeof value === 'boolean') return undefined;
  return { reason: 'wrong_type', field: 'bot', expected: 'true or false', value };
}

/** Of the server that exported it. Ours is the time of the request: what is known twice is told apart by it. */
function readReceivedAt(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('receivedAt', value);
  if (parseTimestamp(value) === undefined) return { reason: 'timestamp_malformed', value };
  reading.isExported = true;
  change(reading, 'receivedAt', null);
  return undefined;
}
