/** A kept answer is given only while nothing came that it depends on, also through cohorts in any filter of the plan. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage } from './support.ts';

const range = { from: '2025-06-13', to: '2025-06-15' };
const view = { field: 'type', op: 'eq', value: 'pageview' };
const view2 = { field: 'type', op: 'eq', value: 'second' };
/** Who bought anything long before the question's range. */
const buyers = {
  cohort: { filter: { field: 'type', op: 'eq', value: 'purchase' }, from: '2025-01-01', to: '2025-02-01' },
};
const steps = [{ filter: view }, { filter: view2 }];
const plans: Readonly<Record<string, object>> = {
  'the filter of a plan': { kind: 'sessions', filter: buyers },
  'the filter of a series': { kind: 'summary', series: [{ filter: { not: buyers } }] },
  'a step of a funnel': { kind: 'funnel', steps: [{ filter: { and: [view, buyers] } }, { filter: view2 }] },
  'an exclusion of a funnel': { kind: 'funnel', steps, exclude: [{ filter: { or: [buyers] } }] },
  'the start of retention': { kind: 'retention', first: 'range', period: 'day', start: buyers },
  'the return of retention': { kind: 'retention', first: 'range', period: 'day', return: { not: buyers } },
};

for (const [place, plan] of Object.entries(plans)) {
  test(`an answer is made anew when an event came that a cohort in ${place} is about`, async () => {
    const { ask, add } = openStage();
    const at = Date.UTC(2025, 5, 14, 10);
    const by = { userId: 'ada', personKey: 1n };
    await add(
      { type: 'pageview', timestamp: at - 86_400_000, ...by },
      { type: 'pageview', timestamp: at, ...by },
      { type: 'other', timestamp: at + 1_000, ...by },
      { type: 'second', timestamp: at + 2_000, ...by },
    );
    const asked = { ...plan, ...range };
    const first = await ask(asked);
    assert.equal((await ask(asked)).meta.cached, true);
    await add({ type: 'purchase', timestamp: Date.UTC(2025, 0, 15), ...by });
    const second = await ask(asked);
    assert.equal(second.meta.cached, false);
    assert.notDeepEqual(second.data, first.data);
  });
}
