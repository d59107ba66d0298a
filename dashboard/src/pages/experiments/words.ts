/** Numbers of experiments in the reader's locale: shares with enough digits to tell two rates apart, changes with their sign. */
import { fullNumber } from '../../format/numbers.ts';

const twoDigits = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const small = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 });
const whole = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const signedPoints = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const twoPlaces = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const smallMax = 0.001;

/** 0.4482 as '44.82 %'; very small ones with two digits that say something. */
export const rate = (value: number): string =>
  value !== 0 && Math.abs(value) < smallMax ? small.format(value) : twoDigits.format(value);

const upToTwoDigits = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });

export const shareOnAxis = (value: number): string => upToTwoDigits.format(value);

/** 0.963 as '96.3 %'. */
export const chance = (value: number): string => oneDigit.format(value);

/** -0.043 as '−4.3 %'. */
export const lift = (value: number): string => signed.format(value);

/** A difference of two rates, in percentage points. */
export const points = (value: number): string => signedPoints.format(value * 100);

/** 0.95 as '95 %'. */
export const confidence = (value: number): string => whole.format(value);

const pValueMin = 0.0001;

export const pValue = (value: number): string =>
  value < pValueMin ? `< ${pValueMin}` : twoPlaces.format(value);

/** '44,700 people'. */
export const units = (count: number, per: 'user' | 'session'): string =>
  `${fullNumber(count)} ${nouns[per][count === 1 ? 0 : 1]}`;

export const nouns = { user: ['person', 'people'], session: ['session', 'sessions'] } as const;

/** Rounded up to two digits, as what is only about right. */
export function about(count: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return fullNumber(Math.ceil(count / step) * step);
}

/** '1 exposure', '21 exposures'. */
export const counted = (count: number, noun: string): string =>
  `${fullNumber(count)} ${noun}${count === 1 ? '' : 's'}`;

export const days = (count: number): string => counted(count, 'day');

/** What 412 means to somebody who has just typed a lot. */
export const changedMeanwhile =
  'Somebody else has changed this experiment since you opened it. Take along what you typed, load the page again, and change it anew.';
