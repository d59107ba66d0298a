/**
 * Small checks that the parsers of plans share. Each failure is `plan_invalid` with the JSON pointer of the place, the
 * rule, and what was there instead, short enough to print and safe for any input.
 */
import { failure, type MillraceError } from '../errors.ts';
import { suggest } from './suggest.ts';

const shownMax = 80;
/** Characters (UTF-16 units) of any text in a plan. */
export const textMax = 1_000;

export function invalid(pointer: string, rule: string, value: unknown): MillraceError {
  return failure('plan_invalid', { pointer, rule, value: shown(value) });
}

/** A value as the message shows it. Never walks into it: it may be nested ten thousand levels deep. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return value.length > shownMax ? `${JSON.stringify(value.slice(0, shownMax))}…` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The pointer of a member, escaped as RFC 6901 says. */
export function below(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).slice(0, shownMax).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The object itself, once all its keys are among `names`. A key whose value is undefined is not there; null is no value. */
export function objectWith(value: unknown, pointer: string, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(pointer, 'must be an object', value);
  }
  for (const key of Object.keys(value)) {
    if ((value as Fields)[key] === null && names.includes(key))
      throw invalid(below(pointer, key), 'must not be null; leave it out instead', null);
    if (names.includes(key) || (value as Fields)[key] === undefined) continue;
    throw invalid(below(pointer, key), unknownName(key, names, 'is not known here'), (value as Fields)[key]);
  }
  return value as Fields;
}

/** The rule for a name that is none, with the one that was meant or all that there are. */
export function unknownName(wrong: string, names: readonly string[], rule: string): string {
  const meant = suggest(wrong, names);
  return meant === undefined ? `${rule}; there are ${names.join(', ')}` : `${rule}; did you mean ${meant}?`;
}

export function oneOf<T extends string>(value: unknown, pointer: string, names: readonly T[]): T {
  if (typeof value === 'string' && (names as readonly string[]).includes(value)) return value as T;
  const rule = `must be one of ${names.join(', ')}`;
  const meant = typeof value === 'string' ? suggest(value, names) : undefined;
  throw invalid(pointer, meant === undefined ? rule : `${rule} (did you mean ${meant}?)`, value);
}

export function text(value: unknown, pointer: string): string {
  if (typeof value !== 'string') throw invalid(pointer, 'must be text', value);
  if (value.length > textMax) throw invalid(pointer, `must have at most ${textMax} characters`, value);
  if (!value.isWellFormed())
    throw invalid(pointer, 'must be well-formed Unicode (it has half a surrogate pair)', value);
  return value;
}

export function flag(value: unknown, pointer: string): boolean {
  if (typeof value !== 'boolean') throw invalid(pointer, 'must be true or false', value);
  return value;
}

export function integer(value: unknown, pointer: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(pointer, `must be a whole number from ${min} to ${max}`, value);
}

/** A list of at least one and at most `lengthMax` members. */
export function list(value: unknown, pointer: string, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(pointer, 'must be a list', value);
  if (value.length === 0) throw invalid(pointer, 'must have at least one member', value);
  if (value.length > lengthMax) throw invalid(pointer, `must have at most ${lengthMax} members`, value);
  return value;
}
