import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Filter, Metric, Plan } from '../../../src/plan/plan.ts';
import { chooseSource, type Rollups, usesRollups } from '../../../src/store/sql/choose-source.ts';

const day = 86_400_000;
const slots: Rollups = { tiers: { events: ['slot'], amount: ['slot'], users: ['day'] }, exactUsers: false };

describe('the choice of sources', () => {
  test('answers counts, amounts and persons from rollups when nothing else is asked', () => {
    assert.deepEqual(choices({}), { events: 'rollup', users: 'rollup', amounts: 'rollup' });
  });

  test('reads rows for true numbers of persons, and only for those', () => {
    assert.deepEqual(choices({ exact: true }), { events: 'rollup', users: 'rows', amounts: 'rollup' });
  });

  test('takes true numbers of persons from rollups that have them', () => {
    const rollup = { events: 'rollup', users: 'rollup', amounts: 'rollup' };
    assert.deepEqual(choices({ exact: true }, true), rollup);
  });

  test('knows the type and the bots of every rollup, the currency of counts alone', () => {
    const byType: Partial<Plan> = {
      by: { field: 'type', limit: 3 },
      filter: { not: { field: 'bot', op: 'eq', value: true } },
    };
    assert.deepEqual(choices(byType), { events: 'rollup', users: 'rollup', amounts: 'rollup' });
    const currency: Filter = { field: 'currency', op: 'eq', value: 'EUR' };
    assert.deepEqual(choices({ filter: currency }), { events: 'rollup', users: 'rows', amounts: 'rollup' });
  });

  test('reads rows for every other field, however deep it stands', () => {
    const filter: Filter = {
      or: [{ field: 'type', op: 'exists' }, { and: [{ not: { field: 'country', op: 'eq', value: 'DE' } }] }],
    };
    const rows = { events: 'rows', users: 'rows', amounts: 'rows' };
    assert.deepEqual(choices({ filter }), rows);
    assert.deepEqual(choices({ by: { field: 'properties.plan', limit: 1 } }), rows);
  });

  test('chooses nothing for what is not asked', () => {
    assert.deepEqual(choices({ metrics: ['events'] }), { events: 'rollup', users: 'none', amounts: 'none' });
  });
});

function choices(given: Partial<Plan>, exactUsers = false): Record<'events' | 'users' | 'amounts', string> {
  const metrics: Metric[] = ['events', 'users', 'amount'];
  const plan = {
    version: 1,
    kind: 'summary',
    project: 'p',
    from: 0,
    to: 2 * day,
    timeZone: 'UTC',
    bots: 'exclude',
    metrics,
    exact: false,
    ...given,
  } as Plan;
  const { events, users, amounts } = chooseSource({ plan, edges: [0, 2 * day] }, { ...slots, exactUsers });
  const name = (cover: typeof users): string =>
    cover === undefined ? 'none' : usesRollups(cover) ? 'rollup' : 'rows';
  return { events: name(events), users: name(users), amounts: name(amounts) };
}
