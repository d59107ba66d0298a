/**
 * Exact comparison of `amount` (ten-thousandths in a row) with a number out of a plan. The number means the decimal that
 * JSON writes for it: 0.1 is one tenth, not the double next to it. Compilers use `amountBound` too, so that every store
 * compares whole ten-thousandths and none rounds.
 */

export type ComparisonOp = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';
/** `amount` as ten-thousandths, `op` `value`; or `never`, when no amount can be equal. */
export type AmountBound = { readonly op: ComparisonOp; readonly value: bigint } | 'never';

/** No amount reaches this many ten-thousandths: decimal(18,4). */
const amountLimit = 10n ** 18n;
const places = 4;

/** Turns a comparison with any finite number into one with a whole number of ten-thousandths that fits 64 bits. */
export function amountBound(op: ComparisonOp, value: number): AmountBound {
  const { floor, whole } = tenThousandths(value);
  if (op === 'eq') return whole && inRange(floor) ? { op, value: floor } : 'never';
  // Between two whole numbers: x > 1.5 is x > 1, x >= 1.5 is x >= 2.
  const roundsUp = !whole && (op === 'gte' || op === 'lt');
  return { op, value: clamp(roundsUp ? floor + 1n : floor) };
}

/** The largest whole number of ten-thousandths that is not above `value`, and whether it is `value` itself. */
function tenThousandths(value: number): { floor: bigint; whole: boolean } {
  const [mantissa, exponentText] = String(Math.abs(value)).split('e') as [string, string?];
  const [integer, fraction = ''] = mantissa.split('.') as [string, string?];
  const digits = BigInt(integer + fraction);
  const shift = Number(exponentText ?? 0) - fraction.length + places;
  const scale = 10n ** BigInt(Math.abs(shift));
  const quotient = shift >= 0 ? digits * scale : digits / scale;
  const whole = shift >= 0 || digits % scale === 0n;
  if (value >= 0) return { floor: quotient, whole };
  return { floor: whole ? -quotient : -quotient - 1n, whole };
}

const inRange = (value: bigint): boolean => value > -amountLimit && value < amountLimit;

function clamp(value: bigint): bigint {
  if (value > amountLimit) return amountLimit;
  return value < -amountLimit ? -amountLimit : value;
}

/** Whether an amount of `tenths` ten-thousandths is `op` `value`. */
export function compareAmount(tenths: bigint, op: ComparisonOp, value: number): boolean {
  const bound = amountBound(op, value);
  if (bound === 'never') return false;
  switch (bound.op) {
    case 'eq':
      return tenths === bound.value;
    case 'gt':
      return tenths > bound.value;
    case 'gte':
      return tenths >= bound.value;
    case 'lt':
      return tenths < bound.value;
    case 'lte':
      return tenths <= bound.value;
    default:
      return bound.op satisfies never;
  }
}
