import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import { parsePlan as parse } from '../../src/plan/parse-plan.ts';
import type { BreakdownPlan } from '../../src/plan/plan.ts';
import { plansAbout, worlds } from '../../src/testing/generators.ts';

/** A Tuesday. */
const now = Date.UTC(2025, 6, 15, 10);
const parsePlan = (input: unknown, project: string) => parse(input, { project, now });
const summary = { kind: 'summary', from: '2025-06-01', to: '2025-07-01' };
const trend = { ...summary, kind: 'trend', interval: 'day' };
const filtered = (filter: unknown) => ({ ...summary, filter });
const comparison = (field: string, op: string, value?: unknown) => filtered({ field, op, value });

/** The pointer and the message of the refusal. */
function refusal(input: unknown): { pointer: unknown; message: string } {
  try {
    parsePlan(input, 'p');
  } catch (error) {
    assert.ok(isFailure(error, 'plan_invalid'), String(error));
    return { pointer: error.details.pointer, message: error.message };
  }
  throw new Error('the plan was taken');
}

test('a plan with nothing but what it needs gets every default', () => {
  assert.deepEqual(parsePlan(summary, 'p'), {
    kind: 'summary',
    version: 1,
    project: 'p',
    from: Date.UTC(2025, 5, 1),
    to: Date.UTC(2025, 6, 1),
    timeZone: 'UTC',
    bots: 'exclude',
    metrics: ['events', 'users'],
    exact: false,
  });
});

test('dates without a time are read in the time zone of the plan', () => {
  const plan = parsePlan({ ...trend, timeZone: 'europe/berlin' }, 'p');
  assert.deepEqual(
    [plan.from, plan.to, plan.timeZone],
    [Date.UTC(2025, 4, 31, 22), Date.UTC(2025, 5, 30, 22), 'Europe/Berlin'],
  );
});

test('a plan is frozen all the way down', () => {
  const plan = parsePlan(
    { ...filtered({ and: [{ field: 'type', op: 'in', value: ['a'] }] }), by: 'type' },
    'p',
  );
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(Object.isFrozen(value));
    for (const inner of Object.values(value)) walk(inner);
  };
  walk(plan);
});

test('a plan keeps nothing of the object that it was read from', () => {
  const input = {
    ...summary,
    by: { field: 'type', limit: 3 },
    filter: { not: { field: 'type', op: 'in', value: ['a'] } },
  };
  const plan = parsePlan(input, 'p');
  input.by.limit = 99;
  input.filter.not.value.push('b');
  assert.deepEqual('by' in plan && plan.by, { field: 'type', limit: 3 });
  assert.deepEqual(plan.filter, { not: { field: 'type', op: 'in', value: ['a'] } });
});

test('equal questions are equal data, in whatever order they were written', () => {
  const one = parsePlan({ ...trend, metrics: ['amount', 'events'], by: 'type' }, 'p');
  const other = parsePlan(
    { by: { limit: 10, field: 'type' }, metrics: ['events', 'amount', 'amount'], ...trend },
    'p',
  );
  assert.equal(JSON.stringify(one), JSON.stringify(other));
});

test('a plan that was parsed comes out of a second parsing as it was', () => {
  const plans = worlds(1).chain((world) => plansAbout(world));
  fc.assert(
    fc.property(plans, (plan) => {
      const once = parsePlan(plan, 'p');
      assert.deepEqual(once, plan);
      assert.equal(JSON.stringify(parsePlan(JSON.parse(JSON.stringify(once)), 'p')), JSON.stringify(once));
    }),
  );
});

const refused: readonly (readonly [about: string, input: unknown, pointer: string, message: RegExp])[] = [
  ['what is no object', 'summary', '', /must be an object; got "summary"/],
  ['a list', [summary], '', /must be an object; got a list of 1/],
  [
    'a plan without a kind',
    { from: 0, to: 1 },
    '/kind',
    /must be one of summary, trend, breakdown, events, funnel, retention, paths, sessions, users, user, live, experiment; got nothing/,
  ],
  ['a kind with a slip', { ...summary, kind: 'trends' }, '/kind', /did you mean trend\?/],
  [
    'an unknown field with the one that was meant',
    { ...summary, timezone: 'UTC' },
    '/timezone',
    /did you mean timeZone\?/,
  ],
  ['an interval of a summary', { ...summary, interval: 'day' }, '/interval', /is not known here/],
  ['a trend without an interval', { ...trend, interval: undefined }, '/interval', /must be one of 15m, hour/],
  ['another version', { ...summary, version: 2 }, '/version', /must be 1; got 2/],
  ['another project', { ...summary, project: 'other' }, '/project', /the project of your key/],
  ['a range without a begin', { kind: 'summary', to: 1 }, '/from', /must be a time/],
  ['a range that ends where it begins', { ...summary, to: '2025-06-01' }, '/to', /must be later than from/],
  ['seconds', { ...summary, from: 1_740_000_000, to: 1_750_000_000 }, '/from', /looks like seconds/],
  ['an unknown time zone', { ...summary, timeZone: 'Berlin' }, '/timeZone', /IANA/],
  ['bots that are none of three', { ...summary, bots: true }, '/bots', /exclude, include, only; got true/],
  ['no metric', { ...summary, metrics: [] }, '/metrics', /at least one/],
  ['an unknown metric', { ...summary, metrics: ['events', 'user'] }, '/metrics/1', /did you mean users\?/],
  ['exact as text', { ...summary, exact: 'true' }, '/exact', /true or false/],
  ['a group field that is none', { ...summary, by: 'contry' }, '/by/field', /did you mean country\?/],
  [
    'a field in the spelling of columns',
    { ...summary, by: 'utm_source' },
    '/by/field',
    /did you mean utmSource\?/,
  ],
  ['grouping by a time', { ...summary, by: 'timestamp' }, '/by/field', /group of nearly every event/],
  ['grouping by an amount', { ...summary, by: 'amount' }, '/by/field', /group of nearly every event/],
  ['a limit of 0', { ...summary, by: { field: 'type', limit: 0 } }, '/by/limit', /from 1 to 1000; got 0/],
  ['a limit over 1,000', { ...summary, by: { field: 'type', limit: 1001 } }, '/by/limit', /from 1 to 1000/],
  [
    'too many buckets',
    { ...trend, from: '2020-01-01', interval: '15m' },
    '/interval',
    /over the limit of 10000/,
  ],
  [
    'too many cells',
    { ...trend, interval: 'hour', by: { field: 'type', limit: 1000 } },
    '/by/limit',
    /over the limit of 200000/,
  ],
  ['a filter that is a list', filtered([]), '/filter', /must be an object/],
  ['an empty filter', filtered({}), '/filter', /exactly one of and, or, not, field/],
  ['a filter that is two at once', filtered({ and: [], or: [] }), '/filter', /exactly one of/],
  ['and of nothing', filtered({ and: [] }), '/filter/and', /at least one/],
  [
    'not with a value',
    filtered({ not: { field: 'type', op: 'exists' }, value: 1 }),
    '/filter/value',
    /does not go with not/,
  ],
  [
    'a wrong name deep inside',
    filtered({ or: [{ not: { feild: 'type' } }] }),
    '/filter/or/0/not/feild',
    /did you mean field\?/,
  ],
  ['an operator that is none', comparison('type', 'equals', 'a'), '/filter/op', /must be one of eq/],
  [
    'an operator that does not fit',
    comparison('bot', 'gt', true),
    '/filter/op',
    /does not fit bot, which takes eq, in, exists/,
  ],
  ['contains of an amount', comparison('amount', 'contains', '1'), '/filter/op', /does not fit amount/],
  ['a number for a text field', comparison('country', 'eq', 49), '/filter/value', /must be text; got 49/],
  ['an empty text for a field of the row', comparison('country', 'eq', ''), '/filter/value', /use exists/],
  ['an empty text in a list', comparison('country', 'in', ['DE', '']), '/filter/value/1', /use exists/],
  ['text for an amount', comparison('amount', 'eq', '12.5'), '/filter/value', /must be a number/],
  ['a value with exists', comparison('country', 'exists', true), '/filter/value', /left out with exists/],
  ['a comparison without a value', comparison('country', 'eq'), '/filter/value', /got nothing/],
  ['an empty list', comparison('country', 'in', []), '/filter/value', /at least one/],
  ['a list over 1,000', comparison('country', 'in', Array(1001).fill('DE')), '/filter/value', /at most 1000/],
  ['an order with a boolean', comparison('properties.a', 'gt', true), '/filter/value', /text or a number/],
  [
    'null as a value',
    comparison('properties.a', 'eq', null),
    '/filter/value',
    /must not be null; leave it out instead/,
  ],
  ['null for what has a default', { ...summary, bots: null }, '/bots', /must not be null; leave it out/],
  [
    'a segment that nobody uses and that is no filter',
    { ...summary, segments: { 'a/b': { and: [] } } },
    '/segments/a~1b/and',
    /at least one/,
  ],
  [
    'a segment with a slip, where it stands',
    { ...filtered({ not: { segment: 's' } }), segments: { s: { or: [{ field: 'typ', op: 'exists' }] } } },
    '/segments/s/or/0/field',
    /did you mean type\?/,
  ],
  [
    'a segment that names itself',
    { ...filtered({ segment: 's' }), segments: { s: { not: { segment: 's' } } } },
    '/segments/s',
    /must not name itself/,
  ],
  [
    'a segment that is none',
    filtered({ segment: 'sgment' }),
    '/filter/segment',
    /must name one of the segments/,
  ],
  [
    'a number that JSON cannot write',
    comparison('properties.a', 'eq', Number.POSITIVE_INFINITY),
    '/filter/value',
    /must be a number/,
  ],
  ['a time that is none', comparison('timestamp', 'gt', 'today'), '/filter/value', /must be a time like/],
  [
    'properties without a name',
    comparison('properties', 'exists'),
    '/filter/field',
    /must name one property/,
  ],
  [
    'a property path with an empty part',
    comparison('properties.a..b', 'exists'),
    '/filter/field',
    /empty part/,
  ],
  [
    'a text over 1,000 characters',
    comparison('type', 'eq', 'x'.repeat(1001)),
    '/filter/value',
    /at most 1000 characters/,
  ],
  ['half a surrogate pair', comparison('type', 'eq', '\ud83d'), '/filter/value', /well-formed/],
  ['a place of a row', comparison('partition', 'eq', 1), '/filter/field', /is not a field/],
];

for (const [about, input, pointer, message] of refused) {
  test(`refuses ${about}`, () => {
    const found = refusal(input);
    assert.equal(found.pointer, pointer);
    assert.match(found.message, message);
  });
}

test('a filter may have 500 nodes and not one more', () => {
  const leaf = { field: 'type', op: 'exists' };
  parsePlan(filtered({ or: Array(499).fill(leaf) }), 'p');
  assert.match(refusal(filtered({ or: Array(500).fill(leaf) })).message, /past the 500 nodes/);
});

test('a filter may be nested 20 levels deep and not one more', () => {
  const nested = (levels: number): unknown =>
    levels === 1 ? { field: 'type', op: 'exists' } : { not: nested(levels - 1) };
  parsePlan(filtered(nested(20)), 'p');
  assert.match(refusal(filtered(nested(21))).message, /deeper than 20/);
});

test('ten thousand levels of nesting are refused like anything else', () => {
  const deep = JSON.parse(`${'{"not":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
  assert.match(refusal(filtered(deep)).message, /deeper than 20/);
  assert.match(refusal({ ...summary, exact: deep }).message, /got an object/);
});

test('names that every JavaScript object answers to are unknown names', () => {
  assert.equal(refusal(JSON.parse('{"kind":"summary","__proto__":{"from":0}}')).pointer, '/__proto__');
  assert.equal(refusal({ ...summary, constructor: 1 }).pointer, '/constructor');
  assert.equal(refusal({ kind: 'toString' }).pointer, '/kind');
  assert.match(refusal(comparison('__proto__', 'exists')).message, /is not a field/);
  assert.match(refusal(comparison('constructor', 'exists')).message, /is not a field/);
});

test('NUL and other control characters are text like any other', () => {
  const plan = parsePlan(comparison('type', 'eq', '\u0000\u001b'), 'p');
  assert.deepEqual(plan.filter, { field: 'type', op: 'eq', value: '\u0000\u001b' });
});

test('anything that is no plan is refused with plan_invalid and nothing else', () => {
  const keys = fc.constantFrom(
    'kind',
    'from',
    'to',
    'filter',
    'by',
    'metrics',
    'and',
    'not',
    'field',
    'op',
    'value',
    'timeZone',
  );
  const anything = fc.dictionary(
    keys,
    fc.oneof(fc.jsonValue(), fc.constantFrom('summary', 'trend', 0, 1, 'type', 'eq')),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anything), (input) => {
      try {
        parsePlan(input, 'p');
      } catch (error) {
        assert.ok(isFailure(error, 'plan_invalid'), String(error));
      }
    }),
  );
});

test('a refused value is shown short', () => {
  const { message } = refusal(comparison('type', 'eq', 'x'.repeat(100_000)));
  assert.ok(message.length < 300);
});

test('a breakdown is by one to four different fields, in one spelling', () => {
  const breakdown = { ...summary, kind: 'breakdown' };
  const by = (value: unknown) => (parsePlan({ ...breakdown, by: value }, 'p') as BreakdownPlan).by;
  const one = [{ field: 'country' }];
  assert.deepEqual([by('country'), by(['country']), by({ field: 'country' }), by(one)], [one, one, one, one]);
  const plan = parsePlan({ ...breakdown, by: ['type', 'properties.a.b'], limit: 5 }, 'p');
  assert.deepEqual(parsePlan(plan, 'p'), plan);
  const refused: [unknown, RegExp][] = [
    [undefined, /\/by must be a list/],
    [[], /\/by must have at least one/],
    [['type', 'country', 'path', 'city', 'os'], /\/by must have at most 4/],
    [['type', { field: 'type' }], /\/by\/1 must be a field that is not named before/],
    [['amount'], /\/by\/0\/field makes a group of nearly every event/],
    [['typ'], /did you mean type/],
    [[{ field: 'type', limit: 3 }], /\/by\/0\/limit/],
  ];
  for (const [value, message] of refused) assert.throws(() => by(value), message);
});
