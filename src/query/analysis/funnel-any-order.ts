/**
 * A funnel whose steps may be done in any order: how many different steps were done by different events within one window.
 * An event may match several steps, so that is a matching of events to steps. Events count by their tags alone, so the window
 * is kept as how many events it has of each; of more than there are steps, the rest makes no difference.
 */
import type { SequenceBlock } from '../../store/sequences.ts';
import type { FunnelTrace } from './funnel-sequence.ts';

export class AnyOrder {
  readonly #steps: number;
  readonly #windowMs: number;
  readonly #stepBits: number;
  /** Events in the window by their tags. */
  readonly #window = new Map<number, number>();

  constructor(steps: number, windowMs: number) {
    this.#steps = steps;
    this.#windowMs = windowMs;
    this.#stepBits = 2 ** steps - 1;
  }

  follow({ times, tags }: SequenceBlock, from: number, to: number, trace: FunnelTrace): void {
    this.#window.clear();
    let first = from;
    for (let i = from; i < to && trace.level < this.#steps; i++) {
      const bits = tags[i]! & this.#stepBits;
      if (bits === 0) continue;
      for (; times[i]! - times[first]! > this.#windowMs; first++)
        this.#count(tags[first]! & this.#stepBits, -1);
      // one more of what there is plenty of changes nothing
      if (this.#count(bits, 1) > this.#steps) continue;
      const level = matchingSize(this.#window, this.#steps);
      if (level > trace.level) this.#reach(times, tags, first, i, level, trace);
    }
  }

  #count(bits: number, change: number): number {
    if (bits === 0) return 0;
    const count = (this.#window.get(bits) ?? 0) + change;
    if (count === 0) this.#window.delete(bits);
    else this.#window.set(bits, count);
    return count;
  }

  /** The latest begin from which the window, which ends with event `last`, has so many steps. */
  #reach(
    times: Float64Array,
    tags: Uint32Array,
    first: number,
    last: number,
    level: number,
    trace: FunnelTrace,
  ): void {
    const before = trace.level;
    const matching = new Matching(this.#steps);
    for (let i = last; i >= first && matching.size < level; i--) {
      const bits = tags[i]! & this.#stepBits;
      if (bits === 0 || !matching.add(bits) || matching.size <= before) continue;
      const reached = matching.size;
      trace.level = reached;
      trace.fromStart[reached] = times[last]! - times[i]!;
      // in any order no step comes before another
      trace.fromPrevious[reached] = Number.NaN;
    }
  }
}

function matchingSize(window: ReadonlyMap<number, number>, steps: number): number {
  const matching = new Matching(steps);
  for (const [bits, count] of window) {
    for (let i = 0; i < count && matching.add(bits); i++) if (matching.size === steps) return steps;
  }
  return matching.size;
}

/** Events to steps, one to one, by augmenting paths (Kuhn 1955); an event is its step bits. */
class Matching {
  size = 0;
  /** The event that has each step; 0: none. */
  readonly #owners: Uint32Array;
  #seen = 0;

  constructor(steps: number) {
    this.#owners = new Uint32Array(steps);
  }

  /** Whether the matching grew by this event. */
  add(bits: number): boolean {
    this.#seen = 0;
    const grown = this.#place(bits);
    if (grown) this.size++;
    return grown;
  }

  #place(bits: number): boolean {
    for (let step = 0; step < this.#owners.length; step++) {
      const bit = 1 << step;
      if ((bits & bit) === 0 || (this.#seen & bit) !== 0) continue;
      this.#seen |= bit;
      if (this.#owners[step] !== 0 && !this.#place(this.#owners[step]!)) continue;
      this.#owners[step] = bits;
      return true;
    }
    return false;
  }
}
