/** Makes blocks of whole sequences out of events that come one after another, in typed arrays that grow by doubling. */
import type { SequenceBlock } from '../sequences.ts';

const firstEvents = 1_024;

export class SequenceBuilder {
  #times = new Float64Array(firstEvents);
  #tags = new Uint32Array(firstEvents);
  #codes = new Uint32Array(firstEvents);
  #flags = new Uint8Array(firstEvents);
  #count = 0;
  #keys: bigint[] = [];
  #ends: number[] = [];

  /** Events of whole sequences. */
  get whole(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** The event that comes next begins a sequence of this person. */
  begin(key: bigint): void {
    this.end();
    this.#keys.push(key);
  }

  /** The sequence that was begun is whole. */
  end(): void {
    if (this.#keys.length > this.#ends.length) this.#ends.push(this.#count);
  }

  add(time: number, tags: number, code: number, flag: number): void {
    const at = this.#count++;
    if (at === this.#times.length) this.#grow();
    this.#times[at] = time;
    this.#tags[at] = tags;
    this.#codes[at] = code;
    this.#flags[at] = flag;
  }

  /** The whole sequences, which are left out from then on, and the flags of their events. */
  take(): { readonly block: Required<SequenceBlock>; readonly flags: Uint8Array } {
    const [sequences, events] = [this.#ends.length, this.whole];
    const block = {
      keys: BigUint64Array.from(this.#keys.slice(0, sequences)),
      ends: Uint32Array.from(this.#ends),
      times: this.#times.slice(0, events),
      tags: this.#tags.slice(0, events),
      codes: this.#codes.slice(0, events),
    };
    const flags = this.#flags.slice(0, events);
    for (const column of [this.#times, this.#tags, this.#codes, this.#flags])
      column.copyWithin(0, events, this.#count);
    this.#count -= events;
    this.#keys = this.#keys.slice(sequences);
    this.#ends = [];
    return { block, flags };
  }

  #grow(): void {
    const length = 2 * this.#times.length;
    const [times, tags, codes, flags] = [this.#times, this.#tags, this.#codes, this.#flags];
    this.#times = new Float64Array(length);
    this.#tags = new Uint32Array(length);
    this.#codes = new Uint32Array(length);
    this.#flags = new Uint8Array(length);
    this.#times.set(times);
    this.#tags.set(tags);
    this.#codes.set(codes);
    this.#flags.set(flags);
  }
}
