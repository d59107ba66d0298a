/**
 * Gives every row of an input an id of its own that is the same whenever the input is read again: the hash of the row, and how often it
 * has occurred before. Counting needs bounded memory for any number of rows.
 *
 * The counts of the first `rowsMax` different rows are exact, by 64 bits of their hash: their ids depend on the row alone, so that a log
 * that has grown, or a part of it, gives the same ids. After that, rows share counters that only ever grow: two equal rows still get two
 * different ids and the same input still gives the same ids, but there they depend on everything that stands before.
 */
import { hash } from 'node:crypto';

/** 12 bytes a slot: 48 MiB at most, and 16 MiB of shared counters. */
const slotsMin = 1 << 12;
const slotsMax = 1 << 22;
const loadMax = 0.75;
/** How many different rows are counted exactly: about three million. */
export const rowsMax = slotsMax * loadMax;
const hexCharacters = 32;

export class RowIds {
  readonly #occurrences: Occurrences;

  constructor(limits = { slotsMax }) {
    this.#occurrences = new Occurrences(limits.slotsMax);
  }

  /** 128 bits of SHA-256 in hex; from the second time on with `-1`, `-2`, … */
  next(raw: Buffer | string, salt: string): string {
    const digest = hash('sha256', salted(raw, salt), 'buffer');
    const occurrence = this.#occurrences.next(digest);
    const id = digest.toString('hex').slice(0, hexCharacters);
    return occurrence === 0 ? id : `${id}-${occurrence}`;
  }
}

function salted(raw: Buffer | string, salt: string): Buffer | string {
  if (salt === '') return raw;
  return typeof raw === 'string' ? salt + raw : Buffer.concat([Buffer.from(salt), raw]);
}

/** Open addressing: two words of the hash as the key, one word as the count of what came before, plus one. */
class Occurrences {
  readonly #slotsMax: number;
  #keys = new Uint32Array(2 * slotsMin);
  #counts = new Uint32Array(slotsMin);
  #used = 0;
  #shared: Uint32Array | undefined;

  constructor(limit: number) {
    this.#slotsMax = limit;
  }

  /** How often this digest was given before; never the same number twice for one digest. */
  next(digest: Buffer): number {
    const low = digest.readUInt32LE(0);
    const high = digest.readUInt32LE(4);
    const slot = this.#find(low, high);
    if (this.#counts[slot] !== 0) return this.#counts[slot]!++;
    if (this.#used < this.#counts.length * loadMax || this.#grow()) {
      this.#put(this.#find(low, high), low, high, 1);
      this.#used += 1;
      return 0;
    }
    this.#shared ??= new Uint32Array(this.#slotsMax);
    const at = digest.readUInt32LE(8) % this.#shared.length;
    return this.#shared[at]!++;
  }

  #find(low: number, high: number): number {
    const mask = this.#counts.length - 1;
    let slot = low & mask;
    while (this.#counts[slot] !== 0 && (this.#keys[2 * slot] !== low || this.#keys[2 * slot + 1] !== high))
      slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, low: number, high: number, count: number): void {
    this.#keys[2 * slot] = low;
    this.#keys[2 * slot + 1] = high;
    this.#counts[slot] = count;
  }

  #grow(): boolean {
    const [keys, counts] = [this.#keys, this.#counts];
    if (counts.length >= this.#slotsMax) return false;
    this.#keys = new Uint32Array(2 * keys.length);
    this.#counts = new Uint32Array(2 * counts.length);
    for (let slot = 0; slot < counts.length; slot++) {
      if (counts[slot] === 0) continue;
      const [low, high] = [keys[2 * slot]!, keys[2 * slot + 1]!];
      this.#put(this.#find(low, high), low, high, counts[slot]!);
    }
    return true;
  }
}
