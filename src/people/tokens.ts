/**
 * The secrets of links, sessions and shares: 256 random bits, said once to who they are for; only their SHA-256 is kept. They begin with
 * what they are, so that they can be told apart, and masked wherever something prints them by mistake.
 */
import { hashKey, type Random } from '../catalog/keys.ts';

export type TokenKind = 'link' | 'session' | 'share';

const secretBytes = 32;
const idBytes = 9;
/** The prefix, and 43 characters of base64url. */
const pattern = /^mr_(link|session|share)_[A-Za-z0-9_-]{43}$/;

export interface MadeToken {
  readonly token: string;
  /** What is kept of it. */
  readonly hash: string;
}

export function makeToken(kind: TokenKind, random: Random): MadeToken {
  const token = `mr_${kind}_${Buffer.from(random(secretBytes)).toString('base64url')}`;
  return { token, hash: hashKey(token) };
}

/** The hash to look a token up by; undefined when it cannot be one of this kind. */
export function hashOfToken(kind: TokenKind, token: string): string | undefined {
  return pattern.exec(token)?.[1] === kind ? hashKey(token) : undefined;
}

/** Of whatever came as a token, so that one that cannot be any is looked up like the others; it is never found. */
export const hashOfAny = (token: string): string => hashKey(token);

/** `per_…`, `ses_…`, `shr_…`: names, not secrets. */
export function makeId(prefix: 'per' | 'ses' | 'shr', random: Random): string {
  return `${prefix}_${Buffer.from(random(idBytes)).toString('base64url')}`;
}
