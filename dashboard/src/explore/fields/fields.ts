/** The fields of an event that a question may name, in groups as people look for them, with what their values are. */
import { fieldName } from '../../format/names.ts';

export type ValueType = 'text' | 'number' | 'boolean' | 'time';
/** `property`: may be of any type, also of several. */
export type FieldType = ValueType | 'property';

export const ownPrefix = 'properties.';
export const isOwn = (field: string) => field.startsWith(ownPrefix);

export const fieldGroups: readonly { readonly label: string; readonly fields: readonly string[] }[] = [
  {
    label: 'What happened',
    fields: ['type', 'path', 'host', 'url', 'title', 'productId', 'amount', 'currency'],
  },
  {
    label: 'Where from',
    fields: [
      'referrerHost',
      'channel',
      'referrer',
      'utmSource',
      'utmMedium',
      'utmCampaign',
      'utmTerm',
      'utmContent',
    ],
  },
  { label: 'Place', fields: ['country', 'region', 'city', 'language'] },
  { label: 'Device', fields: ['device', 'browser', 'os', 'screen', 'appVersion', 'source', 'bot'] },
  { label: 'Who', fields: ['userId', 'anonymousId', 'sessionId'] },
  { label: 'Experiments', fields: ['experimentId', 'variantKey'] },
  { label: 'When, and ids', fields: ['timestamp', 'receivedAt', 'eventId', 'viewId', 'previousId'] },
];

const types: Readonly<Record<string, ValueType>> = {
  amount: 'number',
  bot: 'boolean',
  timestamp: 'time',
  receivedAt: 'time',
};

export const fieldType = (field: string): FieldType => (isOwn(field) ? 'property' : (types[field] ?? 'text'));

/** Times and amounts would make a group of nearly every event. */
export const isGroupable = (field: string) => isOwn(field) || (field !== 'amount' && types[field] !== 'time');
/** What sums and averages take. */
export const isNumeric = (field: string) => isOwn(field) || field === 'amount';

/** Also of one that is no field (any more). */
export const labelOf = (field: string) => fieldName(field);
