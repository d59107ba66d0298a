import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { now, openSaved, pointsAt, project } from './support.ts';

const bought = { field: 'type', op: 'eq', value: 'purchase' };
const paid = { field: 'properties.plan', op: 'eq', value: 'pro' };

describe('names in plans', () => {
  it('leave a plan that has none as it is', async (context) => {
    const { resolve } = await openSaved(context);
    for (const plan of [{ kind: 'summary', filter: { not: bought } }, null, 7, 'x', [], { kind: 'nothing' }])
      assert.equal(await resolve(plan), plan);
  });

  it('become the filter of a segment, of a goal, and the condition of a cohort', async (context) => {
    const { save, resolve } = await openSaved(context);
    await save('segment', 'Paid', { filter: paid, description: 'the ones who pay' });
    await save('goal', 'Bought', { filter: bought, value: 5 });
    await save('cohort', 'Buyers', { filter: { segment: 'paid' }, atLeast: 2, days: 30, description: 'x' });
    const plan = {
      kind: 'summary',
      range: '7d',
      filter: { and: [{ segment: 'paid' }, { not: { goal: 'bought' } }, { or: [{ cohort: 'buyers' }] }] },
    };
    const written = {
      kind: 'summary',
      range: '7d',
      filter: { and: [paid, { not: bought }, { or: [{ cohort: { filter: paid, atLeast: 2, days: 30 } }] }] },
    };
    assert.deepEqual(await resolve(plan), written);
    assert.deepEqual(parsePlan(await resolve(plan), { project, now }), parsePlan(written, { project, now }));
  });

  it('are found wherever a plan has a filter, and as steps of a funnel', async (context) => {
    const { save, resolve } = await openSaved(context);
    await save('goal', 'Bought', { filter: bought });
    await save('segment', 'Paid', { filter: paid });
    const segment = { segment: 'paid' };
    assert.deepEqual(
      await resolve({
        kind: 'funnel',
        steps: [{ filter: segment }, { goal: 'bought', withinMs: 5 }, { goal: 'bought', name: 'Again' }],
        exclude: [{ filter: segment }],
      }),
      {
        kind: 'funnel',
        steps: [
          { filter: paid },
          { name: 'Bought', filter: bought, withinMs: 5 },
          { name: 'Again', filter: bought },
        ],
        exclude: [{ filter: paid }],
      },
    );
    assert.deepEqual(await resolve({ kind: 'retention', start: segment, return: { goal: 'bought' } }), {
      kind: 'retention',
      start: paid,
      return: bought,
    });
    assert.deepEqual(
      await resolve({
        kind: 'trend',
        series: [{ filter: segment }],
        filter: { cohort: { filter: segment } },
      }),
      { kind: 'trend', series: [{ filter: paid }], filter: { cohort: { filter: paid } } },
    );
  });

  it('are those of the plan first, and within what is saved only saved ones', async (context) => {
    const { save, resolve } = await openSaved(context);
    await save('segment', 'One', { filter: bought });
    await save('segment', 'Two', { filter: { segment: 'one' } });
    const plan = {
      kind: 'summary',
      segments: { one: paid },
      filter: { or: [{ segment: 'one' }, { segment: 'two' }] },
    };
    assert.deepEqual(await resolve(plan), { ...plan, filter: { or: [{ segment: 'one' }, bought] } });
  });

  it('that there are not are refused with the place and the one that was meant', async (context) => {
    const { save, resolve } = await openSaved(context);
    await save('segment', 'Paid users', { filter: paid });
    await assert.rejects(
      resolve({ kind: 'summary', filter: { and: [bought, { segment: 'paid-user' }] } }),
      pointsAt('/filter/and/1/segment', /must be the id of a saved segment \(did you mean paid-users\?\)/),
    );
    await assert.rejects(
      resolve({ kind: 'funnel', steps: [{ goal: 'bought' }] }),
      pointsAt('/steps/0/goal', /must be the id of a saved goal; got "bought"/),
    );
    await assert.rejects(
      resolve({ kind: 'summary', filter: { cohort: 'x'.repeat(5_000) } }),
      pointsAt('/filter/cohort', /saved cohort/),
    );
  });

  it('that lead back to themselves are refused', async (context) => {
    const { catalog, save, resolve } = await openSaved(context);
    const one = await save('segment', 'One', { filter: bought });
    await save('segment', 'Two', { filter: { segment: 'one' } });
    await catalog.saved.replace({ ...one, body: { filter: { not: { segment: 'two' } } } });
    const circle = pointsAt('/filter/segment/not/segment/segment', /names itself/);
    await assert.rejects(resolve({ kind: 'summary', filter: { segment: 'one' } }), circle);
  });

  it('are bounded in number, however they multiply', async (context) => {
    const { save, resolve } = await openSaved(context);
    await save('segment', 's0', { filter: bought });
    for (let i = 1; i < 7; i++) {
      const inner = { segment: `s${i - 1}` };
      await save('segment', `s${i}`, { filter: { or: [inner, inner] } });
    }
    await assert.rejects(
      resolve({ kind: 'summary', filter: { or: Array.from({ length: 3 }, () => ({ segment: 's6' })) } }),
      (error: Error) => /past the 200 names/.test(error.message),
    );
  });
});
