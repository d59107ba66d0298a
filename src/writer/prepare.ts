/**
 * From what was accepted to what is stored: the list of steps that fill an event's row. Done here and not while the
 * sender waits, because none of it decides whether the event is taken. Every row has the same shape.
 */
import { AgentReader, isBot } from '../event/derive/agent.ts';
import { readArrival } from '../event/derive/channel.ts';
import { readPage } from '../event/derive/page.ts';
import type { Event, JsonObject } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import { type Hasher, openHasher } from '../event/hasher.ts';
import { personKey } from '../event/person.ts';

/** Where the log has the event, and what its record says of all its events. */
export interface Origin {
  readonly partition: number;
  readonly offset: number;
  readonly project: string;
  readonly receivedAt: number;
}

export interface PrepareTools {
  readonly hasher: Hasher;
  readonly agents: AgentReader;
}

type Row = { -readonly [K in keyof EventRow]: EventRow[K] };
type Step = (row: Row, event: Event, tools: PrepareTools) => void;

const steps: readonly Step[] = [addPerson, addAgent, addPage, addAmount];

const noProperties: JsonObject = Object.freeze({});
const amountPlaces = 4;

export async function openPrepareTools(): Promise<PrepareTools> {
  return { hasher: await openHasher(), agents: new AgentReader() };
}

export function prepareRow(event: Event, origin: Origin, tools: PrepareTools): EventRow {
  const row = copyFields(event, origin);
  for (const step of steps) step(row, event, tools);
  return row;
}

function copyFields(event: Event, origin: Origin): Row {
  return {
    partition: origin.partition,
    offset: origin.offset,
    project: origin.project,
    type: event.type,
    timestamp: event.timestamp,
    receivedAt: origin.receivedAt,
    eventId: event.eventId,
    userId: event.userId ?? '',
    anonymousId: event.anonymousId ?? '',
    previousId: event.previousId ?? '',
    personKey: 0n,
    sessionId: event.sessionId ?? '',
    viewId: event.viewId ?? '',
    source: event.source,
    bot: event.bot ?? false,
    url: event.url ?? '',
    host: '',
    path: '',
    referrer: event.referrer ?? '',
    referrerHost: '',
    channel: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmTerm: '',
    utmContent: '',
    title: event.title ?? '',
    screen: event.screen ?? '',
    language: event.language ?? '',
    appVersion: event.appVersion ?? '',
    os: event.os ?? '',
    device: event.device ?? '',
    browser: event.browser ?? '',
    country: event.country ?? '',
    region: event.region ?? '',
    city: event.city ?? '',
    productId: event.productId ?? '',
    amount: null,
    currency: event.currency ?? '',
    experimentId: event.experimentId ?? '',
    variantKey: event.variantKey ?? '',
    properties: event.properties ?? noProperties,
  };
}

function addPerson(row: Row, event: Event, { hasher }: PrepareTools): void {
  row.personKey = personKey(hasher, event.userId, event.anonymousId);
}

/** What the sender said of device, system and browser goes before what its User-Agent says. */
function addAgent(row: Row, event: Event, { agents }: PrepareTools): void {
  if (event.userAgent === undefined) return;
  const agent = agents.read(event.userAgent);
  if (row.device === '') row.device = agent.device;
  if (row.os === '') row.os = agent.os;
  if (row.browser === '') row.browser = agent.browser;
  row.bot = event.bot ?? isBot(agent, event.source);
}

/** Host, path, campaign and channel: from the URL of the page and the referrer. */
function addPage(row: Row, event: Event): void {
  if (event.url === undefined && event.referrer === undefined) return;
  const page = readPage(event.url);
  const arrival = readArrival(page, event.url, event.referrer);
  row.host = page.host;
  row.path = page.path;
  row.utmSource = page.utmSource;
  row.utmMedium = page.utmMedium;
  row.utmCampaign = page.utmCampaign;
  row.utmTerm = page.utmTerm;
  row.utmContent = page.utmContent;
  row.referrerHost = arrival.referrerHost;
  row.channel = arrival.channel;
}

/** '-12.5' is -125000n: the canonical text has at most four places. */
function addAmount(row: Row, event: Event): void {
  if (event.amount === undefined) return;
  const point = event.amount.indexOf('.');
  const whole = point < 0 ? event.amount : event.amount.slice(0, point);
  const fraction = point < 0 ? '' : event.amount.slice(point + 1);
  row.amount = BigInt(whole + fraction.padEnd(amountPlaces, '0'));
}
