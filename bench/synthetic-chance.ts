/** Numbers that look like chance and are always the same: hashes of a number and of what they are for. */

/** 32 bits that look like chance. Source: the finalizer of MurmurHash3 by Austin Appleby, over two words. */
export function hash(n: number, salt: number): number {
  let h = Math.imul(n | 0, 0x9e37_79b1) ^ Math.imul(salt + Math.floor(n / 2 ** 32), 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** From 0 up to 1. */
export const unit = (n: number, salt: number): number => hash(n, salt) / 2 ** 32;
