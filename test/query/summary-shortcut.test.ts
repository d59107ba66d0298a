import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { summaryBody, summaryPlan } from '../../src/query/summary-shortcut.ts';
import { now, openStage } from './support.ts';

const rangeOf = (parameters: Record<string, unknown>): string[] => {
  const { from, to } = summaryPlan(parameters, 'p', now);
  return [from, to].map((time) => new Date(time).toISOString());
};
const refusal = (parameters: Record<string, unknown>): string => {
  try {
    summaryPlan(parameters, 'p', now);
  } catch (error) {
    if (isFailure(error, 'plan_invalid')) return error.message;
  }
  throw new Error('it was taken');
};

test('from and to are inclusive to the millisecond', () => {
  const range = ['2025-06-15T10:00:00.000Z', '2025-06-15T11:00:00.001Z'];
  assert.deepEqual(rangeOf({ from: '2025-06-15T10:00:00Z', to: '2025-06-15T11:00:00Z' }), range);
  assert.deepEqual(
    rangeOf({ from: String(Date.parse(range[0]!)), to: String(Date.parse(range[1]!) - 1) }),
    range,
  );
});

test('one millisecond is a range', () => {
  assert.deepEqual(rangeOf({ from: '1750000000000', to: '1750000000000' }), [
    '2025-06-15T15:06:40.000Z',
    '2025-06-15T15:06:40.001Z',
  ]);
});

test('a bare date is that whole day, UTC unless a zone is named', () => {
  assert.deepEqual(rangeOf({ from: '2025-06-15', to: '2025-06-15' }), [
    '2025-06-15T00:00:00.000Z',
    '2025-06-16T00:00:00.000Z',
  ]);
  assert.deepEqual(rangeOf({ from: '2025-03-30', to: '2025-03-30', timeZone: 'Europe/Berlin' }), [
    '2025-03-29T23:00:00.000Z',
    '2025-03-30T22:00:00.000Z',
  ]);
});

test('an offset whose plus became a blank is read as it was meant', () => {
  assert.equal(
    rangeOf({ from: '2025-06-15T10:00:00 02:00', to: '2025-06-16' })[0],
    '2025-06-15T08:00:00.000Z',
  );
});

test('without from and to the range is everything, and the same all day long', () => {
  assert.deepEqual(rangeOf({}), ['1900-01-01T00:00:00.000Z', '2025-06-17T00:00:00.000Z']);
  assert.equal(summaryPlan({}, 'p', now).to, summaryPlan({}, 'p', now + 11 * 3_600_000).to);
});

test('bots and exact are passed on', () => {
  const plan = summaryPlan({ bots: 'include', exact: 'true' }, 'p', now);
  assert.deepEqual([plan.bots, plan.exact], ['include', true]);
  assert.equal(summaryPlan({ exact: '0' }, 'p', now).exact, false);
});

test('a wrong parameter is named', () => {
  assert.match(refusal({ form: '2025-06-15' }), /^\/form is not known here; did you mean from\?/);
  assert.match(refusal({ from: 'yesterday' }), /^\/from must be a time like/);
  assert.match(refusal({ from: '' }), /^\/from must be a time like/);
  assert.match(refusal({ from: ['2025-06-15', '2025-06-16'] }), /^\/from must be a time/);
  assert.match(refusal({ to: '1750000000' }), /^\/to looks like seconds/);
  assert.match(refusal({ from: '2025-06-15', to: '2025-06-14' }), /^\/to must be later than from/);
  assert.match(refusal({ timeZone: 'Mars' }), /^\/timeZone must be an IANA/);
  assert.match(refusal({ bots: 'yes' }), /^\/bots must be one of/);
  assert.match(refusal({ exact: 'yes' }), /^\/exact must be one of/);
});

test('the body counts events, persons, and events by type, most first', async () => {
  const { query, add } = openStage();
  await add(
    { type: 'click', personKey: 1n },
    { type: 'pageview', personKey: 1n },
    { type: 'pageview', personKey: 2n },
    { type: 'zoom', personKey: 0n },
    { type: '__proto__', personKey: 2n },
    { type: 'pageview', personKey: 3n, bot: true },
  );
  const body = summaryBody(await query.ask(summaryPlan({}, 'p', now), { project: 'p' }));
  assert.equal(
    JSON.stringify(body),
    '{"data":{"totalEvents":5,"uniqueUsers":2,"eventsByType":{"pageview":2,"__proto__":1,"click":1,"zoom":1}},' +
      `"cached":false,"meta":{"approximate":false,"error":0,"stale":false,"asOf":"${new Date(now).toISOString()}"}}`,
  );
});

test('the body says when there are more types than it lists', async () => {
  const { query, add } = openStage();
  await add(...Array.from({ length: 1_001 }, (_, i) => ({ type: `type-${i}` })));
  const body = summaryBody(await query.ask(summaryPlan({}, 'p', now), { project: 'p' }));
  assert.equal(Object.keys(body.data.eventsByType).length, 1_000);
  assert.deepEqual([body.data.totalEvents, body.meta.truncated], [1_001, true]);
});

test('a body without events has no types', async () => {
  const { query } = openStage();
  const body = summaryBody(await query.ask(summaryPlan({ from: '2025-06-01' }, 'p', now), { project: 'p' }));
  assert.equal(JSON.stringify(body.data), '{"totalEvents":0,"uniqueUsers":0,"eventsByType":{}}');
});
