/**
 * SipHash-1-3 with a secret key over the UTF-16 code units (little-endian) of an id: without the key nobody can make ids
 * that collide. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). 64-bit words are pairs of 32-bit
 * halves, because BigInt is fifty times slower. The result stays in two fields, so that hashing allocates nothing.
 */
export const hashKeyBytes = 16;

export class IdHasher {
  readonly key: Uint8Array;
  /** The two halves of the last hash, unsigned. Never both 0: that is how the index marks an empty slot. */
  low = 0;
  high = 0;
  readonly #words: Int32Array;

  constructor(key: Uint8Array) {
    if (key.byteLength !== hashKeyBytes) throw new RangeError(`the key has ${key.byteLength} bytes, not 16`);
    this.key = key;
    const view = new DataView(key.buffer, key.byteOffset, hashKeyBytes);
    this.#words = Int32Array.of(
      view.getInt32(0, true),
      view.getInt32(4, true),
      view.getInt32(8, true),
      view.getInt32(12, true),
    );
  }

  hash(id: string): void {
    const [k0l, k0h, k1l, k1h] = this.#words as unknown as [number, number, number, number];
    // the constants are "somepseudorandomlygeneratedbytes"
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    const units = id.length;
    const lastBlock = units >>> 2;
    const rounds = lastBlock + 4;
    for (let block = 0; block < rounds; block++) {
      let ml = 0;
      let mh = 0;
      if (block < lastBlock) {
        const at = block << 2;
        ml = id.charCodeAt(at) | (id.charCodeAt(at + 1) << 16);
        mh = id.charCodeAt(at + 2) | (id.charCodeAt(at + 3) << 16);
      } else if (block === lastBlock) {
        // what is left, and the length in bytes in the highest byte
        const at = block << 2;
        const left = units & 3;
        if (left > 0) ml = id.charCodeAt(at);
        if (left > 1) ml |= id.charCodeAt(at + 1) << 16;
        if (left > 2) mh = id.charCodeAt(at + 2);
        mh |= (units << 1) << 24;
      } else if (block === lastBlock + 1) {
        v2l ^= 0xff;
      }
      v3l ^= ml;
      v3h ^= mh;
      // one SipRound
      let sum = (v0l >>> 0) + (v1l >>> 0);
      v0l = sum | 0;
      v0h = (v0h + v1h + (sum > 0xffffffff ? 1 : 0)) | 0;
      let half = v1l;
      v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
      v1h = ((v1h << 13) | (half >>> 19)) ^ v0h;
      half = v0l;
      v0l = v0h;
      v0h = half;
      sum = (v2l >>> 0) + (v3l >>> 0);
      v2l = sum | 0;
      v2h = (v2h + v3h + (sum > 0xffffffff ? 1 : 0)) | 0;
      half = v3l;
      v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
      v3h = ((v3h << 16) | (half >>> 16)) ^ v2h;
      sum = (v0l >>> 0) + (v3l >>> 0);
      v0l = sum | 0;
      v0h = (v0h + v3h + (sum > 0xffffffff ? 1 : 0)) | 0;
      half = v3l;
      v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
      v3h = ((v3h << 21) | (half >>> 11)) ^ v0h;
      sum = (v2l >>> 0) + (v1l >>> 0);
      v2l = sum | 0;
      v2h = (v2h + v1h + (sum > 0xffffffff ? 1 : 0)) | 0;
      half = v1l;
      v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
      v1h = ((v1h << 17) | (half >>> 15)) ^ v2h;
      half = v2l;
      v2l = v2h;
      v2h = half;
      v0l ^= ml;
      v0h ^= mh;
    }
    this.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
    this.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
    if (this.low === 0 && this.high === 0) this.low = 1;
  }
}
