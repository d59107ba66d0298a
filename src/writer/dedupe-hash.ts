/**
 * SipHash-1-3 with a secret key over the UTF-16 code units (little-endian) of an id: without the key nobody can make ids
 * that collide. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). 64-bit words are pairs of 32-bit
 * halves, because BigInt is fifty times slower. The result stays in two fields, so that hashing allocates nothing.
 */
export const hashKeyBytes = 16;

const unitsPerBlock = 4;

export class IdHasher {
  readonly key: Uint8Array;
  /** The two halves of the last hash, unsigned. Never both 0: that is how the index marks an empty slot. */
  low = 0;
  high = 0;
  /** v0 to v3 as the key makes them. */
  readonly #start: Int32Array;
  /** The project of the last pair, v0 to v3 after the whole blocks of `${project}\0`, and what is left of that. */
  #project: string | undefined;
  readonly #afterProject = new Int32Array(8);
  #rest = '';
  readonly #state = new Int32Array(8);

  constructor(key: Uint8Array) {
    if (key.byteLength !== hashKeyBytes) throw new RangeError(`the key has ${key.byteLength} bytes, not 16`);
    this.key = key;
    const view = new DataView(key.buffer, key.byteOffset, hashKeyBytes);
    const [k0l, k0h, k1l, k1h] = [0, 4, 8, 12].map((at) => view.getInt32(at, true)) as [
      number,
      number,
      number,
      number,
    ];
    // the constants are "somepseudorandomlygeneratedbytes"
    this.#start = Int32Array.of(
      k0l ^ 0x70736575,
      k0h ^ 0x736f6d65,
      k1l ^ 0x6e646f6d,
      k1h ^ 0x646f7261,
      k0l ^ 0x6e657261,
      k0h ^ 0x6c796765,
      k1l ^ 0x79746573,
      k1h ^ 0x74656462,
    );
  }

  hash(id: string): void {
    this.#state.set(this.#start);
    this.#absorb('', id, 0, true);
  }

  /** As `hash` of both with NUL between them: see `idKey`. Many pairs in a row have the same project. */
  hashPair(project: string, eventId: string): void {
    if (project !== this.#project) this.#learn(project);
    this.#state.set(this.#afterProject);
    this.#absorb(this.#rest, eventId, project.length + 1 - this.#rest.length, true);
  }

  #learn(project: string): void {
    const text = `${project}\0`;
    const whole = text.length - (text.length % unitsPerBlock);
    this.#state.set(this.#start);
    this.#absorb('', text.slice(0, whole), 0, false);
    this.#afterProject.set(this.#state);
    this.#rest = text.slice(whole);
    this.#project = project;
  }

  /** `first` (fewer than four units) and `text`, behind so many units `before`. Not the end: of whole blocks alone. */
  #absorb(first: string, text: string, before: number, isEnd: boolean): void {
    const state = this.#state;
    let v0l = state[0]!;
    let v0h = state[1]!;
    let v1l = state[2]!;
    let v1h = state[3]!;
    let v2l = state[4]!;
    let v2h = state[5]!;
    let v3l = state[6]!;
    let v3h = state[7]!;
    const units = first.length + text.length;
    const lastBlock = units >>> 2;
    const rounds = isEnd ? lastBlock + 4 : lastBlock;
    for (let block = 0; block < rounds; block++) {
      let ml = 0;
      let mh = 0;
      const at = (block << 2) - first.length;
      if (block < lastBlock && at >= 0) {
        ml = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
        mh = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16);
      } else if (block <= lastBlock) {
        // the first one, or what is left with the length in bytes in the highest byte
        const few = at < 0 ? (first + text.slice(0, unitsPerBlock)).slice(0, unitsPerBlock) : text.slice(at);
        if (few.length > 0) ml = few.charCodeAt(0);
        if (few.length > 1) ml |= few.charCodeAt(1) << 16;
        if (few.length > 2) mh = few.charCodeAt(2);
        if (few.length > 3) mh |= few.charCodeAt(3) << 16;
        if (block === lastBlock) mh |= ((before + units) << 1) << 24;
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
    if (isEnd) {
      this.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
      this.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
      if (this.low === 0 && this.high === 0) this.low = 1;
      return;
    }
    state[0] = v0l;
    state[1] = v0h;
    state[2] = v1l;
    state[3] = v1h;
    state[4] = v2l;
    state[5] = v2h;
    state[6] = v3l;
    state[7] = v3h;
  }
}
