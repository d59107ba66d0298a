/** Plans as people write them: every kind, with shorthands, presets, segments and what is left out; and the same with slips. */
import fc from 'fast-check';
import { analysesAbout, peopleWorlds } from '../../src/testing/analysis-generators.ts';
import { anchors, filterNear, plansAbout, timeZones, worlds } from '../../src/testing/generators.ts';

export type Written = Readonly<Record<string, unknown>>;

const anchor = anchors[0]!;
const filter = fc.oneof(
  filterNear(anchor),
  fc.constant({ segment: 'mine' }),
  fc.constant({ cohort: { filter: { segment: 'mine' }, days: 30 } }),
);
const field = fc.constantFrom('type', 'country', 'properties.plan', 'properties.a.b', 'userId', 'bot');
const currency = 'EUR';
const measure = fc.constantFrom(
  { agg: 'p95', of: 'properties.n' },
  { agg: 'sum', of: 'amount', currency },
  { agg: 'distinct', of: 'timestamp' },
  { agg: 'distinct', of: 'amount' },
);
const metrics = fc.uniqueArray(fc.oneof(fc.constantFrom('events', 'users', 'sessions', 'amount'), measure), {
  minLength: 1,
  maxLength: 4,
});
const per = fc.constantFrom('user', 'session');
const limit = fc.constantFrom(1, 3, 50);

const members = (shape: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.record(shape, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Written>;

const range = fc.constantFrom<Written>(
  { from: '2025-03-28', to: '2025-04-02' },
  { from: '2025-03-28T10:30:00.5+05:45', to: 1_743_552_000_000 },
  { range: '7d' },
  { range: 'yesterday' },
);
const scope = members({
  version: fc.constant(1),
  project: fc.constant('p'),
  timeZone: fc.constantFrom(...timeZones),
  weekStart: fc.constantFrom('sunday', 'thursday'),
  bots: fc.constantFrom('exclude', 'include', 'only'),
  filter,
  sample: fc.constantFrom(0.0001, 0.25, 1),
  explain: fc.boolean(),
});
const segments = { segments: { mine: { field: 'type', op: 'eq', value: 'pageview' } } };

const numbers = {
  metrics,
  exact: fc.boolean(),
  compare: fc.constantFrom<unknown>('previous', 'year', { from: 0, to: '1970-03-01' }),
};
const by = fc.oneof(field, members({ field, limit }, ['field']));
const series = members(
  {
    series: fc.array(
      members({
        filter,
        metric: fc.oneof(fc.constantFrom('events', 'users', 'sessions'), measure),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    formulas: fc.constantFrom<unknown>(
      ['A * 100'],
      [{ formula: '-A / (A + 1)' }],
      [{ name: 'x', formula: 'A' }],
    ),
    compare: numbers.compare,
  },
  ['series'],
);
const steps = fc.array(members({ name: fc.constantFrom('one', '\u{1f600}'), filter }, ['filter']), {
  minLength: 2,
  maxLength: 5,
});

/** By kind: what it has of its own. */
const own: Readonly<Record<string, fc.Arbitrary<Written>>> = {
  summary: fc.oneof(members({ ...numbers, by }), series),
  trend: fc
    .tuple(
      fc.oneof(members({ ...numbers, by }), series),
      fc.constantFrom('15m', 'hour', 'day', 'week', 'month'),
    )
    .map(([rest, interval]) => ({ ...rest, interval })),
  breakdown: members(
    {
      ...numbers,
      by: fc.oneof(
        field,
        field.map((one) => ({ field: one })),
        fc.uniqueArray(field, { minLength: 1, maxLength: 4 }),
      ),
      limit,
    },
    ['by'],
  ),
  events: members({ limit, after: fc.constant('MS4xLjAuMA') }),
  funnel: fc.oneof(
    members(
      {
        steps: steps.map((all) => all.map((one, i) => (i === 0 ? one : { ...one, withinMs: 5_000 }))),
        order: fc.constantFrom('ordered', 'strict'),
        windowMs: fc.constantFrom(1, 60_000),
        exclude: fc.array(members({ filter, after: fc.constant(1), before: fc.constant(2) }, ['filter']), {
          maxLength: 2,
        }),
        per,
        by,
        people: members({ step: fc.constant(1), outcome: fc.constant('dropped'), limit }, ['step']),
      },
      ['steps'],
    ),
    steps.map((all) => ({ steps: all, order: 'any', exclude: [] })),
  ),
  retention: members({
    start: filter,
    return: filter,
    period: fc.constantFrom('day', 'week', 'month'),
    mode: fc.constantFrom('on', 'onOrAfter'),
    first: fc.constantFrom('ever', 'range'),
  }),
  paths: members({ field, start: fc.constantFrom('/', 1, true), steps: fc.constantFrom(2, 8), limit, per }),
  sessions: members({
    by: fc.oneof(
      fc.constantFrom('entryPath', 'exitPath'),
      field,
      members({ dimension: field, limit }, ['dimension']),
    ),
  }),
  users: members({
    order: fc.constantFrom('lastSeen', 'firstSeen', 'events'),
    limit,
    after: fc.constant('x'),
  }),
  user: members({ person: fc.constantFrom('ada', "o'neil"), limit }, ['person']),
  live: members({ limit }),
  experiment: members(
    {
      experiment: fc.constant('checkout'),
      per,
      goals: fc.constant(['order', 'signup']),
      money: fc.boolean(),
      includeMixed: fc.boolean(),
      control: fc.constant('old'),
      byDay: fc.boolean(),
      exact: fc.boolean(),
    },
    ['experiment'],
  ),
};

export const writtenKinds = Object.keys(own);

/** Plans that `parsePlan` takes. */
export const writtenPlans: fc.Arbitrary<Written> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...writtenKinds).chain((kind) =>
      fc
        .tuple(scope, range, own[kind]!)

        .map(([{ sample, ...common }, when, rest]) => ({
          kind,
          ...common,
          ...(sample !== undefined && kind !== 'experiment' && { sample }),
          ...when,
          ...segments,
          ...rest,
        })),
    ),
  },
  {
    weight: 1,
    arbitrary: worlds(1).chain((world) =>
      plansAbout(world, 'p', true),
    ) as fc.Arbitrary<unknown> as fc.Arbitrary<Written>,
  },
  {
    weight: 1,
    // what the stores are asked of people over time, as funnels
    arbitrary: peopleWorlds(1)
      .chain((world) => analysesAbout(world))
      .filter(({ kind }) => kind === 'sequences')
      .map(({ question }) => question as unknown as { scope: Written; tags: readonly Written[]; per: string })
      .filter(({ tags }) => tags.length > 1 && tags.length <= 20 && tags.every((tag) => !isEmptyAnd(tag)))
      .map((question) => ({
        ...question.scope,
        kind: 'funnel',
        per: question.per,
        steps: question.tags.map((tag) => ({ filter: tag })),
      })),
  },
);

const isEmptyAnd = (tag: Written): boolean => Array.isArray(tag.and) && tag.and.length === 0;

/** What stands in the place of something else. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', '1', 0, -1, 1.5, 1e12, [], {}, 'x'.repeat(1_001)),
  fc.constantFrom<unknown>(
    'day',
    'type',
    'amount',
    'eq',
    'previous',
    ['type'],
    'any',
    { field: 'type' },
    '2025-13-01',
  ),
  fc.jsonValue({ maxDepth: 1 }),
);

/** A plan with one slip: a member lost, strange, or too many. */
export const slippedPlans: fc.Arbitrary<Written> = fc
  .tuple(writtenPlans, fc.nat(), fc.constantFrom('lose', 'replace', 'replace', 'add'), strange)
  .map(([plan, at, how, value]) => {
    const copy = JSON.parse(JSON.stringify(plan)) as Record<string, unknown>;
    const places = placesOf(copy);
    const [holder, key] = places[at % places.length]!;
    if (how === 'lose') {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    } else if (how === 'replace') holder[key] = value;
    else if (Array.isArray(holder)) holder.push(value);
    else holder[otherNames[at % otherNames.length]!] = value;
    return copy;
  });

const otherNames = [
  'limit',
  'by',
  'value',
  'from',
  'range',
  'metrics',
  'start',
  'withinMs',
  'exclude',
  'nosuch',
  '__proto_',
];

type Holder = Record<string, unknown>;

/** Every member of every object and list within. */
function placesOf(value: Holder): readonly (readonly [holder: Holder, key: string])[] {
  return Object.entries(value).flatMap(([key, inner]) => [
    [value, key] as const,
    ...(typeof inner === 'object' && inner !== null ? placesOf(inner as Holder) : []),
  ]);
}
