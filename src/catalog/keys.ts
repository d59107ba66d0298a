/**
 * What a key looks like and what of it is kept. A key is a scope's prefix and 256 random bits; it is shown once, when it
 * is made. Stored are its SHA-256 (a slow hash would buy nothing: nobody guesses 256 bits) and a hint to recognize it by.
 */
import { hash } from 'node:crypto';
import type { Key, KeyLimits, Scope } from './catalog.ts';

export const scopes: readonly Scope[] = ['write', 'read', 'admin'];

/** Randomness as an argument: `count` bytes nobody can guess (`node:crypto` randomBytes in production). */
export type Random = (count: number) => Uint8Array;

export interface NewKey {
  readonly project: string;
  readonly scope: Scope;
  readonly name: string;
  readonly origins?: readonly string[];
  readonly limits?: KeyLimits;
}

/** What each limit may be, both ends in it; in the unit that its name ends with. */
export const keyLimitRanges: Readonly<Record<keyof KeyLimits, readonly [min: number, max: number]>> = {
  timeMs: [10, 3_600_000],
  memoryBytes: [16 * 1024 ** 2, 1024 ** 4],
  rowsMax: [1, Number.MAX_SAFE_INTEGER],
  concurrencyMax: [1, 64],
  waitingMax: [0, 10_000],
};

const secretBytes = 32;
/** 62^43 > 2^256, so that every secret has this many characters. */
const secretLength = 43;
const hintSecretLength = 4;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Makes a key: `secret` goes to its owner and nowhere else, `key` into the catalog. `now` is epoch milliseconds. */
export function makeKey(
  wanted: NewKey,
  random: Random,
  now: number,
): { readonly secret: string; readonly key: Key } {
  const secret = `mr_${wanted.scope}_${base62(random(secretBytes))}`;
  const key: Key = {
    id: `key_${base62(random(8)).slice(-10)}`,
    project: wanted.project,
    scope: wanted.scope,
    name: wanted.name,
    hash: hashKey(secret),
    hint: hintOf(secret),
    origins: wanted.origins ?? [],
    ...(wanted.limits && { limits: wanted.limits }),
    createdAt: now,
  };
  return { secret, key };
}

/** SHA-256 of a key, hex. */
export function hashKey(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** The prefix and the secret's first characters: `mr_write_3fGa…`. */
export function hintOf(secret: string): string {
  const prefix = /^mr_[a-z]+_/.exec(secret)?.[0] ?? '';
  return `${secret.slice(0, prefix.length + hintSecretLength)}…`;
}

/** Base 62 has no sign that ends a word, so that a double click selects the whole key. */
function base62(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  while (rest > 0n) {
    text = alphabet[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text.padStart(secretLength, '0');
}
