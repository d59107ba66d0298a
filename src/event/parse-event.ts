/**
 * From anything that was sent to an event or to the one reason why it is none: the first rule broken, in the order in
 * which the fields were sent. null and '' in an optional field count as absent. Nothing here throws.
 */
import { isIP } from 'node:net';
import { parseAmount } from './amount.ts';
import { checkProperties } from './check-properties.ts';
import { checkText } from './check-text.ts';
import { parseCurrency } from './currency.ts';
import { cutText } from './derive/text.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Event, JsonObject, Source } from './event.ts';
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
  readonly event: EventDraft;
  /** The visitor's address as sent in `ip`. Beside the event and not in it, because no event keeps one. */
  readonly address: string | undefined;
  /** It says when it was received: it comes out of an export, so the request knows nothing more about its visitor. */
  readonly isExported: boolean;
}

/** What the fields are read into, before it is known that none is missing. */
interface Reading {
  readonly draft: Partial<EventDraft>;
  readonly receivedAt: number;
  address: string | undefined;
  isExported: boolean;
}

/** Reads one field that is present into the draft. */
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
  properties: readProperties,
  bot: readBot,
  receivedAt: readReceivedAt,
};

/** What an export says besides: derived anew from the other fields, so it is passed over there and refused elsewhere. */
const derivedFields: ReadonlySet<string> = new Set([
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

/** `receivedAt`: epoch milliseconds; decides what lies in the future. */
export function parseEvent(value: unknown, receivedAt: number): ParsedEvent | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'not_an_object', value };
  }
  const reading: Reading = { draft: {}, receivedAt, address: undefined, isExported: false };
  const refusal = readFields(value as Readonly<Record<string, unknown>>, reading);
  if (refusal !== undefined) return refusal;
  const { draft } = reading;
  if (draft.type === undefined) return { reason: 'field_missing', field: 'type' };
  if (draft.timestamp === undefined) return { reason: 'field_missing', field: 'timestamp' };
  draft.source ??= draft.url === undefined ? 'server' : 'web';
  return { event: draft as EventDraft, address: reading.address, isExported: reading.isExported };
}

export function isRefusal(result: ParsedEvent | Refusal): result is Refusal {
  return 'reason' in result;
}

function readFields(sent: Readonly<Record<string, unknown>>, reading: Reading): Refusal | undefined {
  for (const name of Object.keys(sent)) {
    const read = readers.get(name);
    if (read === undefined) {
      if (derivedFields.has(name) && typeof sent.receivedAt === 'string') continue;
      return { reason: 'field_unknown', field: name, meant: didYouMean(name, eventFields) };
    }
    const value = sent[name];
    if (value === null || value === '') continue;
    const refusal = read(value, reading);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function text(field: TextField, charactersMax: number): ReadField {
  return (value, { draft }) => {
    if (typeof value !== 'string') return notText(field, value);
    const refusal = checkText(field, value, charactersMax);
    if (refusal === undefined) (draft as Record<TextField, string>)[field] = value;
    return refusal;
  };
}

function notText(field: string, value: unknown): Refusal {
  return { reason: 'wrong_type', field, expected: 'a string', value };
}

function readTimestamp(value: unknown, { draft, receivedAt }: Reading): Refusal | undefined {
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
  draft.timestamp = at;
  return undefined;
}

function readSource(value: unknown, { draft }: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('source', value);
  if (!sources.has(value)) return { reason: 'source_unknown', value };
  draft.source = value as Source;
  return undefined;
}

function readUserAgent(value: unknown, { draft }: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('userAgent', value);
  const cut = cutText(value, userAgentCharactersMax);
  const refusal = checkText('userAgent', cut, userAgentCharactersMax);
  if (refusal === undefined) draft.userAgent = cut;
  return refusal;
}

function readIp(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('ip', value);
  if (isIP(value) === 0) return { reason: 'ip_malformed', value };
  reading.address = value;
  return undefined;
}

function readAmount(value: unknown, { draft }: Reading): Refusal | undefined {
  const amount = parseAmount(value);
  if (typeof amount !== 'string') return amount;
  draft.amount = amount;
  return undefined;
}

function readCurrency(value: unknown, { draft }: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('currency', value);
  const currency = parseCurrency(value);
  if (currency === undefined) return { reason: 'currency_unknown', value };
  draft.currency = currency;
  return undefined;
}

function readProperties(value: unknown, { draft }: Reading): Refusal | undefined {
  const refusal = checkProperties(value);
  if (refusal === undefined) draft.properties = value as JsonObject;
  return refusal;
}

function readBot(value: unknown, { draft }: Reading): Refusal | undefined {
  if (typeof value !== 'boolean')
    return { reason: 'wrong_type', field: 'bot', expected: 'true or false', value };
  draft.bot = value;
  return undefined;
}

/** Of the server that exported it. Ours is the time of the request: what is known twice is told apart by it. */
function readReceivedAt(value: unknown, reading: Reading): Refusal | undefined {
  if (typeof value !== 'string') return notText('receivedAt', value);
  if (parseTimestamp(value) === undefined) return { reason: 'timestamp_malformed', value };
  reading.isExported = true;
  return undefined;
}
