/** Plans as the editors of Explore read and write them: nothing of a plan is lost by being opened. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventIn, withEvent } from '../../dashboard/src/explore/filters/event-in.ts';
import { filterOf, type Group, pointersOf, treeOf } from '../../dashboard/src/explore/filters/filter-tree.ts';
import { filterWords } from '../../dashboard/src/explore/filters/filter-words.ts';
import { draftOf, planOf } from '../../dashboard/src/explore/kinds/trend/draft.ts';
import {
  exploreSearch,
  formInAddress,
  planInAddress,
  questionInAddress,
  viewInAddress,
} from '../../dashboard/src/explore/question-link.ts';
import { parseSearch, stringifySearch } from '../../dashboard/src/state/search.ts';

const country = { field: 'country', op: 'eq', value: 'DE' };
const plan = { field: 'properties.plan', op: 'in', value: ['free', 'trial'] };
const bought = { field: 'type', op: 'eq', value: 'purchase' };

describe('a filter in its editor', () => {
  const filters: readonly object[] = [
    country,
    { not: country },
    { and: [country, { not: plan }] },
    { or: [{ and: [country, plan] }, { field: 'userId', op: 'exists' }] },
    { not: { or: [country, plan] } },
    { segment: 'vip' },
    { and: [{ not: { cohort: 'regulars' } }, { goal: 'ordered' }] },
    { cohort: { filter: { and: [bought, country] }, atLeast: 2, days: 30 } },
    { cohort: { filter: bought, from: '2026-01-01', to: '2026-02-01' } },
    { field: 'amount', op: 'gte', value: 20 },
    { surprise: { deep: [1] } },
  ];
  for (const filter of filters)
    it(`is the same when it comes out: ${JSON.stringify(filter)}`, () => {
      assert.deepEqual(filterOf(treeOf(filter)), filter);
    });

  it('leaves out what is incomplete, and knows where the rest stands', () => {
    const tree = treeOf({ and: [country, plan] });
    const incomplete = {
      kind: 'condition',
      id: 9,
      not: false,
      field: 'path',
      op: 'eq',
      value: undefined,
    } as const;
    const group: Group = { ...tree, parts: [incomplete, ...tree.parts] };
    assert.deepEqual(filterOf(group), { and: [country, plan] });
    assert.deepEqual(pointersOf(group, '/filter'), [undefined, '/filter/and/0', '/filter/and/1']);
    assert.deepEqual(pointersOf({ ...tree, parts: [incomplete, tree.parts[0]!] }, '/filter'), [
      undefined,
      '/filter',
    ]);
  });

  it('begins with the type of event, where it has one', () => {
    const filter = { and: [bought, country] };
    assert.deepEqual(eventIn(filter), { event: 'purchase', rest: country });
    assert.deepEqual(withEvent('purchase', country), filter);
    assert.deepEqual(withEvent(undefined, country), country);
    assert.deepEqual(eventIn({ or: [bought, country] }), {
      event: undefined,
      rest: { or: [bought, country] },
    });
  });

  it('reads as a sentence', () => {
    const words = filterWords({ and: [country, { not: { or: [plan, { segment: 'vip' }] } }] }, (_, id) =>
      id.toUpperCase(),
    );
    assert.equal(words, 'Country is Germany and not (plan is one of free, trial or in VIP)');
  });
});

describe('a question in an address', () => {
  const hostile = {
    field: 'properties.a&b=c',
    op: 'eq',
    value: '50% + "x" #1 {[é\u202e]} ?view=chart:bars&plan=\n',
  };

  it('comes out of it as it went in, whatever it holds', () => {
    const asked = { kind: 'trend', interval: 'day', filter: hostile, series: [{ metric: 'users' }] };
    const text = stringifySearch(
      exploreSearch(asked, { form: 'table', view: { chart: 'bars' }, question: 'a-b' }),
    );
    // as browsers keep it
    const search = parseSearch(new URL(`https://millrace.example/p/shop/explore${text}`).search);
    assert.deepEqual(planInAddress(search), { kind: 'plan', plan: asked });
    assert.equal(formInAddress(search), 'table');
    assert.equal(questionInAddress(search), 'a-b');
    assert.deepEqual(viewInAddress(search), { chart: 'bars' });
  });

  it('is told apart from what is none', () => {
    assert.equal(planInAddress({}).kind, 'none');
    for (const plan of ['{"kind":', '[]', 'null', '{"range":"7d"}'])
      assert.equal(planInAddress({ plan }).kind, 'broken');
  });
});

describe('a trend in its editor', () => {
  const scope = { range: '30d', filter: country, compare: 'previous' };
  const plans: readonly { readonly kind: string; readonly [name: string]: unknown }[] = [
    { kind: 'trend', interval: 'day', ...scope, series: [{ metric: 'users' }] },
    {
      kind: 'trend',
      interval: 'week',
      ...scope,
      series: [
        { name: 'buyers', metric: 'users', filter: bought },
        { metric: { agg: 'p95', of: 'properties.ms' } },
      ],
      formulas: [{ name: 'rate', formula: 'buyers / B' }],
    },
    { kind: 'summary', ...scope, series: [{ metric: 'events' }] },
    { kind: 'trend', interval: 'day', ...scope, metrics: ['users'], by: { field: 'country', limit: 5 } },
    {
      kind: 'breakdown',
      ...scope,
      metrics: ['events', 'users'],
      by: ['country', 'properties.plan'],
      limit: 3,
    },
  ];
  for (const one of plans)
    it(`is the same when it comes out: ${JSON.stringify(one)}`, () => {
      assert.deepEqual(planOf(one, draftOf(one)), one);
    });

  it('gives the filter of its only series to the whole when it is told apart by a field', () => {
    const before = {
      kind: 'trend',
      interval: 'day',
      range: '7d',
      series: [{ metric: 'events', filter: bought }],
    };
    const after = planOf(before, { ...draftOf(before), by: ['country'] });
    assert.deepEqual(after.filter, bought);
    assert.deepEqual(after.by, { field: 'country', limit: 10 });
  });
});
