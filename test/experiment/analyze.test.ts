/** Everything put together, and the verdicts in words: one case for each rule of docs/experiments.md. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { analyzeExperiment } from '../../src/experiment/analyze.ts';
import type { ExperimentNumbers, MetricSums, VariantNumbers } from '../../src/experiment/experiment.ts';
import { unitsForRate } from '../../src/experiment/sample-size.ts';
import { near } from './values.ts';

const variant = (
  key: string,
  exposed: number,
  converted: readonly number[] = [],
  money: readonly MetricSums[] = [],
): VariantNumbers => ({ key, exposed, converted, money });

const experiment = (variants: readonly VariantNumbers[], more: Partial<ExperimentNumbers> = {}) =>
  analyzeExperiment({
    unit: 'user',
    goals: variants[0]?.converted.map((_, i) => `goal ${i + 1}`) ?? [],
    currencies: variants[0]?.money.map((_, i) => ['EUR', 'USD'][i]!) ?? [],
    variants,
    control: 'A',
    mixed: 0,
    mixedIncluded: false,
    exact: true,
    ...more,
  });

const said = ({ verdicts }: ReturnType<typeof experiment>) =>
  verdicts.map(({ code, tone }) => `${tone} ${code}`);
const texts = ({ verdicts }: ReturnType<typeof experiment>) => verdicts.map(({ text }) => text);

/** `paying` of `exposed` units with amounts of about `amount` euro, so that they vary. */
function sums(exposed: number, paying: number, amount: number): MetricSums {
  let [sum, sumOfSquares] = [0n, 0n];
  for (let i = 0; i < paying; i++) {
    const each = BigInt(Math.round((amount + (i % 10) / 10) * 10_000));
    sum += each;
    sumOfSquares += each * each;
  }
  assert.ok(paying <= exposed);
  return { units: paying, sum, sumOfSquares };
}

describe('the analysis of an experiment', () => {
  const cats = experiment(
    [variant('gate_30', 44_700, [20_034, 8_502]), variant('gate_40', 45_489, [20_119, 8_279])],
    { goals: ['retention_1', 'retention_7'], control: 'gate_30' },
  );

  it('of cookie-cats has the published rates, and says what is wrong with them', () => {
    const percent = (rate: number | null) => (rate! * 100).toFixed(4);
    assert.deepEqual(
      cats.goals.map(({ variants }) => variants.map(({ rate }) => percent(rate))),
      [
        ['44.8188', '44.2283'],
        ['19.0201', '18.2000'],
      ],
    );
    assert.deepEqual(texts(cats), [
      "the ratio of variants is off (p = 0.0086): gate_30 44,700 (45,095 expected), gate_40 45,489 (45,095 expected); don't trust the result until you know why",
      'retention_7: gate_40 converts worse than gate_30: -4.3 % (95 % interval -6.9 % to -1.7 %), p = 0.0031; not yet clear enough for those who look again and again: wait for the planned end',
      'retention_1: no difference shown between gate_40 and gate_30; if there is one, it is small: -1.3 % (95 % interval -2.7 % to +0.13 %)',
    ]);
    assert.deepEqual(said(cats), ['stop ratio_off', 'open worse', 'open no_difference']);
  });

  it('compares with the control alone, and adjusts all p-values together', () => {
    const [first, second] = cats.goals.map(({ variants }) => variants[1]!.comparison!);
    assert.equal(cats.goals[0]!.variants[0]!.comparison, null);
    near(first!.pValue, 0.0744, 1e-3);
    near(first!.adjustedPValue, first!.pValue!, 1e-12);
    near(second!.adjustedPValue, second!.pValue! * 2, 1e-12);
  });

  it('gives the chances of each variant', () => {
    const [gate30, gate40] = cats.goals[1]!.variants;
    near(gate30!.chanceToBeBest! + gate40!.chanceToBeBest!, 1, 1e-12);
    assert.ok(gate30!.chanceToBeBest! > 0.999 && gate40!.expectedLoss! > 0.008);
  });

  it('checks the ratio against the weights that were meant', () => {
    const variants = [variant('A', 900, [90]), variant('B', 105, [10])];
    assert.deepEqual(said(experiment(variants)), ['stop ratio_off', 'open no_difference_yet']);
    assert.deepEqual(said(experiment(variants, { weights: { A: 0.9, B: 0.1 } })), ['open no_difference_yet']);
    const unseen = experiment([variant('A', 500, [90]), variant('B', 500, [90])], {
      weights: { A: 1, B: 1, toString: 1 },
    });
    assert.equal(unseen.ratio!.expected.toString, 1000 / 3);
    assert.match(texts(unseen)[0]!, /toString 0 \(333 expected\)/);
  });

  it('checks the ratio by users where sessions are compared, since sessions of one person come together', () => {
    const of = (key: string, sessions: number, users: number) => ({
      ...variant(key, sessions, [90]),
      assigned: users,
    });
    const sessions = experiment([of('A', 3000, 1000), of('B', 3300, 1010)], { unit: 'session' });
    assert.equal(sessions.ratio!.off, false);
    const lopsided = experiment([of('A', 3000, 1000), of('B', 3000, 1300)], { unit: 'session' });
    assert.match(texts(lopsided)[0]!, /A 1,000 \(1,150 expected\)/);
  });

  it('compares money by Welch, and by CUPED where there is a time before', () => {
    const plain = [
      variant('A', 1000, [], [sums(1000, 500, 10)]),
      variant('B', 1000, [], [sums(1000, 600, 10)]),
    ];
    const answer = experiment(plain);
    assert.deepEqual(said(answer), ['good better']);
    assert.match(texts(answer)[0]!, /^EUR: B brings more than A: \+1\.04 per user \(95 % interval /);
    const comparison = answer.money[0]!.variants[1]!.comparison!;
    assert.equal(comparison.cuped, null);
    near(comparison.lift, 0.2, 1e-9);
    assert.equal(answer.money[0]!.variants[0]!.mean, 5.225);
    // what came before is what comes after: nothing is left to explain
    const before = plain.map(({ money, ...rest }) => {
      const { sum, sumOfSquares } = money[0]!;
      return {
        ...rest,
        money: [{ ...money[0]!, before: { sum, sumOfSquares, sumOfProducts: sumOfSquares } }],
      };
    });
    const { theta, varianceReduction } = experiment([before[0]!, plain[1]!]).money[0]!.variants[1]!
      .comparison!.cuped ?? { theta: null, varianceReduction: null };
    assert.deepEqual([theta, varianceReduction], [null, null], 'one variant has no time before');
    const adjusted = experiment([
      before[0]!,
      variant('B', 1000, [], [{ ...sums(1000, 600, 10), before: before[0]!.money[0]!.before! }]),
    ]);
    assert.ok(adjusted.money[0]!.variants[1]!.comparison!.cuped !== null);
  });

  it('keeps currencies apart, and money may be lost', () => {
    const lose = (exposed: number) => ({ ...sums(exposed, 50, 3), sum: -sums(exposed, 50, 3).sum });
    const answer = experiment([
      variant('A', 200, [], [sums(200, 50, 3), sums(200, 60, 5)]),
      variant('B', 200, [], [lose(200), sums(200, 61, 5)]),
    ]);
    assert.deepEqual(said(answer), ['bad worse', 'open no_difference_yet']);
    const euro = answer.money[0]!.variants[1]!;
    assert.ok(euro.mean! < 0 && euro.comparison!.lift! < -1);
    assert.equal(euro.comparison!.absent, 'mean_near_zero');
  });

  it('compares ten variants with one control', () => {
    const keys = 'ABCDEFGHIJ'.split('');
    const answer = experiment(keys.map((key, i) => variant(key, 5000, [500 + (i === 7 ? 130 : i)])));
    assert.equal(answer.verdicts.length, 9);
    assert.deepEqual(
      answer.verdicts.filter(({ code }) => code === 'better').map(({ params }) => params.variant),
      ['H'],
    );
    near(
      answer.goals[0]!.variants.reduce((sum, { chanceToBeBest }) => sum + chanceToBeBest!, 0),
      1,
      1e-9,
    );
  });

  it('compares nothing when counts are estimates', () => {
    const answer = experiment([variant('A', 100, [10]), variant('B', 100, [90])], { exact: false });
    assert.deepEqual(said(answer), ['stop approximate_counts']);
    const { pValue, absent, lift } = answer.goals[0]!.variants[1]!.comparison!;
    assert.deepEqual([pValue, absent, answer.ratio], [null, 'approximate_counts', null]);
    near(lift, 8, 1e-12);
  });
});

describe('a verdict', () => {
  const cases: [string, ReturnType<typeof experiment>, string[]][] = [
    ['without exposures', experiment([]), ['stop no_exposures']],
    [
      'of variants that nobody saw',
      experiment([variant('A', 0, [0]), variant('B', 0, [0])]),
      ['stop no_exposures'],
    ],
    ['of one variant', experiment([variant('A', 10, [3]), variant('B', 0, [0])]), ['stop one_variant']],
    ['without its control', experiment([variant('B', 10, [3]), variant('C', 9, [3])]), ['stop no_control']],
    [
      'of people who saw both',
      experiment([variant('A', 100, [30]), variant('B', 100, [30])], { mixed: 50 }),
      ['note many_mixed', 'open no_difference_yet'],
    ],
    ['of few conversions', experiment([variant('A', 40, [1]), variant('B', 40, [8])]), ['open too_few']],
    [
      'of a p-value below 0.05 whose interval has 0 in it',
      experiment([variant('A', 100, [5]), variant('B', 100, [13])]),
      ['open no_difference_yet'],
    ],
    ['of none', experiment([variant('A', 40, [0]), variant('B', 40, [0])]), ['open none_converted']],
    ['of all', experiment([variant('A', 40, [40]), variant('B', 40, [40])]), ['note all_converted']],
    ['of nothing asked', experiment([variant('A', 40), variant('B', 40)]), ['open none_converted']],
    [
      'of a control without any',
      experiment([variant('A', 400, [0]), variant('B', 400, [40])]),
      ['good better'],
    ],
    [
      'of sessions',
      experiment([variant('A', 400, [40]), variant('B', 400, [90])], { unit: 'session' }),
      ['good better', 'note sessions_depend'],
    ],
    [
      'of money that never varies',
      experiment([
        variant('A', 50, [], [{ units: 0, sum: 0n, sumOfSquares: 0n }]),
        variant('B', 50, [], [{ units: 0, sum: 0n, sumOfSquares: 0n }]),
      ]),
      ['open no_variation'],
    ],
    [
      'of money of few',
      experiment([variant('A', 9, [], [sums(9, 4, 2)]), variant('B', 9, [], [sums(9, 5, 2)])]),
      ['open too_few'],
    ],
    [
      'of money of few among many',
      experiment([variant('A', 900, [], [sums(900, 1, 2)]), variant('B', 900, [], [sums(900, 8, 2)])]),
      ['open too_few'],
    ],
  ];
  for (const [name, answer, expected] of cases) {
    it(`${name} is: ${expected.join(', ')}`, () => assert.deepEqual(said(answer), expected));
  }

  it('says once what is the same of many variants, and first what is shown', () => {
    const answer = experiment(
      'ABCDEFG'
        .split('')
        .map((key) => variant(key, 5000, [500 + (key === 'G' ? 130 : 0), key === 'B' ? 9 : 0])),
    );
    assert.deepEqual(
      answer.verdicts.map(({ code, params }) => [code, params.variant ?? params.variants, params.goal]),
      [
        ['better', 'G', 'goal 1'],
        ...'BCDEF'.split('').map((key) => ['no_difference_yet', key, 'goal 1']),
        ['too_few', 6, 'goal 2'],
      ],
    );
    assert.equal(
      texts(answer).at(-1),
      "goal 2: too early to compare B, C, D and 3 others with A: about 5 that convert and 5 that don't are needed in each",
    );
    const few = experiment('ABC'.split('').map((key) => variant(key, 9, [1])));
    assert.match(texts(few)[0]!, /^goal 1: too early to compare B and C with A: /);
    const one = experiment([variant('A', 40, [1]), variant('B', 40, [8])]);
    assert.equal(
      texts(one)[0],
      "goal 1: too early to compare B with A: 8 of 40 in B and 1 of 40 in A converted; about 5 that convert and 5 that don't are needed in each",
    );
  });

  it('about the ratio of many variants names those that are farthest off', () => {
    const answer = experiment('ABCDEF'.split('').map((key) => variant(key, key === 'E' ? 20 : 500, [])));
    assert.match(
      texts(answer)[0]!,
      /^the ratio of variants is off \(p < 0\.0001\): E 20 \(420 expected\), A 500 \(420 expected\), B 500 \(420 expected\) and 3 others that are less far off; don't/,
    );
  });

  it('about money tells what is missing, by user or by session', () => {
    const few = [
      variant('A', 900, [], [sums(900, 1, 2)]),
      variant('B', 900, [], [sums(900, 8, 2)]),
      variant('C', 20, [], [sums(20, 8, 2)]),
    ];
    assert.equal(
      texts(experiment(few, { unit: 'session', weights: { A: 1 } }))[0],
      'sessions of one person are not independent: p-values are too low where people come often',
    );
    assert.equal(
      texts(experiment(few, { weights: { A: 1 } }))[0],
      'EUR: too early to compare B and C with A: at least 30 users of each are needed, and about 5 of them with amounts',
    );
  });

  it('says how many more users show the difference, and has its numbers as data', () => {
    const { verdicts } = experiment([variant('A', 1000, [100]), variant('B', 1010, [120])]);
    assert.equal(
      verdicts[0]!.text,
      'goal 1: no difference shown yet between B and A: +18.8 % (95 % interval -7.5 % to +52.6 %); if that is the true difference, about 6,700 more users are needed to show it',
    );
    const needed = unitsForRate(0.1, 120 / 101 - 1);
    assert.equal(verdicts[0]!.params.moreUnits, 2 * (needed - 1000));
    assert.equal(verdicts[0]!.params.goal, 'goal 1');
  });

  it('is there for any numbers, with finite data', () => {
    const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    const unit = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10 ** 12 })),
      share,
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 5 }), fc.boolean(), (units, exact) => {
        const variants = units.map(([exposed, part, sum], i) => {
          const sumOfSquares = exposed === 0 ? 0n : (sum * sum) / BigInt(exposed) + 1n;
          return variant(
            'ABCDE'[i]!,
            exposed,
            [Math.round(exposed * part)],
            [{ units: exposed, sum, sumOfSquares }],
          );
        });
        const answer = experiment(variants, { goals: [null], currencies: [''], exact });
        assert.ok(answer.verdicts.length > 0);
        assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer, 'NaN and Infinity would be null');
      }),
      { numRuns: 200 },
    );
  });
});
