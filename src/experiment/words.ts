/** Numbers as people read them in a verdict. */

const pValueMin = 0.0001;
const digitsMax = 10;

/** 12345.6 as '12,346'. */
export const count = (value: number): string => Math.round(value).toLocaleString('en');

/** 'one unit', or '3 units' with the plural. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Rounded up to two digits, as what is only about right: 12,340 as '13,000'. */
export function about(value: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return count(Math.ceil(value / step) * step);
}

/** 0.0423 as '+4.2 %', -0.00051 as '-0.051 %'. */
export const signedPercent = (share: number): string => `${signed(share * 100, 1)} %`;

/** 0.0059 as '+0.59': a difference of two percentages, in points. */
export const signedPoints = (difference: number): string => signed(difference * 100, 2);

/** 0.1234 EUR as '+0.12', 0.000042 as '+0.000042'. */
export const signedMoney = (amount: number): string => signed(amount, 2);

/** '0.0086', '< 0.0001'. */
export const pValue = (p: number): string =>
  p < pValueMin ? `< ${pValueMin}` : String(Number(p.toPrecision(2)));

/** 'p = 0.0086', 'p < 0.0001'. */
export const pText = (p: number): string => (p < pValueMin ? `p ${pValue(p)}` : `p = ${pValue(p)}`);

/** 0.021 as '2.1 %'. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(4))} %`;

/** With a sign and so many digits after the point; more where these would all be 0. */
function signed(value: number, digitsMin: number): string {
  const needed = value === 0 ? 0 : 1 - Math.floor(Math.log10(Math.abs(value)));
  const text = value.toFixed(Math.max(digitsMin, Math.min(needed, digitsMax)));
  if (Number(text) === 0) return '0';
  return value > 0 ? `+${text}` : text;
}
