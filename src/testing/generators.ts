/**
 * fast-check arbitraries for rows and plans. Small worlds on purpose: few types, people and places, so that groups tie,
 * filters hit and limits cut; times stand on and beside the borders where stores go wrong. Needs `fast-check` installed
 * beside this package.
 */
import fc from 'fast-check';
import { millisecondsPerDay, millisecondsPerHour, millisecondsPerSlot } from '../clock.ts';
import type { JsonObject, JsonValue, Source } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import { bucketsOf } from '../plan/edges.ts';
import type { Aggregate, Bots, By, Filter, Interval, Measure, Metric, Plan } from '../plan/plan.ts';
import type { Question } from '../store/store.ts';
import { eventRow } from './rows.ts';

/** Moments around which clocks change, months end, or numbers change sign. */
export const anchors: readonly number[] = [
  '2025-03-30T01:00:00Z', // Europe/Berlin 02:00 → 03:00
  '2025-10-26T01:00:00Z', // Europe/Berlin 03:00 → 02:00
  '2025-04-05T15:00:00Z', // Australia/Lord_Howe back by half an hour
  '2025-10-04T15:30:00Z', // and forward again
  '2025-03-09T05:30:00Z', // America/St_Johns, an offset of three and a half hours
  '2018-11-04T03:00:00Z', // America/Sao_Paulo, where that day began at 01:00
  '2011-12-30T10:00:00Z', // Pacific/Apia skips a day
  '2025-07-01T00:00:00Z', // a month ends
  '2024-02-29T12:00:00Z',
  '1970-01-01T00:00:00Z',
  '1965-06-15T08:00:00Z',
].map((iso) => Date.parse(iso));

export const timeZones = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Pacific/Apia',
] as const;

/** xxHash64 of the ids, as the writer computes it. */
const persons: ReadonlyMap<string, bigint> = new Map([
  ['ada', 15234614535140804304n],
  ['bob', 10558559838520660027n],
  ['zoë', 10925138492728876634n],
  ['张伟', 3415629973297283407n],
  ['o\'neil "x"\\', 14468638332696257013n],
  ['a-1', 17240857611746710707n],
  ['a-2', 16383284851228777915n],
  ['😀', 10386911163046198144n],
]);
const userIds = ['', '', 'ada', 'bob', 'zoë', '张伟', 'o\'neil "x"\\'];
const anonymousIds = ['', 'a-1', 'a-2', '😀'];
const previousIds = ['', 'a-1', 'a-2', 'ada', 'bob', 'zoë'];
/** Half of the events name no session: theirs are derived. */
const sessionIds = ['', '', '', 's-1', 's-2', "ü's"];

const linkTypes = ['identify', 'IDENTIFY', 'alias', 'alias', 'ALIAS'];
const usualTypes = ['pageview', 'pageview', 'click', 'purchase', '__proto__', 'it\'s "q" \\ `b`', '～', '😀'];
const countries = ['', 'DE', 'IN', 'de', 'null'];
const paths = ['', '/', '/a', '/a/b', '/a%20b', '/é', '/%', '/_', '/\u0001x', '/line\nbreak\ttab', '/\u2028'];
const currencies = ['', 'EUR', 'USD', 'JPY'];
const amounts = [
  0n,
  1n,
  -1n,
  125_000n,
  -125_000n,
  99_999n,
  1_000_000n,
  999_999_999_999_999_999n,
  -999_999_999_999_999_999n,
];
const scalars: readonly JsonValue[] = [
  'pro',
  'free',
  '',
  '1',
  'true',
  'null',
  'ü"\'\\',
  '～',
  '😀',
  1,
  1.5,
  0,
  -1,
  0.1,
  1e21,
  1e-7,
  9007199254740992,
  true,
  false,
  null,
];
/** Property paths that the generated rows use, and one that they never do. */
const propertyNames = ['plan', 'n', 'a.b', 'a', 'a.c.d', 'weird "k\'`\\ü', '1', 'absent'];

export const timeNear = (anchor: number): fc.Arbitrary<number> =>
  fc
    .oneof(
      fc.constant(0),
      fc.integer({ min: -12, max: 12 }).map((n) => n * millisecondsPerSlot),
      fc.integer({ min: -30, max: 30 }).map((n) => n * millisecondsPerHour),
      fc.integer({ min: -2 * millisecondsPerDay, max: 2 * millisecondsPerDay }),
    )
    .chain((far) => fc.constantFrom(0, 0, -1, 1).map((near) => anchor + far + near));

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...scalars) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<JsonValue>([], ['pro', 1], [{ b: 1 }], {}, { b: 'pro' }, { b: null }),
  },
);

/** Few paths, in nested and dotted spelling, now and then both at once. */
const properties: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      plan: value,
      // of sums that fit a double
      n: fc.oneof(
        { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
        { weight: 2, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
        { weight: 1, arbitrary: fc.double({ min: -1e300, max: 1e300, noNaN: true }) },
      ),
      'a.b': value,
      a: fc.record(
        { b: value, c: fc.record({ d: value }, { requiredKeys: [] }), 'c.d': value },
        { requiredKeys: [] },
      ),
      'weird "k\'`\\ü': value,
      '1': value,
    },
    { requiredKeys: [] },
  ),
);

/** The row as an event of one of few persons, who name no session. */
export function ofFew(row: EventRow): EventRow {
  const userId = ['ada', 'bob'][row.offset % 2]!;
  return { ...row, userId, personKey: persons.get(userId)!, sessionId: '' };
}

/** Says that two ids are one person, or takes it back. */
function linkNear(anchor: number): fc.Arbitrary<EventRow> {
  return rowNear(anchor, linkTypes).chain((row) =>
    fc
      .tuple(
        fc.constantFrom(...previousIds),
        fc.constantFrom<JsonObject>({}, {}, { undo: true }, { undo: true }, { undo: 1 }),
      )
      .map(([previousId, properties]) => ({ ...row, previousId, properties })),
  );
}

function rowNear(anchor: number, types: readonly string[] = usualTypes): fc.Arbitrary<EventRow> {
  return fc
    .record({
      project: fc.constantFrom('p', 'p', 'p', 'q'),
      type: fc.constantFrom(...types),
      timestamp: timeNear(anchor),
      userId: fc.constantFrom(...userIds),
      anonymousId: fc.constantFrom(...anonymousIds),
      sessionId: fc.constantFrom(...sessionIds),
      source: fc.constantFrom<Source>('web', 'mobile', 'server'),
      bot: fc.boolean(),
      country: fc.constantFrom(...countries),
      path: fc.constantFrom(...paths),
      currency: fc.constantFrom(...currencies),
      amount: fc.option(fc.constantFrom(...amounts)),
      properties,
    })
    .map((fields) =>
      eventRow({ ...fields, personKey: persons.get(fields.userId || fields.anonymousId) ?? 0n }),
    );
}

export interface World {
  readonly anchors: readonly number[];
  /** Of the projects 'p' and 'q', offsets from 0 in partition 0, event ids unique. */
  readonly rows: readonly EventRow[];
}

/** Up to `rowsMax` rows around one to three anchors; with `links` now and then some that say who is the same person. */
export function worlds(rowsMax = 60, links = false, linksWeight = 1): fc.Arbitrary<World> {
  const row = (anchor: number): fc.Arbitrary<EventRow> => rowNear(anchor);
  const any = (anchor: number): fc.Arbitrary<EventRow> =>
    fc.oneof({ weight: 7, arbitrary: row(anchor) }, { weight: linksWeight, arbitrary: linkNear(anchor) });
  const kinds = fc.constantFrom(...(links ? [row, any] : [row]));
  return fc
    .tuple(fc.uniqueArray(fc.constantFrom(...anchors), { minLength: 1, maxLength: 3 }), kinds)
    .chain(([chosen, kind]) =>
      fc
        .array(fc.constantFrom(...chosen).chain(kind), { maxLength: rowsMax, size: 'max' })
        .map((rows) => rows.map((row, offset) => ({ ...row, offset, eventId: `e-${offset}` })))
        .map((rows) => ({ anchors: chosen, rows })),
    );
}

const orderOps = ['gt', 'gte', 'lt', 'lte'] as const;

/** Comparisons of a text field of the row. */
function textFilter(field: string, values: readonly string[]): fc.Arbitrary<Filter> {
  const some = fc.constantFrom(...values.filter((one) => one !== ''), 'none');
  return fc.oneof(
    some.map((one) => ({ field, op: 'eq', value: one }) as const),
    fc.array(some, { minLength: 1, maxLength: 3 }).map((list) => ({ field, op: 'in', value: list }) as const),
    fc
      .tuple(fc.constantFrom('contains', 'startsWith'), some)
      .map(([op, one]) => ({ field, op, value: one }) as const),
    fc
      .constantFrom('%', '_', '\\', "'", '"', '/', 'a', '\n')
      .map((one) => ({ field, op: 'contains', value: one }) as const),
    fc.tuple(fc.constantFrom(...orderOps), some).map(([op, one]) => ({ field, op, value: one }) as const),
    fc.constantFrom(...patterns).map((one) => ({ field, op: 'matches', value: one }) as const),
    fc.constant({ field, op: 'exists' } as const),
  );
}

/** Of the language of plan/pattern.ts. */
const patterns = [
  '^/',
  'a',
  '^[a-z]+$',
  'p.*e',
  '[^a-z]',
  '^$',
  '(a|b)+$',
  '\\d',
  'w{2}|\\s',
  '\\.',
  '^.{1,3}$',
  'click?',
];

const present = scalars.filter((one) => one !== null) as (string | number | boolean)[];
const texts = present.filter((one) => typeof one === 'string');
const comparable = present.filter((one) => typeof one !== 'boolean');
const propertyName = fc.constantFrom(...propertyNames).map((path) => `properties.${path}`);

const propertyFilter: fc.Arbitrary<Filter> = propertyName.chain((field) =>
  fc.oneof(
    fc.constantFrom(...present).map((one) => ({ field, op: 'eq', value: one }) as const),
    fc
      .array(fc.constantFrom(...present), { minLength: 1, maxLength: 4 })
      .map((list) => ({ field, op: 'in', value: list }) as const),
    fc
      .tuple(fc.constantFrom('contains', 'startsWith'), fc.constantFrom(...texts))
      .map(([op, one]) => ({ field, op, value: one }) as const),
    fc
      .tuple(fc.constantFrom(...orderOps), fc.constantFrom(...comparable))
      .map(([op, one]) => ({ field, op, value: one }) as const),
    fc.constantFrom(...patterns).map((one) => ({ field, op: 'matches', value: one }) as const),
    fc.constant({ field, op: 'exists' } as const),
  ),
);

const amountBounds = [
  0, 0.0001, 0.00005, -0.00005, 12.5, -12.5, 9.9999, 9.99995, 1e-9, 1e300, -1e300, 99999999999999.98,
];
const amountFilter: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .tuple(fc.constantFrom('eq', ...orderOps), fc.constantFrom(...amountBounds))
    .map(([op, bound]) => ({ field: 'amount', op, value: bound }) as Filter),
  fc.constant({ field: 'amount', op: 'in', value: [12.5, 0.00005, -12.5] } as const),
  fc.constant({ field: 'amount', op: 'exists' } as const),
);

const leafNear = (anchor: number): fc.Arbitrary<Filter> =>
  fc.oneof(
    textFilter('type', usualTypes),
    textFilter('type', usualTypes),
    textFilter('type', usualTypes),
    textFilter('country', countries),
    textFilter('path', paths),
    textFilter('userId', userIds),
    textFilter('currency', currencies),
    propertyFilter,
    propertyFilter,
    amountFilter,
    fc.boolean().map((one) => ({ field: 'bot', op: 'eq', value: one }) as const),
    fc
      .tuple(fc.constantFrom('eq', ...orderOps), timeNear(anchor))
      .map(([op, at]) => ({ field: 'timestamp', op, value: at }) as Filter),
  );

/** Whoever did something often enough, before or about the time of the question. */
const cohortNear = (anchor: number): fc.Arbitrary<Filter> =>
  fc
    .record({
      bots: fc.constantFrom<Bots>('exclude', 'include', 'only'),
      filter: fc.oneof(leafNear(anchor), fc.constant({ field: 'type', op: 'exists' } as const)),
      atLeast: fc.constantFrom(1, 1, 2, 3, 5),
      from: timeNear(anchor - millisecondsPerDay),
      lengthMs: fc.constantFrom(1, millisecondsPerDay, 5 * millisecondsPerDay, 90 * millisecondsPerDay),
    })
    .map(({ lengthMs, ...rest }) => ({ cohort: { project: 'p', ...rest, to: rest.from + lengthMs } }));

export function filterNear(anchor: number): fc.Arbitrary<Filter> {
  const { tree } = fc.letrec<{ tree: Filter; leaf: Filter }>((tie) => ({
    leaf: leafNear(anchor),
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      tie('leaf'),
      tie('leaf'),
      cohortNear(anchor),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
      tie('tree').map((not) => ({ not })),
    ),
  }));
  return tree;
}

const groupField = fc.oneof(
  fc.constantFrom('type', 'type', 'country', 'path', 'source', 'bot', 'userId', 'currency', 'city'),
  propertyName,
);
const groupLimit = fc.constantFrom(1, 2, 3, 10, 1000);
const by: fc.Arbitrary<By> = fc.record({ field: groupField, limit: groupLimit }, { noNullPrototype: true });
/** Of how many of the plan's metrics groups tell: mostly of all. */
const groupMetricsMax = fc.constantFrom(1, 2, 3, 4, 4, 4);
const measure: fc.Arbitrary<Measure> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom<Aggregate>('sum', 'avg', 'min', 'max', 'median', 'p90', 'p95', 'p99'),
      fc.oneof(fc.constant('properties.n'), propertyName),
    )
    .map(([agg, of]) => ({ agg, of })),
  fc
    .tuple(
      fc.constantFrom<Aggregate>('sum', 'avg', 'min', 'max', 'median', 'p99'),
      fc.constantFrom('EUR', 'USD'),
    )
    .map(([agg, currency]) => ({ agg, of: 'amount', currency })),
  fc
    .oneof(propertyName, fc.constantFrom('country', 'bot', 'timestamp', 'amount', 'userId', 'type', 'path'))
    .map((of) => ({ agg: 'distinct', of }) as const),
);
const measures = fc.array(measure, { minLength: 1, maxLength: 3 });
const samples = fc.constantFrom(0.1, 0.35, 0.5, 0.9999);

const fieldsOfBreakdown = fc
  .uniqueArray(groupField, { minLength: 1, maxLength: 4 })
  .map((fields) => fields.map((field) => ({ field })));

const rangeMs: Record<'summary' | 'breakdown' | Interval, readonly number[]> = {
  summary: [1, millisecondsPerDay, 5 * millisecondsPerDay, 90 * millisecondsPerDay],
  breakdown: [1, millisecondsPerDay, 5 * millisecondsPerDay, 90 * millisecondsPerDay],
  '15m': [1, 7 * millisecondsPerHour, 2 * millisecondsPerDay],
  hour: [millisecondsPerHour, 2 * millisecondsPerDay, 5 * millisecondsPerDay],
  day: [7 * millisecondsPerHour, 4 * millisecondsPerDay, 10 * millisecondsPerDay],
  week: [millisecondsPerDay, 15 * millisecondsPerDay, 40 * millisecondsPerDay],
  month: [millisecondsPerDay, 40 * millisecondsPerDay, 100 * millisecondsPerDay],
};

/** Half of the time nothing: questions without a filter or groups are those that rollups answer. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(fc.constant(undefined), arbitrary);

/**
 * Any plan about the world's times: every kind that gives numbers, metric, interval and zone; ranges aligned and not. `whole`:
 * with sessions and numbers of fields too.
 */
export function plansAbout(
  world: { readonly anchors: readonly number[] },
  project = 'p',
  whole = false,
): fc.Arbitrary<Plan> {
  const metricNames: readonly Metric[] = whole
    ? ['events', 'users', 'sessions', 'amount']
    : ['events', 'users', 'amount'];
  const kind = fc.constantFrom<'summary' | 'breakdown' | Interval>(
    'summary',
    'summary',
    'breakdown',
    'breakdown',
    '15m',
    'hour',
    'day',
    'week',
    'month',
  );
  return fc.tuple(fc.constantFrom(...world.anchors), kind).chain(([anchor, asked]) =>
    fc
      .record({
        near: timeNear(anchor),
        lengthMs: fc.constantFrom(...rangeMs[asked]),
        timeZone: fc.constantFrom(...timeZones),
        bots: fc.constantFrom<Bots>('exclude', 'include', 'only'),
        metrics: fc.subarray<Metric>([...metricNames], { minLength: 1 }),
        measures: whole ? maybe(maybe(measures)) : fc.constant(undefined),
        sample: maybe(maybe(maybe(samples))),
        filter: maybe(filterNear(anchor)),
        by: maybe(by),
        groupMetricsMax,
        fields: fieldsOfBreakdown,
        limit: groupLimit,
        exact: fc.boolean(),
        share: fc.constantFrom(0, 0.5, 0.5, 0.7),
      })
      .map(
        ({
          near,
          lengthMs,
          filter,
          by: group,
          groupMetricsMax,
          fields,
          limit,
          share,
          measures,
          sample,
          ...rest
        }): Plan => {
          const from = Math.floor(near - lengthMs * share);
          const common = {
            version: 1 as const,
            project,
            from,
            to: from + lengthMs,
            ...rest,
            ...(filter && { filter: filterIn(project, filter) }),
            ...(measures && { measures }),
            ...(sample && { sample }),
          };
          if (asked === 'breakdown') return { kind: 'breakdown', ...common, by: fields, limit };
          const told = rest.metrics.slice(0, groupMetricsMax);
          const some = told.length === rest.metrics.length ? {} : { metrics: told };
          const grouped = { ...common, ...(group && { by: { ...group, ...some } }) };
          return asked === 'summary'
            ? { kind: 'summary', ...grouped }
            : { kind: 'trend', interval: asked, ...grouped };
        },
      ),
  );
}

/** The filter with its cohorts in this project. */
export function filterIn(project: string, filter: Filter): Filter {
  if ('and' in filter) return { and: filter.and.map((part) => filterIn(project, part)) };
  if ('or' in filter) return { or: filter.or.map((part) => filterIn(project, part)) };
  if ('not' in filter) return { not: filterIn(project, filter.not) };
  return 'cohort' in filter ? { cohort: { ...filter.cohort, project } } : filter;
}

/** The plan, asked of another project. */
export const planIn = <P extends { readonly filter?: Filter }>(project: string, plan: P): P => ({
  ...plan,
  project,
  ...(plan.filter && { filter: filterIn(project, plan.filter) }),
});

/** The question that the query stage would make of the plan. */
export function questionOf(plan: Plan): Question {
  if (plan.kind !== 'trend') return { plan, edges: [plan.from, plan.to] };
  return { plan, edges: bucketsOf(plan.from, plan.to, plan.interval, plan.timeZone, plan.weekStart).edges };
}
