/**
 * What questions answer, as schemas: the types of query/wire.ts, name by name. test/http/openapi/types.test.ts holds the two against each
 * other.
 */
import { fields } from '../../plan/field.ts';
import {
  count,
  decimal,
  flag,
  list,
  mapOf,
  named,
  number,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  scalar,
  text,
  time,
} from './describe.ts';
import { experimentSchemas } from './experiment-schemas.ts';

type Members = Readonly<Record<string, Schema>>;

const other: Members = {
  other: { const: true, description: 'All groups past the limit together.' },
};
const groupName: Members = { value: named(scalar, 'Null: the field is absent.') };

const ofNumbers: Members = { events: count };
const ofNumbersMaybe: Members = {
  users: named(count, 'Distinct persons.'),
  sessions: count,
  measures: named(
    mapOf(orNull(number)),
    "By 'p95(properties.load)'; null where no event has a number there.",
  ),
  amount: named(list(ref('Money')), 'By currency, ascending.'),
};
const ofSeries: Members = { events: list(count) };
const ofSeriesMaybe: Members = {
  users: named(list(count), 'Distinct persons within each bucket; they do not add up.'),
  sessions: list(count),
  measures: mapOf(list(orNull(number))),
  amount: list(ref('MoneySeries')),
};
const compare: Members = {
  compare: object({ from: time, to: time, data: ref('NumbersData') }),
};
const interval = oneOf('15m', 'hour', 'day', 'week', 'month');
const kind = (name: string): Schema => ({ const: name });

const meta: Members = {
  approximate: named(flag, 'Whether numbers of people may be off by `error`.'),
  error: named(number, 'The standard error as a share: 0.008 is 0.8 %.'),
  stale: named(flag, 'The store cannot be asked now; this is the last good answer.'),
  asOf: named(time, 'The answer holds every event that was countable then, and perhaps later ones.'),
};

const numbers: Members = {
  SummaryData: object(
    { kind: kind('summary'), total: ref('Numbers') },
    { groups: list(object({ ...groupName, ...ofNumbers }, { ...other, ...ofNumbersMaybe })), ...compare },
  ),
  BreakdownData: object(
    {
      kind: kind('breakdown'),
      by: list(text),
      total: ref('Numbers'),
      groups: list(object({ values: list(scalar), ...ofNumbers }, { ...other, ...ofNumbersMaybe })),
    },
    compare,
  ),
  TrendData: object(
    {
      kind: kind('trend'),
      interval,
      timeZone: text,
      buckets: list(ref('Bucket')),
      total: ref('Series'),
    },
    { groups: list(object({ ...groupName, ...ofSeries }, { ...other, ...ofSeriesMaybe })), ...compare },
  ),
  SeriesData: object(
    { kind: kind('series'), series: list(object({ name: text, values: list(orNull(number)) })) },
    { interval, timeZone: text, buckets: list(ref('Bucket')), ...compare },
  ),
  NumbersData: { anyOf: ['Summary', 'Trend', 'Breakdown', 'Series'].map((name) => ref(`${name}Data`)) },
  Numbers: object(ofNumbers, ofNumbersMaybe),
  Series: object(ofSeries, ofSeriesMaybe),
  Bucket: object({
    from: time,
    to: time,
    complete: named(flag, 'False when the range cuts it, or it was not over.'),
  }),
  Money: object({
    currency: orNull(text),
    count,
    sum: decimal,
    avg: decimal,
    min: decimal,
    max: decimal,
  }),
  MoneySeries: object({
    currency: orNull(text),
    count: list(count),
    sum: list(decimal),
    avg: list(orNull(decimal)),
    min: list(orNull(decimal)),
    max: list(orNull(decimal)),
  }),
};

const medians: Members = {
  medianFromPreviousMs: orNull(number),
  medianFromStartMs: orNull(number),
};
const sessionNumbers: Members = {
  sessions: count,
  users: count,
  averageMs: orNull(number),
  medianMs: orNull(number),
  bounceRate: named(orNull(number), 'The share of sessions of one page view and nothing else.'),
  pageviewsPerSession: orNull(number),
};
const liveGroups = list(object({ ...groupName, events: count, users: count }, other));
const pathNode = object(groupName, other);

const analyses: Members = {
  FunnelData: object(
    {
      kind: kind('funnel'),
      steps: list(
        object({ name: text, count, rate: orNull(number), rateFromPrevious: orNull(number), ...medians }),
      ),
      toConvert: list(object({ fromMs: number, toMs: orNull(number), count })),
    },
    { groups: list(object({ ...groupName, counts: list(count), rates: list(orNull(number)) }, other)) },
  ),
  PeopleData: object({ kind: kind('people'), people: list(ref('PersonData')) }, { next: text }),
  PersonData: object(
    {
      key: named(text, 'Stands for the person inside Millrace; it changes when ids are linked.'),
      firstSeen: time,
      lastSeen: time,
      events: named(count, 'Within the range.'),
    },
    { userId: text, anonymousId: text },
  ),
  UserData: object(
    {
      kind: kind('user'),
      person: { anyOf: [ref('PersonData'), { type: 'null' }] },
      events: list(ref('EventData')),
    },
    { next: text },
  ),
  RetentionData: object({
    kind: kind('retention'),
    period: interval,
    timeZone: text,
    periods: list(ref('Bucket')),
    cohorts: list(object({ people: count, returned: list(count) })),
  }),
  PathsData: object({
    kind: kind('paths'),
    field: text,
    direction: oneOf('forward', 'backward'),
    sequences: count,
    nodes: list(object({ ...groupName, step: count, sequences: count, ends: count }, other)),
    links: list(object({ step: count, from: pathNode, to: pathNode, sequences: count })),
  }),
  SessionsData: object(
    { kind: kind('sessions'), total: object(sessionNumbers) },
    { groups: list(object({ ...groupName, ...sessionNumbers }, other)) },
  ),
  LiveData: object({
    kind: kind('live'),
    now: named(count, 'Persons of the last five minutes.'),
    minutes: list(object({ from: time, events: count, users: count })),
    pages: liveGroups,
    referrers: liveGroups,
    countries: liveGroups,
  }),
};

/** In the order of the fields; what is a number or money stands by itself. */
const optionalTexts = [...fields.values()].filter(({ optional, type }) => optional && type === 'string');

const events: Members = {
  EventsData: object({ kind: kind('events'), events: list(ref('EventData')) }, { next: text }),
  EventData: object(
    {
      eventId: text,
      type: text,
      timestamp: time,
      receivedAt: time,
      source: oneOf('web', 'mobile', 'server'),
      bot: flag,
    },
    {
      ...Object.fromEntries(optionalTexts.map(({ name }) => [name, text])),
      amount: named(decimal, 'Exact decimal text.'),
      properties: ref('JsonObject'),
    },
  ),
  JsonObject: { type: 'object', additionalProperties: ref('JsonValue') },
  JsonValue: {
    anyOf: [
      { type: ['string', 'number', 'boolean', 'null'] },
      { type: 'array', items: ref('JsonValue') },
      ref('JsonObject'),
    ],
  },
};

/** The data of an answer by the kind of its plan; most kinds have one form. */
export const dataOfKind: Readonly<Record<string, readonly string[]>> = {
  summary: ['SummaryData', 'SeriesData'],
  trend: ['TrendData', 'SeriesData'],
  breakdown: ['BreakdownData'],
  events: ['EventsData'],
  funnel: ['FunnelData', 'PeopleData'],
  retention: ['RetentionData'],
  paths: ['PathsData'],
  sessions: ['SessionsData'],
  users: ['PeopleData'],
  user: ['UserData'],
  live: ['LiveData'],
  experiment: ['ExperimentData'],
};

/** An answer whose data is one of these; any when nothing is said. */
export function answerOf(kinds: readonly string[] = Object.keys(dataOfKind)): Schema {
  const names = [...new Set(kinds.flatMap((name) => dataOfKind[name]!))];
  const [only] = names;
  return object({
    data: names.length === 1 ? ref(only!) : { anyOf: names.map(ref) },
    meta: ref('AnswerMeta'),
  });
}

const summaryMeta = (more: Members) =>
  object(
    { ...meta, ...more },
    { truncated: { const: true, description: 'There are more types than the body lists.' } },
  );

export const answerSchemas: Members = {
  Answer: answerOf(),
  AnswerMeta: object(
    {
      ...meta,
      cached: named(flag, 'Whether it was computed for an earlier asker.'),
      source: named(text, 'What was read: rollups or rows; words for people.'),
      rowsRead: count,
      durationMs: number,
    },
    { sample: number, explain: ref('Explanation') },
  ),
  Explanation: object({
    passes: list(text),
    tables: list(text),
    rowsRead: count,
    computedInMs: number,
    cache: oneOf('hit', 'miss', 'shared', 'stale', 'none'),
  }),
  ...numbers,
  ...analyses,
  ...experimentSchemas,
  ...events,
  SummaryBody: object({
    data: object({ totalEvents: count, uniqueUsers: count, eventsByType: mapOf(count) }),
    cached: flag,
    meta: summaryMeta({}),
  }),
  SummaryBodyV2: object({
    data: object({
      total_events: count,
      unique_users: count,
      events_by_type: mapOf(count),
      period: named(object({ from: time, to: time }), 'The first and the last millisecond that were meant.'),
    }),
    meta: summaryMeta({ cached: flag }),
  }),
};
