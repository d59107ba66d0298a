/**
 * The question before an experiment: how many users, how many days, or what lift can be seen in the days that there are. Text comes from
 * a command line or an address; both name what is wrong by the option's name.
 */
import { failure } from '../errors.ts';
import { daysFor, unitsForMean, unitsForRate } from './sample-size.ts';
import { about, percent, signedPercent } from './words.ts';

export const sizeOptions = {
  rate: 'the conversion rate of now, a share: 0.1 is 10 %',
  mean: 'instead of a rate: the mean of now (money per user)',
  deviation: 'with a mean: its standard deviation',
  lift: 'the smallest change worth seeing, a share of the rate or mean: 0.05 is +5 %',
  perDay: 'users a day who see the experiment, all variants together',
  days: 'instead of a lift: the days that there are, to learn what lift can be seen in them',
  variants: 'how many variants there are, the control among them',
  confidence: 'how sure a difference must be to be shown',
  power: 'the chance to see the lift when it is there',
} as const;

export type SizeOption = keyof typeof sizeOptions;
export const sizeDefaults: Partial<Record<SizeOption, string>> = {
  variants: '2',
  confidence: '0.95',
  power: '0.8',
};

export interface PlannedSize {
  readonly rate: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  /** As asked for; or the smallest increase that the days allow. */
  readonly lift: number;
  readonly variants: number;
  readonly confidence: number;
  readonly power: number;
  readonly unitsPerVariant: number;
  /** Of all variants. */
  readonly units: number;
  readonly perDay: number | null;
  /** Whole days; null when it is not known how many come a day. */
  readonly days: number | null;
  /** All of it in a sentence. */
  readonly text: string;
}

/** What is to be compared: units of each variant that a lift takes, and the largest lift that there can be. */
interface Metric {
  readonly rate: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly units: (lift: number) => number;
  readonly liftMax: number;
}

const liftMin = 1e-6;
const variantsMax = 50;
const unitsMax = 1e15;

/** Errors: request_invalid, naming the option. */
export function planSize(given: Readonly<Partial<Record<SizeOption, string>>>): PlannedSize {
  const read = (name: SizeOption, rule: string, isRight: (value: number) => boolean): number | null => {
    const text = given[name] ?? sizeDefaults[name];
    if (text === undefined) return null;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !isRight(value))
      throw wrong(`${name} must be ${rule}, but is ${JSON.stringify(text)}`);
    return value;
  };
  const power = read('power', 'between 0 and 1', between(0, 1))!;
  const confidence = read('confidence', 'above 0.5 and below 1', between(0.5, 1))!;
  const isCount = (value: number) => Number.isInteger(value) && value >= 2 && value <= variantsMax;
  const variants = read('variants', `a whole number from 2 to ${variantsMax}`, isCount)!;
  const perDay = read('perDay', 'above 0', (value) => value > 0 && value <= unitsMax);
  const days = read('days', 'at least 1', (value) => value >= 1 && value <= unitsMax);
  const metric = metricOf(
    read('rate', 'between 0 and 1', between(0, 1)),
    read('mean', 'above 0', (value) => value > 0),
    read('deviation', 'above 0', (value) => value > 0),
    { confidence, power },
  );
  const lift = read(
    'lift',
    `at least ${liftMin}, or at most -${liftMin}`,
    (value) => Math.abs(value) >= liftMin,
  );
  const chosen =
    lift === null ? liftIn(metric, unitsIn(days, perDay, variants)) : checkedLift(lift, days, metric);
  const unitsPerVariant = Math.max(1, metric.units(chosen));
  if (!(unitsPerVariant <= unitsMax)) throw wrong('so many users do not exist: take a larger lift');
  const units = unitsPerVariant * variants;
  const { rate, mean, deviation } = metric;
  const result = {
    ...{ rate, mean, deviation, lift: chosen, variants, confidence, power, unitsPerVariant, units, perDay },
    days: perDay === null ? null : daysFor(units, perDay),
  };
  return { ...result, text: textOf(result) };
}

function metricOf(
  rate: number | null,
  mean: number | null,
  deviation: number | null,
  sensitivity: { readonly confidence: number; readonly power: number },
): Metric {
  if ((rate === null) === (mean === null)) throw wrong('give either rate, or mean and deviation');
  if ((mean === null) !== (deviation === null)) throw wrong('mean and deviation go together');
  if (rate !== null) {
    const units = (lift: number) => unitsForRate(rate, lift, sensitivity);
    return { rate, mean, deviation, units, liftMax: 1 / rate - 1 };
  }
  const units = (lift: number) => unitsForMean(mean! * lift, deviation!, sensitivity);
  return { rate, mean, deviation, units, liftMax: Number.MAX_VALUE };
}

function checkedLift(lift: number, days: number | null, { rate, liftMax }: Metric): number {
  if (days !== null) throw wrong('give either lift or days: one follows from the other');
  if (rate !== null && !(lift > -1 && lift < liftMax))
    throw wrong(
      `lift ${lift} makes the rate ${rate} into ${rate * (1 + lift)}, which is not between 0 and 1`,
    );
  return lift;
}

/** Units of each variant. */
function unitsIn(days: number | null, perDay: number | null, variants: number): number {
  if (days === null || perDay === null) throw wrong('give lift, or days and perDay');
  return Math.floor((days * perDay) / variants);
}

/** The smallest increase that these units show, rounded up to the fourth digit. */
function liftIn({ units, liftMax }: Metric, unitsPerVariant: number): number {
  let [low, high] = [liftMin, Math.min(liftMax * (1 - 1e-9), 1e6)];
  if (!(units(high) <= unitsPerVariant)) throw wrong('in so few days no lift can be seen: take more days');
  for (let i = 0; i < 100; i++) {
    const middle = Math.sqrt(low * high);
    if (units(middle) <= unitsPerVariant) high = middle;
    else low = middle;
  }
  const digit = 10 ** (Math.floor(Math.log10(high)) - 3);
  return Math.min(Number((Math.ceil(high / digit) * digit).toPrecision(4)), liftMax);
}

function textOf({ rate, mean, lift, ...size }: Omit<PlannedSize, 'text'>): string {
  const from = rate === null ? `a mean of ${mean}` : `a rate of ${percent(rate)}`;
  const long = size.days === null ? '' : `: ${size.days === 1 ? 'one day' : `${size.days} days`}`;
  return `to see ${from} change by ${signedPercent(lift)}, about ${about(size.unitsPerVariant)} users of each of the ${size.variants} variants are needed, ${about(size.units)} in all${long} (confidence ${percent(size.confidence)}, power ${percent(size.power)})`;
}

const between = (low: number, high: number) => (value: number) => value > low && value < high;

const wrong = (detail: string) => failure('request_invalid', { detail });
