/**
 * `node scripts/aa-tests.ts`: experiments in which all variants are the same, simulated with a fixed seed. Whatever a method of
 * src/experiment/ finds in them is false; the table shows how often that is, next to how often it may be. docs/experiments.md has it.
 */

import { analyzeExperiment } from '../src/experiment/analyze.ts';
import { sequentialMeans } from '../src/experiment/analyze-means.ts';
import { enough, sequentialRates } from '../src/experiment/analyze-rates.ts';
import { cuped } from '../src/experiment/cuped.ts';
import type { MetricSums } from '../src/experiment/experiment.ts';
import { welchTest } from '../src/experiment/means.ts';
import { momentsOf } from '../src/experiment/moments.ts';
import { normalCritical } from '../src/experiment/normal.ts';
import {
  differenceInterval,
  liftInterval,
  type Rate,
  twoProportionTest,
  wilsonInterval,
} from '../src/experiment/rates.ts';
import { ratioCheck } from '../src/experiment/sample-ratio.ts';
import { Random } from './demo/random.ts';

const seed = 20;
const level = 0.05;
const z = normalCritical(level);
const random = new Random(seed);

/** How many of so many trials come out true, as a line of the table. */
function line(name: string, meant: string, trials: number, trial: () => boolean | null): void {
  let [found, counted] = [0, 0];
  for (let i = 0; i < trials; i++) {
    const outcome = trial();
    if (outcome === null) continue;
    counted++;
    if (outcome) found++;
  }
  const share = found / counted;
  const error = Math.sqrt((share * (1 - share)) / counted);
  console.log(
    `| ${name} | ${meant} | ${(share * 100).toFixed(2)} % ± ${(error * 100).toFixed(2)} | ${counted} |`,
  );
}

interface Arm {
  exposed: number;
  converted: number;
}

/** Visitors one by one, each thrown to one of the arms; `look` may stop it. */
function run(units: number, rate: number, arms: Arm[], look?: (seen: number) => boolean): void {
  for (let seen = 1; seen <= units; seen++) {
    const arm = random.pick(arms);
    arm.exposed++;
    if (random.chance(rate)) arm.converted++;
    if (look?.(seen)) return;
  }
}

const newArms = (count: number): Arm[] => Array.from({ length: count }, () => ({ exposed: 0, converted: 0 }));
const inside = (value: number, { low, high }: { low: number; high: number }) => low <= value && value <= high;
const shows = (a: Rate, b: Rate) => enough(a, b) && twoProportionTest(a, b)! < level;

const sequentialShows = (a: Rate, b: Rate) => (sequentialRates(a, b, level)?.pValue ?? 1) < level;

/** Looks after every `step` units; whether any look shows a difference. */
function anyLook(units: number, rate: number, step: number, test: (a: Rate, b: Rate) => boolean): boolean {
  const arms = newArms(2);
  let found = false;
  run(units, rate, arms, (seen) => {
    if (seen % step === 0 && arms.every(({ exposed }) => exposed > 0)) found = test(arms[0]!, arms[1]!);
    return found;
  });
  return found;
}

console.log('| method | may be | is | trials |\n|---|---|---|---|');

for (const [units, rate] of [
  [20_000, 0.2],
  [4_000, 0.05],
  [4_000, 0.005],
  [200, 0.3],
] as const) {
  const of = `${units} users, rate ${rate}`;
  const end = (test: (arms: Arm[]) => boolean | null) => () => {
    const arms = newArms(2);
    run(units, rate, arms);
    return test(arms);
  };
  const trials = Math.min(10_000, 40_000_000 / units);
  line(
    `two-proportion test, one look (${of})`,
    '5 %',
    trials,
    end(([a, b]) => (enough(a!, b!) ? shows(a!, b!) : null)),
  );
  line(
    `Wilson interval misses the rate (${of})`,
    '5 %',
    trials,
    end(([a]) => !inside(rate, wilsonInterval(a!, z))),
  );
  line(
    `interval of the difference misses 0 (${of})`,
    '5 %',
    trials,
    end(([a, b]) => !inside(0, differenceInterval(a!, b!, z))),
  );
  line(
    `interval of the lift misses 0 (${of})`,
    '5 %',
    trials,
    end(([a, b]) => {
      const interval = enough(a!, b!) ? liftInterval(a!, b!, z) : null;
      return interval && !inside(0, interval);
    }),
  );
}

for (const [units, rate, step] of [
  [20_000, 0.1, 200],
  [4_000, 0.01, 40],
  [100_000, 0.05, 1_000],
] as const) {
  const of = `${units} users, rate ${rate}, 100 looks`;
  line(`two-proportion test, stopped when it shows (${of})`, 'no promise', 1_000, () =>
    anyLook(units, rate, step, shows),
  );
  line(`sequential test, stopped when it shows (${of})`, '≤ 5 %', 2_000, () =>
    anyLook(units, rate, step, sequentialShows),
  );
}

for (const arms of [2, 10]) {
  line(`sample ratio warns (${arms} variants)`, '1 %', 20_000, () => {
    const all = newArms(arms);
    run(2_000, 0, all);
    return ratioCheck(all.map(({ exposed }, i) => ({ key: String(i), exposed, weight: 1 })))!.off;
  });
}

/** Money as it is: most spend nothing, few spend much (log-normal), some give it back; before and after go together. */
function spend(units: number): MetricSums {
  let [having, sum, squares, before, beforeSquares, products] = [0, 0n, 0n, 0n, 0n, 0n];
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  for (let i = 0; i < units; i++) {
    if (!random.chance(0.2)) continue;
    const person = normal();
    const amount = () =>
      BigInt(Math.round(10_000 * Math.exp(2 + person + 0.5 * normal()) * (random.chance(0.05) ? -1 : 1)));
    const [x, y] = [amount(), amount()];
    having++;
    sum += y;
    squares += y * y;
    before += x;
    beforeSquares += x * x;
    products += x * y;
  }
  return {
    units: having,
    sum,
    sumOfSquares: squares,
    before: { sum: before, sumOfSquares: beforeSquares, sumOfProducts: products },
  };
}

for (const units of [100, 1_000]) {
  const pair = () => [momentsOf(units, spend(units)), momentsOf(units, spend(units))] as const;
  line(
    `Welch's t on money (${units} users each)`,
    '5 %',
    4_000,
    () => (welchTest(...pair(), level)?.pValue ?? 1) < level,
  );
  line(`the same after CUPED (${units} users each)`, '5 %', 4_000, () => {
    const adjusted = cuped(pair());
    if (adjusted === null) return null;
    return (welchTest(adjusted.adjusted[0]!, adjusted.adjusted[1]!, level)?.pValue ?? 1) < level;
  });
}

const plus = (a: MetricSums, b: MetricSums): MetricSums => ({
  units: a.units + b.units,
  sum: a.sum + b.sum,
  sumOfSquares: a.sumOfSquares + b.sumOfSquares,
});

line('sequential test on money, stopped when it shows (10000 users, 50 looks)', '≤ 5 %', 500, () => {
  let [a, b] = [spend(100), spend(100)];
  for (let users = 100; users < 5_000; users += 100, a = plus(a, spend(100)), b = plus(b, spend(100))) {
    const [x, y] = [momentsOf(users, a), momentsOf(users, b)];
    if ((sequentialMeans(x, y, level)?.pValue ?? 1) < level) return true;
  }
  return false;
});

/** Whole answers: does any verdict call a variant better or worse? */
function anyVerdict(variants: number, goals: number): boolean {
  const keys = Array.from({ length: variants }, (_, i) => ({
    key: String(i),
    exposed: 500,
    converted: Array.from({ length: goals }, () => {
      const [arm] = [newArms(1)];
      run(500, 0.2, arm!);
      return arm![0]!.converted;
    }),
    money: [],
  }));
  const names = Array.from({ length: goals }, (_, i) => `goal ${i}`);
  const { verdicts } = analyzeExperiment({
    unit: 'user',
    goals: names,
    currencies: [],
    variants: keys,
    control: '0',
    mixed: 0,
    mixedIncluded: false,
    exact: true,
  });
  return verdicts.some(({ code }) => code === 'better' || code === 'worse');
}

line('any verdict of one goal (2 variants)', '5 %', 2_000, () => anyVerdict(2, 1));
line('any verdict of ten goals (2 variants)', '5 %', 500, () => anyVerdict(2, 10));
line('any verdict of one goal (10 variants)', '5 %', 500, () => anyVerdict(10, 1));
line('a chance to be best above 95 % (2 variants)', '10 %', 2_000, () => {
  const arms = newArms(2);
  run(2_000, 0.2, arms);
  const variants = arms.map((arm, i) => ({
    key: String(i),
    exposed: arm.exposed,
    converted: [arm.converted],
    money: [],
  }));
  const { goals } = analyzeExperiment({
    unit: 'user',
    goals: [null],
    currencies: [],
    variants,
    control: '0',
    mixed: 0,
    mixedIncluded: false,
    exact: true,
  });
  return goals[0]!.variants.some(({ chanceToBeBest }) => chanceToBeBest! > 0.95);
});
