/**
 * An event as it is sent, as a JSON Schema (2020-12): names and limits are the parser's. The parser besides looks at what a schema cannot
 * say (whether a date exists, how deep properties are). In an optional field null and '' count as absent.
 */
import {
  amountCharactersMax,
  eventIdCharactersMax,
  idCharactersMax,
  timestampSecondsBelow,
  titleCharactersMax,
  typeCharactersMax,
  urlCharactersMax,
  wordCharactersMax,
} from './limits.ts';
import { derivedFields, eventFields } from './parse-event.ts';

type Schema = Readonly<Record<string, unknown>>;

const texts: Readonly<Record<string, number>> = {
  eventId: eventIdCharactersMax,
  userId: idCharactersMax,
  anonymousId: idCharactersMax,
  previousId: idCharactersMax,
  sessionId: idCharactersMax,
  viewId: idCharactersMax,
  url: urlCharactersMax,
  referrer: urlCharactersMax,
  title: titleCharactersMax,
  productId: idCharactersMax,
  experimentId: idCharactersMax,
  variantKey: idCharactersMax,
};

const special: Readonly<Record<string, Schema>> = {
  type: { type: 'string', minLength: 1, maxLength: typeCharactersMax },
  timestamp: {
    description:
      'When it happened: ISO 8601 (without an offset it is UTC) or epoch milliseconds. At most 24 h ahead.',
    anyOf: [
      { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d' },
      { type: 'number', minimum: timestampSecondsBelow },
    ],
  },
  source: { enum: ['web', 'mobile', 'server', '', null] },
  userAgent: { type: ['string', 'null'], description: "The visitor's; used, then dropped." },
  ip: { type: ['string', 'null'], description: "The visitor's; used, then dropped." },
  amount: {
    description: 'Exact, at most four decimal places.',
    anyOf: [{ type: 'number' }, { type: 'string', maxLength: amountCharactersMax }, { type: 'null' }],
  },
  currency: { type: ['string', 'null'], pattern: '^([A-Za-z]{3})?$', description: 'ISO 4217.' },
  properties: { type: ['object', 'null'], description: 'Your own fields; numbers stay numbers.' },
  bot: { type: ['boolean', 'null'] },
  receivedAt: {
    type: ['string', 'null'],
    description:
      'Of exported events: when the other server took it. What is derived may then stand beside it.',
  },
};

const schemaOf = (name: string): Schema =>
  special[name] ?? { type: ['string', 'null'], maxLength: texts[name] ?? wordCharactersMax };

const derived = [...derivedFields];

export const eventSchema: Schema = {
  type: 'object',
  properties: Object.fromEntries([
    ...eventFields.map((name) => [name, schemaOf(name)]),
    ...derived.map((name) => [name, { type: ['string', 'null'] }]),
  ]),
  required: ['type', 'timestamp'],
  additionalProperties: false,
  dependentRequired: Object.fromEntries(derived.map((name) => [name, ['receivedAt']])),
  examples: [
    {
      type: 'pageview',
      timestamp: '2026-01-31T12:00:00Z',
      url: 'https://www.example.com/pricing',
      anonymousId: 'visitor-1',
    },
  ],
};
