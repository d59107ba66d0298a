/**
 * Money as exact decimal text: an optional '-', up to 14 digits, up to 4 places, no needless zeros ('-12.5', '0').
 * A JSON number is rounded to 4 places by its shortest decimal text, half away from zero, so that 0.1 + 0.2 is 0.3; a
 * string says exactly what it means, so it must fit.
 */
import { amountCharactersMax, amountIntegerDigitsMax, amountPlacesMax } from './limits.ts';
import type { Refusal } from './refusal.ts';

const decimal = /^([+-]?)(\d*)(?:\.(\d+))?$/;
const wholeBelow = 10 ** amountIntegerDigitsMax;

/** The canonical text, or why there is none. */
export function parseAmount(value: unknown): string | Refusal {
  if (typeof value === 'number') return parseNumber(value);
  if (typeof value === 'string') return parseText(value);
  return { reason: 'wrong_type', field: 'amount', expected: 'a number or a string', value };
}

function parseNumber(value: number): string | Refusal {
  if (!(Math.abs(value) < wholeBelow)) return { reason: 'amount_out_of_range', value };
  if (Number.isInteger(value)) return value === 0 ? '0' : String(value);
  const text = String(Math.abs(value));
  // below 1e-6 the shortest text has an exponent; all of that rounds to nothing
  if (text.includes('e')) return '0';
  const sign = value < 0 ? '-' : '';
  const point = text.indexOf('.');
  const places = text.length - point - 1;
  if (places <= amountPlacesMax) return sign + text;
  const kept = BigInt(text.slice(0, point) + text.slice(point + 1, point + 1 + amountPlacesMax));
  const roundsUp = text.charCodeAt(point + 1 + amountPlacesMax) >= 53; // '5'
  const digits = String(roundsUp ? kept + 1n : kept).padStart(amountPlacesMax + 1, '0');
  if (digits.length > amountIntegerDigitsMax + amountPlacesMax)
    return { reason: 'amount_out_of_range', value };
  return canonical(sign, digits.slice(0, -amountPlacesMax), digits.slice(-amountPlacesMax));
}

function parseText(value: string): string | Refusal {
  const match = value.length <= amountCharactersMax ? decimal.exec(value) : null;
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (whole === '' && fraction === '') return { reason: 'amount_malformed', value };
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > amountPlacesMax) return { reason: 'amount_malformed', value };
  const integer = whole.replace(/^0+/, '');
  if (integer.length > amountIntegerDigitsMax) return { reason: 'amount_out_of_range', value };
  return canonical(sign === '-' ? '-' : '', integer, significant);
}

function canonical(sign: string, whole: string, fraction: string): string {
  const places = fraction.replace(/0+$/, '');
  const integer = whole === '' ? '0' : whole;
  if (integer === '0' && places === '') return '0';
  return places === '' ? sign + integer : `${sign}${integer}.${places}`;
}
