/** Amounts as exact decimal text. All arithmetic is on whole ten-thousandths. */
import type { AmountCell } from '../store/store.ts';
import type { Money } from './wire.ts';

const amountPlaces = 4;
const averagePlaces = 6;

/** 125000n ten-thousandths are '12.5'; no trailing zeros, no exponent. */
export const amountText = (tenThousandths: bigint): string => decimalText(tenThousandths, amountPlaces);

/** sum / count, rounded half away from zero to six places. `count` is at least 1. */
export function averageText(sum: bigint, count: number): string {
  const scaled = sum * 10n ** BigInt(averagePlaces - amountPlaces);
  return decimalText(divideRounding(scaled, BigInt(count)), averagePlaces);
}

export function moneyOf({ currency, count, sum, min, max }: AmountCell): Money {
  return {
    currency: currency === '' ? null : currency,
    count,
    sum: amountText(sum),
    avg: averageText(sum, count),
    min: amountText(min),
    max: amountText(max),
  };
}

/** Half away from zero: doubling both sides makes the half a whole number. */
function divideRounding(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

function decimalText(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  const sign = units < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`;
}
