import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { inParameters, shortcutPlan, shortcuts } from '../../src/query/shortcuts.ts';

const now = Date.UTC(2026, 2, 15, 12);
const context = { project: 'p', now };
const shortcutOf = (name: string) => shortcuts.find((each) => each.name === name)!;
const inputOf = (name: string, query: string) =>
  shortcutPlan(shortcutOf(name), Object.fromEntries(new URLSearchParams(query)), now);

/** What the shortcut asks, beside what all plans have. */
function asked(name: string, query: string): Record<string, unknown> {
  const { version: _, project: __, ...plan } = parsePlan(inputOf(name, query), context);
  return plan as unknown as Record<string, unknown>;
}

function refusal(name: string, query: string): string {
  try {
    parsePlan(inputOf(name, query), context);
  } catch (error) {
    const told = inParameters(shortcutOf(name), error);
    assert.ok(isFailure(told, 'plan_invalid'), String(told));
    return told.message;
  }
  throw new Error(`${name}?${query} is taken`);
}

describe('shortcuts', () => {
  it('have a plan each without parameters, but for those that must be given', () => {
    const needed: Record<string, string> = {
      breakdown: 'by=country',
      funnel: 'steps=a,b',
      user: 'person=ada',
      experiment: 'experiment=button',
    };
    for (const { name, kind, parameters } of shortcuts) {
      const required = Object.entries(parameters).flatMap(([each, { required }]) => (required ? [each] : []));
      assert.deepEqual(required, needed[name] === undefined ? [] : [needed[name]!.split('=')[0]], name);
      assert.equal(asked(name, needed[name] ?? '').kind, kind);
      if (required.length > 0) assert.match(refusal(name, ''), new RegExp(`^/${required[0]} must be given`));
    }
  });

  it('are about the last 30 days unless they say otherwise, both ends inclusive', () => {
    const rangeOf = (query: string) => {
      const { from, to } = asked('events', query);
      return [from, to].map((time) => new Date(time as number).toISOString());
    };
    assert.deepEqual(rangeOf(''), ['2026-02-14T00:00:00.000Z', '2026-03-16T00:00:00.000Z']);
    assert.deepEqual(rangeOf('range=yesterday'), ['2026-03-14T00:00:00.000Z', '2026-03-15T00:00:00.000Z']);
    assert.deepEqual(rangeOf('from=2026-01-01&to=2026-01-31'), [
      '2026-01-01T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ]);
    assert.deepEqual(rangeOf('from=2026-03-01&timeZone=Europe/Berlin'), [
      '2026-02-28T23:00:00.000Z',
      '2026-03-15T23:00:00.000Z',
    ]);
  });

  it('read numbers, lists, filters, durations and comparisons out of text', () => {
    const trend = asked(
      'trend',
      'from=2026-01-01&to=2026-01-31&metrics=users,p95(properties.load),sum(amount%20EUR)&by=country&limit=3' +
        '&filter=country==DE;amount%3E=10&compare=2025-01-01..2025-01-31&exact=1&sample=0.5',
    );
    assert.deepEqual(trend, {
      kind: 'trend',
      interval: 'day',
      from: Date.UTC(2026, 0, 1),
      to: Date.UTC(2026, 1, 1),
      timeZone: 'UTC',
      bots: 'exclude',
      metrics: ['users'],
      measures: [
        { agg: 'p95', of: 'properties.load' },
        { agg: 'sum', of: 'amount', currency: 'EUR' },
      ],
      by: { field: 'country', limit: 3 },
      filter: {
        and: [
          { field: 'country', op: 'eq', value: 'DE' },
          { field: 'amount', op: 'gte', value: 10 },
        ],
      },
      compare: { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 1, 1) },
      exact: true,
      sample: 0.5,
    });
    const funnel = asked('funnel', 'steps=pageview,type==purchase;amount%3E=10&window=2h&by=country&limit=2');
    assert.deepEqual(funnel.steps, [
      { name: 'Step 1', filter: { field: 'type', op: 'eq', value: 'pageview' } },
      {
        name: 'Step 2',
        filter: {
          and: [
            { field: 'type', op: 'eq', value: 'purchase' },
            { field: 'amount', op: 'gte', value: 10 },
          ],
        },
      },
    ]);
    assert.deepEqual([funnel.windowMs, funnel.by], [7_200_000, { field: 'country', limit: 2 }]);
    const retention = asked('retention', 'start=signup&return=type^=page&period=day');
    assert.deepEqual(retention.start, { field: 'type', op: 'eq', value: 'signup' });
    assert.deepEqual(retention.return, { field: 'type', op: 'startsWith', value: 'page' });
    assert.deepEqual(asked('breakdown', 'by=country,device').by, [{ field: 'country' }, { field: 'device' }]);
    assert.deepEqual(asked('top', 'limit=5').by, { field: 'path', limit: 5 });
    assert.deepEqual(asked('sessions', 'by=entryPath').by, { dimension: 'entryPath', limit: 10 });
  });

  it('choose an interval that fits the range', () => {
    const intervals = ['today', '7d', '12mo', 'all'].map(
      (range) => asked('trend', `range=${range}`).interval,
    );
    assert.deepEqual(intervals, ['hour', 'day', 'week', 'month']);
    assert.equal(asked('trend', 'range=7d&interval=hour').interval, 'hour');
  });

  it('name the parameter that is wrong, wherever it ends up in the plan', () => {
    const cases: readonly [string, string, RegExp][] = [
      ['trend', 'interval=fortnight', /^\/interval must be one of/],
      ['trend', 'by=country&limit=0', /^\/limit must be a whole number from 1 to 1000; got 0/],
      ['trend', 'by=country&limit=many', /^\/limit must be a whole number .*"many"/],
      ['trend', 'limit=3', /^\/limit goes with by/],
      ['trend', 'by=contry', /^\/by .*did you mean country\?/],
      ['trend', 'metrics=events,clicks', /^\/metrics must be one of/],
      ['trend', 'metrics=p95(amount)', /^\/metrics must say which currency/],
      ['trend', 'filter=country', /^\/filter must look like country=DE/],
      ['trend', 'filter=contry==DE', /^\/filter .*did you mean country\?/],
      ['trend', 'filter={', /^\/filter begins like JSON/],
      ['trend', `filter=${'a?;'.repeat(2_000)}`, /^\/filter must have at most 4000 characters/],
      ['trend', 'from=2026-01-01&range=7d', /^\/from does not go with range/],
      ['trend', 'to=2026-01-01', /^\/from must be given with to/],
      ['trend', 'from=2026-02-01&to=2026-01-01', /^\/to must be later than from/],
      ['trend', 'from=1767225600', /^\/from looks like seconds/],
      ['trend', 'timeZone=Mars/Olympus', /^\/timeZone must be an IANA/],
      ['trend', 'compare=last', /^\/compare must be previous, year, or FROM\.\.TO/],
      ['trend', 'compare=2025-01-01..x', /^\/compare must be a time/],
      ['trend', 'exact=maybe', /^\/exact must be true or false/],
      ['trend', 'sample=2', /^\/sample must be a share/],
      ['funnel', 'steps=a', /^\/steps must have at least 2/],
      ['funnel', 'steps=a,contry==DE', /^\/steps .*did you mean country\?/],
      ['funnel', 'steps=a,b&window=forever', /^\/window must be a duration/],
      ['funnel', 'steps=a,b&window=9999d', /^\/window must be a whole number/],
      ['retention', 'start=?', /^\/start must look like/],
      ['paths', 'steps=20', /^\/steps must be a whole number from 2 to 8/],
      ['users', 'after=', /^\/after must not be empty/],
    ];
    for (const [name, query, rule] of cases) assert.match(refusal(name, query), rule, `${name}?${query}`);
  });
});
