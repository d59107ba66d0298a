import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SavedKind, savedKinds } from '../../src/catalog/saved.ts';
import { isFailure } from '../../src/errors.ts';
import { openSaved, pointsAt } from './support.ts';

const filter = { field: 'type', op: 'eq', value: 'purchase' };
const plan = { kind: 'summary', range: '7d' };
const layout = { x: 0, y: 0, width: 6, height: 4 };
const variants = [{ key: 'a' }, { key: 'b', weight: 2 }];

/** One good body of each kind. */
const bodies: Readonly<Record<SavedKind, object>> = {
  question: { plan, view: { chart: 'bars', colors: ['#fff'] }, description: 'how many' },
  dashboard: {
    tiles: [
      { plan, layout, title: 'All' },
      { text: 'Hello', layout },
    ],
  },
  experiment: {
    experimentId: 'gate',
    hypothesis: 'h',
    variants,
    control: 'a',
    goals: ['x'],
    start: '2026-01-01',
    status: 'running',
  },
  segment: { filter },
  cohort: { filter, atLeast: 3, days: 30 },
  goal: { filter, value: { of: 'amount', currency: 'EUR' } },
  annotation: { at: '2026-01-01T10:00:00Z', until: '2026-01-02', text: 'Release 2' },
};

const broken: readonly [SavedKind, unknown, string, RegExp][] = [
  ['question', {}, '/plan', /must be an object/],
  ['question', { plan: { kind: 'summery', range: '7d' } }, '/plan/kind', /did you mean summary/],
  ['question', { plan, filter }, '/filter', /is not known here/],
  ['question', { plan: { ...plan, filter: { segment: 'none' } } }, '/plan/filter/segment', /saved segment/],
  ['question', { plan, view: 'bars' }, '/view', /must be an object/],
  ['dashboard', { tiles: [{ plan, question: 'q', layout }] }, '/tiles/0', /exactly one of/],
  ['dashboard', { tiles: [{ question: 'sals', layout }] }, '/tiles/0/question', /did you mean sales/],
  ['dashboard', { tiles: [{ plan }] }, '/tiles/0/layout', /must be an object/],
  ['dashboard', { tiles: [{ plan, layout: { ...layout, x: 45 } }] }, '/tiles/0/layout/width', /from 1 to 3/],
  [
    'dashboard',
    { tiles: [{ plan: { kind: 'funnel', range: '7d' }, layout }] },
    '/tiles/0/plan/steps',
    /must be a list/,
  ],
  ['experiment', { variants }, '/experimentId', /must be text/],
  ['experiment', { experimentId: 'x', variants: [{ key: 'a' }] }, '/variants', /at least 2/],
  [
    'experiment',
    { experimentId: 'x', variants: [{ key: 'a' }, { key: 'a' }] },
    '/variants/1/key',
    /given once/,
  ],
  [
    'experiment',
    { experimentId: 'x', variants: [{ key: 'a', weight: 0 }, { key: 'b' }] },
    '/variants/0/weight',
    /over 0/,
  ],
  ['experiment', { experimentId: 'x', variants, control: 'c' }, '/control', /one of a, b/],
  [
    'experiment',
    { experimentId: 'x', variants, start: '2026-02-01', end: '2026-01-01' },
    '/end',
    /before start/,
  ],
  ['experiment', { experimentId: 'x', variants, status: 'over' }, '/status', /one of draft/],
  ['segment', {}, '/filter', /must be given/],
  ['segment', { filter: { field: 'contry', op: 'exists' } }, '/filter/field', /did you mean country/],
  ['cohort', { filter, atLeast: 0, days: 3 }, '/atLeast', /from 1/],
  ['cohort', { filter, days: 0 }, '/days', /from 1/],
  ['goal', { filter, value: { of: 'country' } }, '/value/of', /amount/],
  ['goal', { filter, value: 'much' }, '/value', /must be a number/],
  ['annotation', { at: 'yesterday', text: 'x' }, '/at', /yesterday/],
  ['annotation', { text: 'x' }, '/at', /must be given/],
  ['annotation', { at: '2026-01-02', until: '2026-01-01', text: 'x' }, '/until', /before at/],
  ['annotation', { at: '2026-01-02', text: ' ' }, '/text', /must not be empty/],
];

describe('what people keep', () => {
  it('is taken and given back as it was sent, in every kind', async (context) => {
    const { care, save } = await openSaved(context);
    for (const kind of savedKinds) {
      const saved = await save(kind, ` The ${kind} `, bodies[kind]);
      assert.deepEqual([saved.id, saved.name, saved.version], [`the-${kind}`, `The ${kind}`, 1]);
      assert.deepEqual((await care.get(saved)).body, bodies[kind]);
    }
  });

  it('is refused with the place and the rule when its body is wrong', async (context) => {
    const { save } = await openSaved(context);
    await save('question', 'Sales', { plan });
    for (const [kind, body, pointer, rule] of broken)
      await assert.rejects(save(kind, 'x', body), pointsAt(pointer, rule), `${kind} ${JSON.stringify(body)}`);
    for (const kind of savedKinds)
      for (const body of [null, 5, 'x', [], undefined])
        await assert.rejects(save(kind, 'x', body), pointsAt('', /must be an object/));
  });

  it('gets an id out of its name, with a number when that is taken', async (context) => {
    const { save } = await openSaved(context);
    const idOf = async (name: string) => (await save('segment', name, { filter })).id;
    assert.equal(await idOf('Zahlende Kund:innen (DE) – größer'), 'zahlende-kund-innen-de-gro-er');
    assert.equal(await idOf('Ça va?'), 'ca-va');
    assert.equal(await idOf('ça va!'), 'ca-va-2');
    assert.equal(await idOf('客户'), 'segment');
    assert.equal((await idOf('x'.repeat(100))).length, 63);
    assert.equal((await idOf('x'.repeat(99))).length, 61);
    await assert.rejects(save('segment', 'n', { filter }, 'Not An Id'), isRequestInvalid);
  });

  it('is bounded in names, bytes, depth and number', async (context) => {
    const { save } = await openSaved(context, 2);
    for (const name of ['', '  ', 'x'.repeat(101), 'a\nb', 'a\u0000', 'half \ud800', 5 as never])
      await assert.rejects(save('segment', name, { filter }), isRequestInvalid, JSON.stringify(name));
    await assert.rejects(
      save('question', 'q', { plan, view: { text: 'x'.repeat(65_536) } }),
      isRequestInvalid,
    );
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    await assert.rejects(save('question', 'q', { plan, view: deep }), isRequestInvalid);
    for (const name of ['a', 'b']) await save('segment', name, { filter });
    await assert.rejects(save('segment', 'c', { filter }), (error: unknown) =>
      isFailure(error, 'saved_full'),
    );
  });

  it('is made or made anew by a put, and held to its version when one is named', async (context) => {
    const { care } = await openSaved(context);
    const wish = { project: 'p', kind: 'segment', by: 'key', body: { filter } } as const;
    assert.equal((await care.put({ ...wish, name: 'One' }, 's')).version, 1);
    const second = await care.put({ ...wish, name: 'Two', by: 'other' }, 's');
    assert.deepEqual([second.version, second.name, second.by], [2, 'Two', 'other']);
    const outdated = (error: unknown) => isFailure(error, 'version_outdated');
    await assert.rejects(care.put({ ...wish, name: 'Three' }, 's', 1), outdated);
    await assert.rejects(care.remove(second, 1), outdated);
    const missing = (error: unknown) => isFailure(error, 'not_found');
    await assert.rejects(care.put({ ...wish, name: 'New' }, 'new', 1), missing);
    await care.remove(second, 2);
    await assert.rejects(care.get(second), missing);
  });

  it('is looked for by the id that was meant', async (context) => {
    const { care, save } = await openSaved(context);
    await save('goal', 'Checkout done', { filter });
    await assert.rejects(
      care.get({ project: 'p', kind: 'goal', id: 'checkout-don' }),
      /there is no goal checkout-don; did you mean checkout-done\?/,
    );
  });
});

const isRequestInvalid = (error: unknown) => isFailure(error, 'request_invalid');
