/** An event as clients see it, out of its row: what is absent is left out, times are ISO 8601, money is exact text. */
import type { EventRow } from '../event/event-row.ts';
import { amountText } from './money.ts';
import type { EventData } from './wire.ts';

type TextField = { [K in keyof EventData]-?: EventRow[K] extends string ? K : never }[keyof EventData];

/** In the order in which they are written. */
const texts: readonly TextField[] = [
  'userId',
  'anonymousId',
  'previousId',
  'sessionId',
  'viewId',
  'url',
  'host',
  'path',
  'referrer',
  'referrerHost',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'title',
  'screen',
  'language',
  'appVersion',
  'os',
  'device',
  'browser',
  'country',
  'region',
  'city',
  'productId',
  'currency',
  'experimentId',
  'variantKey',
];

export function eventDataOf(row: EventRow): EventData {
  const data: Record<string, unknown> = {
    eventId: row.eventId,
    type: row.type,
    timestamp: new Date(row.timestamp).toISOString(),
    receivedAt: new Date(row.receivedAt).toISOString(),
    source: row.source,
    bot: row.bot,
  };
  for (const name of texts) {
    if (row[name] !== '') data[name] = row[name];
  }
  if (row.amount !== null) data.amount = amountText(row.amount);
  if (hasAny(row.properties)) data.properties = row.properties;
  return data as unknown as EventData;
}

function hasAny(object: object): boolean {
  for (const _ in object) return true;
  return false;
}
