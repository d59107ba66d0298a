/** The columns of exported events: the names of the wire, in a fixed order, `eventId` first. */
import type { EventData } from '../query/wire.ts';
import type { Column, Row, Sheet } from './sheet.ts';

const types: Readonly<Record<keyof EventData, Column['type']>> = {
  eventId: 'text',
  type: 'text',
  timestamp: 'time',
  receivedAt: 'time',
  source: 'text',
  bot: 'boolean',
  userId: 'text',
  anonymousId: 'text',
  previousId: 'text',
  sessionId: 'text',
  viewId: 'text',
  url: 'text',
  host: 'text',
  path: 'text',
  referrer: 'text',
  referrerHost: 'text',
  channel: 'text',
  utmSource: 'text',
  utmMedium: 'text',
  utmCampaign: 'text',
  utmTerm: 'text',
  utmContent: 'text',
  title: 'text',
  screen: 'text',
  language: 'text',
  appVersion: 'text',
  os: 'text',
  device: 'text',
  browser: 'text',
  country: 'text',
  region: 'text',
  city: 'text',
  productId: 'text',
  amount: 'text',
  currency: 'text',
  experimentId: 'text',
  variantKey: 'text',
  properties: 'json',
};

const columns: readonly Column[] = Object.entries(types).map(([name, type]) => ({ name, type }));

export const eventSheet = (pieces: AsyncIterable<readonly EventData[]>): Sheet => ({
  columns,
  rows: pieces as unknown as AsyncIterable<readonly Row[]>,
});
