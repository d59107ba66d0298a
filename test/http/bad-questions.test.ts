/**
 * Questions that are wrong, too much or hostile, asked of a running server: each is refused with the place and the rule, and takes
 * nobody's server down.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planExamples } from '../../src/plan/schema-examples.ts';
import { type RunningServer, startServer, temporaryDirectory, until } from '../cli/server.ts';
import { openDatabase } from '../support/postgres.ts';

const range = { from: '2026-01-05', to: '2026-01-12' };
const summary = { kind: 'summary', ...range };
const trend = { kind: 'trend', interval: 'day', ...range };
const view = { field: 'type', op: 'eq', value: 'pageview' };
const steps = [{ filter: view }, { filter: view }];
const funnel = { kind: 'funnel', ...range, steps };
const retention = { kind: 'retention', ...range };
const filtered = (filter: unknown) => ({ ...summary, filter });
const compared = (field: string, op: string, value: unknown) => filtered({ field, op, value });
const matches = (value: string) => compared('path', 'matches', value);
const nested = (levels: number): unknown => (levels === 0 ? view : { not: nested(levels - 1) });

type Case = readonly [about: string, plan: unknown, pointer: string, rule: RegExp];

const cases: readonly Case[] = [
  // no plan at all
  ['nothing', undefined, '', /must be an object; got nothing/],
  ['null', null, '', /must be an object; got null/],
  ['a list', [summary], '', /must be an object; got a list of 1/],
  ['text', 'SELECT 1', '', /must be an object/],
  ['no kind', range, '/kind', /must be one of summary, trend/],
  ['a kind with a slip', { ...summary, kind: 'sumary' }, '/kind', /did you mean summary\?/],
  ['a kind of every object', { ...summary, kind: 'constructor' }, '/kind', /must be one of/],
  // unknown fields
  ['an unknown member', { ...summary, fliter: view }, '/fliter', /did you mean filter\?/],
  ['a member of another kind', { ...summary, interval: 'day' }, '/interval', /is not known here/],
  [
    'an unknown member of a step',
    { ...funnel, steps: [{ filter: view, widthinMs: 1 }, steps[0]] },
    '/steps/0/widthinMs',
    /did you mean withinMs\?/,
  ],
  ['an unknown field', compared('contry', 'eq', 'DE'), '/filter/field', /did you mean country\?/],
  ['a column of the tables', compared('_partition', 'eq', 1), '/filter/field', /is not a field/],
  ['a field of every object', compared('__proto__', 'eq', 'x'), '/filter/field', /is not a field/],
  ['a group that is none', { ...summary, by: 'user_id' }, '/by/field', /did you mean userId\?/],
  [
    'a measure of nothing',
    { ...summary, metrics: [{ agg: 'sum', of: 'price' }] },
    '/metrics/0/of',
    /is not a field/,
  ],
  [
    'a dimension that is none',
    { kind: 'sessions', ...range, by: 'entrypage' },
    '/by/dimension',
    /is not a field/,
  ],
  ['a name with a slash', { ...summary, 'a/b~c': 1 }, '/a~1b~0c', /is not known here/],
  ['an unknown operator', compared('type', 'equals', 'x'), '/filter/op', /must be one of eq/],
  [
    'an unknown segment',
    filtered({ segment: 'vip' }),
    '/filter/segment',
    /must be the id of a saved segment/,
  ],
  // wrong types
  ['a number for a text', compared('type', 'eq', 1), '/filter/value', /must be text; got 1/],
  ['text for a number', compared('amount', 'gt', '10'), '/filter/value', /must be a number/],
  ['null for a default', { ...summary, bots: null }, '/bots', /must not be null/],
  ['text for a flag', { ...summary, exact: 'yes' }, '/exact', /must be true or false; got "yes"/],
  ['a filter as text', filtered('type=pageview'), '/filter', /must be an object/],
  ['a list of steps as one', { ...funnel, steps: { filter: view } }, '/steps', /must be a list/],
  [
    'half a number',
    { kind: 'events', ...range, limit: 1.5 },
    '/limit',
    /must be a whole number from 1 to 1000/,
  ],
  ['a person who is a number', { kind: 'user', ...range, person: 7 }, '/person', /must be text; got 7/],
  ['another version', { ...summary, version: 2 }, '/version', /must be 1; got 2/],
  ['another project', { ...summary, project: 'other' }, '/project', /project of your key/],
  // ranges
  ['no range', { kind: 'summary' }, '/from', /must be a time/],
  ['half a range', { kind: 'summary', from: '2026-01-05' }, '/to', /must be a time/],
  ['a reversed range', { ...summary, to: '2026-01-01' }, '/to', /must be later than from/],
  ['a range of nothing', { ...summary, to: range.from }, '/to', /must be later than from/],
  [
    'a range by an unknown name',
    { kind: 'summary', range: '31d' },
    '/range',
    /must be one of today, yesterday/,
  ],
  ['a range twice', { ...summary, range: '7d' }, '/from', /does not go with range/],
  ['seconds', { kind: 'summary', from: 1_767_571_200, to: 1_768_176_000 }, '/from', /looks like seconds/],
  ['a day that is none', { ...summary, from: '2026-02-30' }, '/from', /date and time that exist/],
  ['a year past all', { ...summary, to: 8.64e15 }, '/to', /years 0 to 9999/],
  ['a time that is no number', { ...summary, from: true }, '/from', /must be a time/],
  [
    'endless minutes',
    { ...trend, interval: '15m', from: '0001-01-01', to: '9999-12-31' },
    '/interval',
    /over the limit of 10000/,
  ],
  [
    'endless days by group',
    { ...trend, from: '2000-01-01', by: { field: 'path', limit: 1_000 } },
    '/by/limit',
    /over the limit of 200000/,
  ],
  ['endless periods', { ...retention, period: 'day', from: '2020-01-01' }, '/period', /over the limit of 90/],
  [
    'an endless cohort',
    filtered({ cohort: { filter: view, days: 1e9 } }),
    '/filter/cohort/days',
    /whole number from 1 to 3660/,
  ],
  [
    'a comparison with nothing',
    { ...summary, compare: { from: 1, to: 1 } },
    '/compare/to',
    /must be later than from/,
  ],
  // zones
  ['an unknown zone', { ...summary, timeZone: 'Mars/Olympus' }, '/timeZone', /IANA time zone/],
  [
    'a zone that is a statement',
    { ...summary, timeZone: "UTC'; DROP TABLE events; --" },
    '/timeZone',
    /IANA/,
  ],
  ['a zone that is a path', { ...summary, timeZone: '../../etc/passwd' }, '/timeZone', /IANA/],
  ['no zone', { ...summary, timeZone: '' }, '/timeZone', /IANA/],
  ['a week that begins on no day', { ...trend, weekStart: 'Monday' }, '/weekStart', /did you mean monday\?/],
  // windows and counts of nothing
  ['a window of nothing', { ...funnel, windowMs: 0 }, '/windowMs', /from 1 to 31622400000/],
  ['an endless window', { ...funnel, windowMs: 1e15 }, '/windowMs', /from 1 to/],
  [
    'a step within nothing',
    { ...funnel, steps: [steps[0], { filter: view, withinMs: 0 }] },
    '/steps/1/withinMs',
    /from 1 to/,
  ],
  [
    'a cohort of no days',
    filtered({ cohort: { filter: view, days: 0 } }),
    '/filter/cohort/days',
    /from 1 to/,
  ],
  [
    'a cohort of no events',
    filtered({ cohort: { filter: view, days: 1, atLeast: 0 } }),
    '/filter/cohort/atLeast',
    /from 1 to/,
  ],
  ['a sample of nobody', { ...summary, sample: 0 }, '/sample', /share from 0.0001 to 1/],
  ['a list of nothing', { kind: 'events', ...range, limit: 0 }, '/limit', /from 1 to 1000/],
  ['paths of one step', { kind: 'paths', ...range, steps: 1 }, '/steps', /from 2 to 8/],
  ['no metric', { ...summary, metrics: [] }, '/metrics', /at least one/],
  // too much
  [
    '100 steps',
    { ...funnel, steps: Array(100).fill({ filter: view }) },
    '/steps',
    /at most 20 members; got a list of 100/,
  ],
  ['100 exclusions', { ...funnel, exclude: Array(100).fill({ filter: view }) }, '/exclude', /at most 30/],
  ['100 series', { ...summary, series: Array(100).fill({}) }, '/series', /at most 20/],
  ['100 formulas', { ...summary, series: [{}], formulas: Array(100).fill('A') }, '/formulas', /at most 20/],
  [
    '100 segments',
    { ...summary, segments: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, view])) },
    '/segments',
    /at most 50/,
  ],
  [
    '100 fields of a breakdown',
    { kind: 'breakdown', ...range, by: Array(100).fill('type') },
    '/by',
    /at most 4/,
  ],
  [
    '1,000 measures',
    { ...summary, metrics: Array(1_000).fill({ agg: 'sum', of: 'properties.n' }) },
    '/metrics',
    /at most/,
  ],
  [
    'a filter of 10,000 parts',
    filtered({ or: Array(10_000).fill(view) }),
    '/filter/or',
    /at most 500 members/,
  ],
  [
    'a filter of 600 parts in two',
    filtered({ or: [{ and: Array(300).fill(view) }, { and: Array(300).fill(view) }] }),
    '/filter/or/1/and/197',
    /past the 500 nodes/,
  ],
  [
    'a filter of 1,000 levels',
    filtered(nested(1_000)),
    `/filter${'/not'.repeat(20)}`,
    /nested deeper than 20/,
  ],
  ['a list of 5,000 values', compared('type', 'in', Array(5_000).fill('x')), '/filter/value', /at most 1000/],
  [
    'a text of 100,000 characters',
    compared('type', 'eq', 'x'.repeat(100_000)),
    '/filter/value',
    /at most 1000 characters; got "x{80}"…/,
  ],
  [
    'segments that double',
    { ...filtered({ segment: 's9' }), segments: doubling(10) },
    '/segments/s0',
    /past the 500 nodes/,
  ],
  [
    'a segment of itself',
    { ...summary, segments: { a: { segment: 'b' }, b: { segment: 'a' } } },
    '/segments/b',
    /must not name itself/,
  ],
  [
    'a formula of 2,000 brackets',
    { ...summary, series: [{}], formulas: [`${'('.repeat(400)}A${')'.repeat(400)}`] },
    '/formulas/0/formula',
    /nested deeper than 20/,
  ],
  [
    'a formula that calls',
    { ...summary, series: [{}], formulas: ['A;process.exit()'] },
    '/formulas/0/formula',
    /holds ";"/,
  ],
  // patterns
  [
    'a pattern that explodes when written out',
    matches('(((a{99}){99}){99}){99}'),
    '/filter/value',
    /repeats more than 1000 characters/,
  ],
  ['a repetition without end', matches('a{1,100000}'), '/filter/value', /no number up to 100/],
  [
    'a pattern of 1,000 brackets',
    matches('('.repeat(90) + ')'.repeat(90)),
    '/filter/value',
    /nested deeper than 20/,
  ],
  ['a pattern that looks back', matches('(a)\\1'), '/filter/value', /not every store knows/],
  ['a pattern that looks ahead', matches('(?=a)b'), '/filter/value', /not every store knows/],
  ['a pattern that is none', matches('[z-a]'), '/filter/value', /the range z-a, which is empty/],
  // text that is none
  ['half a surrogate pair', compared('type', 'eq', '\ud83d'), '/filter/value', /well-formed Unicode/],
  [
    'a cursor that is none',
    { kind: 'events', ...range, after: "' OR 1=1 --" },
    '/after',
    /`next` of the page before/,
  ],
];

/** Each names the one before twice. */
function doubling(many: number): Record<string, unknown> {
  const pairs = Array.from({ length: many }, (_, i) => [
    `s${i}`,
    i === 0 ? view : { and: [{ segment: `s${i - 1}` }, { segment: `s${i - 1}` }] },
  ]);
  return Object.fromEntries(pairs);
}

/** What has meaning to some engine, template or terminal, in the place of every text of every example. */
const hostile = [
  "'; DROP TABLE events; --",
  "\\' OR 1=1) --",
  '"); SELECT sleep(9) --',
  '$'.concat('{7*7}{{7*7}}%n%s $1 ? {p:String}'),
  '\u0000\u001b[2J\u202e\ufeff',
  "properties.a'b\\",
];

interface Asked {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly code?: string;
    readonly pointer?: string;
    readonly detail?: string;
  };
}

async function ask({ url, keys }: RunningServer, plan: unknown, key = keys.read): Promise<Asked> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: plan === undefined ? '' : JSON.stringify(plan),
  });
  return { status: response.status, body: (await response.json()) as Asked['body'] };
}

/** The plan with something hostile in the place of each of its texts, one for each in turn. The kind is no text. */
function withHostile(plan: object): readonly object[] {
  const texts: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'string' && path[0] !== 'kind') texts.push(path);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  walk(plan, []);
  return texts.map((path, i) => replaced(plan, path, hostile[i % hostile.length]!));
}

function replaced(plan: object, path: readonly (string | number)[], text: string): object {
  const copy = structuredClone(plan) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as typeof copy;
  at[path.at(-1)!] = text;
  return copy;
}

const event = (n: number, more: object) => ({
  eventId: `e${n}`,
  timestamp: '2026-01-06T12:00:00Z',
  source: 'server',
  userId: `u${n % 3}`,
  ...more,
});
const events = [
  ...Array.from({ length: 9 }, (_, n) => event(n, { type: ['pageview', 'cart', 'purchase'][n % 3] })),
  // what the questions ask for is there
  ...hostile
    .filter((text) => !text.includes('\u0000'))
    .map((text, n) => event(100 + n, { type: text, userId: text, properties: { plan: text } })),
  event(200, { type: 'long', properties: { plan: `${'a'.repeat(5_000)}!` } }),
];

async function open(t: TestContext, settings: Readonly<Record<string, string>>): Promise<RunningServer> {
  const server = await startServer(t, temporaryDirectory(t), settings);
  const headers = { authorization: `Bearer ${server.keys.write}`, 'content-type': 'application/json' };
  const sent = await fetch(`${server.url}/api/collect`, {
    method: 'POST',
    headers,
    body: JSON.stringify(events),
  });
  assert.equal(((await sent.json()) as { accepted: number }).accepted, events.length);
  await until(
    () => counted(server),
    (count) => count === events.length,
  );
  return server;
}

/** Undefined until the store is there. */
async function counted(server: RunningServer): Promise<number | undefined> {
  const { body } = await ask(server, { ...summary, bots: 'include' });
  return (body.data as { total: { events: number } } | undefined)?.total.events;
}

/** What does not depend on when the server took its events. */
const told = ({ status, body }: Asked): string =>
  JSON.stringify([status, body.data], (key, value) => (key === 'receivedAt' ? undefined : value));

test('a running server', async (t) => {
  const database = await openDatabase();
  t.after(database.close);
  const servers = await Promise.all([open(t, {}), open(t, { MILLRACE_STORE: database.url })]);
  const [server] = servers;

  await t.test('refuses each bad question with the place and the rule', async () => {
    const wrong: string[] = [];
    for (const [about, plan, pointer, rule] of cases) {
      const { status, body } = await ask(server!, plan);
      const isRight = status === 400 && body.code === 'plan_invalid' && body.pointer === pointer;
      if (!isRight || !rule.test(body.detail ?? ''))
        wrong.push(`${about}: ${status} ${JSON.stringify(body)}`);
    }
    assert.deepEqual(wrong, []);
  });

  await t.test('refuses ten megabytes of filters before it reads them', async () => {
    for (let round = 0; round < 20; round++) {
      const { status, body } = await ask(server!, filtered({ or: Array(200_000).fill(view) }));
      assert.deepEqual([status, body.code], [413, 'body_too_large']);
    }
  });

  await t.test(
    'takes whatever stands in a text for text: both stores refuse it, or answer the same, and lose nothing',
    async () => {
      for (const [kind, example] of Object.entries(planExamples)) {
        // several at once, as far as one key may
        await Promise.all(
          withHostile(example).map(async (plan) => {
            const [one, other] = await Promise.all(servers.map((server) => ask(server, plan)));
            const about = `${kind}: ${JSON.stringify(plan)} ${JSON.stringify(one)}`;
            assert.ok(one!.status === 200 || (one!.status === 400 && one!.body.pointer !== undefined), about);
            assert.deepEqual(told(other!), told(one!), about);
          }),
        );
      }
      for (const server of servers) {
        assert.equal(await counted(server), events.length);
        assert.equal(server.process.exitCode, null);
      }
    },
  );

  await t.test('answers patterns that explode elsewhere, on both stores alike', async () => {
    for (const pattern of [
      '(a+)+$',
      '(a|a)*$',
      '(a|aa)+$',
      '(.*a){20}',
      '((a?){30}a{30})+$',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
    ]) {
      const plan = compared('properties.plan', 'matches', pattern);
      const [one, other] = await Promise.all(servers.map((server) => ask(server, plan)));
      assert.equal(one!.status, 200, `${pattern} ${JSON.stringify(one)}`);
      assert.deepEqual(other!.body.data, one!.body.data, pattern);
    }
  });

  await t.test('holds each key to its own limits, on both stores, and tells whose they are', async () => {
    const plan = { ...summary, exact: true, filter: { field: 'properties.plan', op: 'exists' } };
    for (const server of servers) {
      const made = await fetch(`${server.url}/api/v1/keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.keys.admin}`, 'content-type': 'application/json' },
        body: JSON.stringify({ scope: 'read', limits: { rowsMax: 1 } }),
      });
      const { data } = (await made.json()) as { data: { id: string; key: string } };
      const { status, body } = await ask(server, plan, data.key);
      assert.deepEqual([status, body.code], [422, 'over_rows'], JSON.stringify(body));
      const told = `reads more than 1 rows (limits.rowsMax of the key ${data.id}); ask for a shorter range`;
      assert.ok(body.detail?.includes(told), body.detail);
      assert.equal((await ask(server, plan)).status, 200);
    }
  });
});
