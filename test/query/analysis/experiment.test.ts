/** Experiments as people really run them: what is odd about their data has a sensible answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventRow } from '../../../src/event/event-row.ts';
import { type Hasher, openHasher } from '../../../src/event/hasher.ts';
import type { ExperimentPlan } from '../../../src/plan/experiment.ts';
import { parsePlan } from '../../../src/plan/parse-plan.ts';
import { askExperiment } from '../../../src/query/analysis/ask-experiment.ts';
import { dependsOn } from '../../../src/query/passes/depends-on.ts';
import type { ExperimentData } from '../../../src/query/wire.ts';
import { MemoryStore } from '../../../src/store/memory/memory-store.ts';
import type { Question } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';

const begin = Date.UTC(2026, 0, 5);
const now = Date.UTC(2026, 1, 1);
const minuteMs = 60_000;
type Told = Partial<EventRow> & { readonly who: string; readonly at?: number };

const exposure = (who: string, variantKey: string, at = 0): Told => ({
  who,
  at,
  type: 'EXPOSURE',
  experimentId: 'x',
  variantKey,
});
const conversion = (who: string, at = 10, more: Partial<EventRow> = {}): Told => ({
  who,
  at,
  type: 'CONVERSION',
  ...more,
});
const people = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

async function ask(events: readonly Told[], more: object = {}): Promise<ExperimentData> {
  const hasher: Hasher = await openHasher();
  const store = new MemoryStore(hasher);
  const rows = events.map(({ who, at = 0, ...rest }, offset) =>
    eventRow({
      project: 'p',
      offset,
      timestamp: begin + at * minuteMs,
      userId: who,
      personKey: hasher.hash64(who),
      ...rest,
    }),
  );
  await insertRows(store, 0, rows);
  const input = { kind: 'experiment', experiment: 'x', from: '2026-01-05', to: '2026-01-12', ...more };
  const plan = parsePlan(input, { project: 'p', now }) as ExperimentPlan;
  const signal = new AbortController().signal;
  const run = (question: Question) => store.run(question, wideBudget, signal);
  const parts = { analyses: store.analyses, run, budget: wideBudget, signal, now };
  const { data } = await askExperiment(plan, parts as unknown as Parameters<typeof askExperiment>[1]);
  return data;
}

const codes = ({ verdicts }: ExperimentData): readonly string[] => verdicts.map(({ code }) => code);

describe('an experiment', () => {
  it('without exposures says so, and compares nothing', async () => {
    const data = await ask([conversion('ada'), exposure('ada', '')]);
    assert.deepEqual(codes(data), ['no_exposures']);
    assert.deepEqual([data.variants, data.conversion, data.unassigned], [[], [], 1]);
  });

  it('of one variant has a rate and nothing to compare it with', async () => {
    const data = await ask([exposure('ada', 'a'), exposure('bob', 'a'), conversion('ada')]);
    assert.deepEqual(codes(data), ['one_variant']);
    assert.equal(data.conversion[0]?.rate, 0.5);
    assert.equal(data.control, 'a');
  });

  it('in which all converted has rates of 1 and no lift', async () => {
    const events = ['a', 'b'].flatMap((variant) =>
      people(20, variant).flatMap((who) => [exposure(who, variant), conversion(who)]),
    );
    const data = await ask(events);
    assert.deepEqual(
      data.conversion.map(({ rate }) => rate),
      [1, 1],
    );
    assert.ok(codes(data).includes('all_converted'), codes(data).join());
  });

  it('takes refunds off, counts who has no money as 0, and tells currencies apart', async () => {
    const data = await ask(
      [
        ...['ada', 'bob', 'cy'].map((who) => exposure(who, 'a')),
        exposure('dan', 'b'),
        conversion('ada', 1, { amount: 200_000n, currency: 'EUR' }),
        { who: 'ada', at: 2, type: 'refund', amount: -300_000n, currency: 'EUR' },
        { who: 'bob', at: 2, type: 'purchase', amount: 15_000n },
        { who: 'dan', at: -1, type: 'purchase', amount: 90_000n, currency: 'EUR' },
      ],
      { money: true },
    );
    assert.deepEqual(
      data.money?.map(({ currency, variants }) => [
        currency,
        ...variants.map(({ variant, units, sum, exposed }) => [variant, units, sum, exposed]),
      ]),
      [
        [null, ['a', 1, '1.5', 3], ['b', 0, '0', 1]],
        ['EUR', ['a', 1, '-10', 3], ['b', 0, '0', 1]],
      ],
    );
  });

  it('of sessions has the ratio of their users, since sessions of one person come together', async () => {
    const events = ['a', 'b'].flatMap((variant) =>
      people(30, variant).flatMap((who) =>
        Array.from({ length: variant === 'a' ? 2 : 9 }, (_, i) => ({
          ...exposure(who, variant),
          sessionId: `${who}-${i}`,
        })),
      ),
    );
    const sessions = await ask(events, { per: 'session' });
    assert.deepEqual(
      sessions.conversion.map(({ exposed }) => exposed),
      [60, 270],
    );
    assert.deepEqual(sessions.ratio!.expected, { a: 30, b: 30 });
    assert.equal((await ask(events, { per: 'session', reach: false })).ratio, null, 'users are not known');
    const nobody = events.map((event) => ({ ...event, userId: '', personKey: 0n }));
    assert.equal((await ask(nobody, { per: 'session' })).ratio!.off, true);
  });

  it('that was seen before the range does not take what people had then for what they were', async () => {
    const spend = (who: string, at: number, amount: bigint): Told => ({
      ...{ who, at, type: 'purchase', amount, currency: 'EUR' },
    });
    const events = ['a', 'b'].flatMap((variant) =>
      people(40, variant).flatMap((who, i) => [
        exposure(who, variant),
        spend(who, -5, BigInt(i + 1) * 10_000n),
        spend(who, 5, BigInt(i + (i % 3)) * 10_000n),
      ]),
    );
    const told = async (more: readonly Told[]) => {
      const data = await ask([...events, ...more], { money: true });
      return [data.money![0]!.variants[1]!.comparison!.cuped !== null, codes(data).includes('began_earlier')];
    };
    assert.deepEqual(await told([]), [true, false]);
    assert.deepEqual(await told([exposure('a-1', 'a', -10)]), [false, true]);
    assert.deepEqual(await told([{ ...exposure('a-1', 'a', -10), experimentId: 'y' }]), [true, false]);
  });

  it('whose variant was renamed half-way has three variants, and leaves out who saw both names', async () => {
    const data = await ask([
      ...people(4, 'c').map((who) => exposure(who, 'control')),
      ...people(4, 's').map((who) => exposure(who, 'short', 1)),
      ...people(2, 's').map((who) => exposure(who, 'one-page', 2_000)),
      exposure('new', 'one-page', 2_000),
    ]);
    assert.deepEqual(
      data.conversion.map(({ variant, exposed }) => [variant, exposed]),
      [
        ['control', 4],
        ['one-page', 1],
        ['short', 2],
      ],
    );
    assert.deepEqual(data.mixed, { units: 2, included: false });
    assert.ok(codes(data).includes('many_mixed'));
    const before = await ask([exposure('ada', 'short'), exposure('ada', 'one-page', 2_000)], {
      to: '2026-01-06',
    });
    assert.equal(before.mixed.units, 0, 'until the day of the renaming there is one name');
  });

  it('of ten variants compares nine with the control', async () => {
    const variants = ['control', ...people(9, 'v')];
    const events = variants.flatMap((variant, v) =>
      people(30, variant).flatMap((who, i) => [
        exposure(who, variant),
        ...(i % (v + 2) === 0 ? [conversion(who)] : []),
      ]),
    );
    const data = await ask(events);
    assert.equal(data.conversion.length, 10);
    assert.equal(data.conversion.filter(({ comparison }) => comparison !== null).length, 9);
    assert.equal(data.ratio?.degreesOfFreedom, 9);
  });

  it('with a variant for everybody tells the fifty with most units', async () => {
    const events = people(60, 'v').flatMap((variant, v) =>
      people(v < 10 ? 1 : 2, variant).map((who) => exposure(who, variant)),
    );
    const data = await ask(events);
    assert.equal(data.variants.length, 50);
    assert.ok(data.conversion.every(({ exposed }) => exposed === 2));
  });

  it('compares what the question names as the control, and minds the shares that were meant', async () => {
    const events = [
      ...people(90, 'a').map((who) => exposure(who, 'control')),
      ...people(10, 'b').map((who) => exposure(who, 'b')),
    ];
    const [even, meant] = [
      await ask(events, { control: 'b' }),
      await ask(events, { control: 'b', weights: { control: 9, b: 1 } }),
    ];
    assert.equal(even.control, 'b');
    assert.equal(even.ratio?.off, true);
    assert.equal(meant.ratio?.off, false);
  });

  it('counts only conversions of the goals asked for', async () => {
    const goal = (name: unknown) => ({ properties: { goal: name } as EventRow['properties'] });
    const events = [
      exposure('ada', 'a'),
      exposure('bob', 'b'),
      conversion('ada', 1, goal('buy')),
      conversion('bob', 1, goal('look')),
      conversion('bob', 2, goal(1)),
    ];
    const converted = ({ conversion: all }: ExperimentData) => all.map((each) => each.converted);
    assert.deepEqual(converted(await ask(events)), [1, 1]);
    assert.deepEqual(converted(await ask(events, { goals: ['buy'] })), [1, 0]);
    assert.deepEqual(
      (await ask(events)).goals.map(({ goal: name }) => name),
      [null, 'buy', 'look'],
    );
  });

  it('with money depends on the time before its range', () => {
    const plan = (more: object) =>
      parsePlan(
        { kind: 'experiment', experiment: 'x', from: '2026-01-05', to: '2026-01-12', ...more },
        { project: 'p', now },
      );
    assert.equal(dependsOn(plan({})).from, begin);
    assert.equal(dependsOn(plan({ money: true })).from, begin - 7 * 86_400_000);
    assert.equal(dependsOn(plan({ money: true, per: 'session' })).from, begin);
  });
});

describe('the plan of an experiment', () => {
  const slips: readonly (readonly [string, object, RegExp])[] = [
    ['no experiment', { experiment: undefined }, /\/experiment must be text/],
    ['an empty goal', { goals: [''] }, /\/goals\/0 must not be empty/],
    ['eleven goals', { goals: people(11, 'g') }, /\/goals must have at most 10 members/],
    ['a share of nothing', { weights: { a: 0 } }, /\/weights\/a must be a number above 0/],
    ['days of years', { byDay: true, from: '2020-01-01' }, /\/byDay makes \d+ days .* over the limit of 400/],
    ['a sample', { sample: 0.5 }, /\/sample is not known here/],
    ['a filter of nothing', { per: 'device' }, /\/per must be one of user, session/],
  ];
  for (const [what, more, message] of slips)
    it(`is refused with ${what}`, () => {
      const input = { kind: 'experiment', experiment: 'x', from: '2026-01-05', to: '2026-01-12', ...more };
      assert.throws(() => parsePlan(input, { project: 'p', now }), message);
    });
});
