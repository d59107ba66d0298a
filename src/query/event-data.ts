/** An event as clients see it, out of its row: what is absent is undefined, times are ISO 8601, money is exact text. */
import type { EventRow } from '../event/event-row.ts';
import { amountText } from './money.ts';
import type { EventData } from './wire.ts';

/** One literal, since millions are made: objects that grow key by key cost several times as much. JSON leaves out undefined. */
export function eventDataOf(row: EventRow): EventData {
  const data: { readonly [K in keyof EventData]: EventData[K] | undefined } = {
    eventId: row.eventId,
    type: row.type,
    timestamp: new Date(row.timestamp).toISOString(),
    receivedAt: new Date(row.receivedAt).toISOString(),
    source: row.source,
    bot: row.bot,
    userId: row.userId || undefined,
    anonymousId: row.anonymousId || undefined,
    previousId: row.previousId || undefined,
    sessionId: row.sessionId || undefined,
    viewId: row.viewId || undefined,
    url: row.url || undefined,
    host: row.host || undefined,
    path: row.path || undefined,
    referrer: row.referrer || undefined,
    referrerHost: row.referrerHost || undefined,
    channel: row.channel || undefined,
    utmSource: row.utmSource || undefined,
    utmMedium: row.utmMedium || undefined,
    utmCampaign: row.utmCampaign || undefined,
    utmTerm: row.utmTerm || undefined,
    utmContent: row.utmContent || undefined,
    title: row.title || undefined,
    screen: row.screen || undefined,
    language: row.language || undefined,
    appVersion: row.appVersion || undefined,
    os: row.os || undefined,
    device: row.device || undefined,
    browser: row.browser || undefined,
    country: row.country || undefined,
    region: row.region || undefined,
    city: row.city || undefined,
    productId: row.productId || undefined,
    amount: row.amount === null ? undefined : amountText(row.amount),
    currency: row.currency || undefined,
    experimentId: row.experimentId || undefined,
    variantKey: row.variantKey || undefined,
    properties: hasAny(row.properties) ? row.properties : undefined,
  };
  return data as EventData;
}

function hasAny(object: object): boolean {
  for (const _ in object) return true;
  return false;
}
