/** Folds sequences into the numbers of a funnel: how many came how far, by first touch, and how long they took. */
import type { FunnelPlan } from '../../plan/analysis.ts';
import type { SequenceBlock } from '../../store/sequences.ts';
import { FunnelSequence } from './funnel-sequence.ts';
import { Distribution, Durations } from './times.ts';

export interface FunnelNumbers {
  /** Index k - 1: sequences that reached step k. */
  readonly reached: readonly number[];
  /** From the step before (the first has none), and from the first step. */
  readonly fromPrevious: readonly Durations[];
  readonly fromStart: readonly Durations[];
  /** From the first step to the last one. */
  readonly toConvert: Distribution;
}

/** Counts by the code of the first touch; 0 is any other value. */
export type FunnelGroups = ReadonlyMap<number, readonly number[]>;

export class FunnelFold {
  readonly #sequence: FunnelSequence;
  readonly #steps: number;
  readonly #reached: number[];
  readonly #fromPrevious: readonly Durations[];
  readonly #fromStart: readonly Durations[];
  readonly #toConvert = new Distribution();
  readonly #groups = new Map<number, number[]>();

  constructor(plan: FunnelPlan) {
    this.#sequence = new FunnelSequence(plan);
    this.#steps = plan.steps.length;
    this.#reached = new Array<number>(this.#steps).fill(0);
    this.#fromPrevious = plan.steps.map(() => new Durations());
    this.#fromStart = plan.steps.map(() => new Durations());
  }

  add(block: SequenceBlock): void {
    let from = 0;
    for (const end of block.ends) {
      const { level, firstTouch, fromStart, fromPrevious } = this.#sequence.follow(block, from, end);
      from = end;
      if (level === 0) continue;
      // in any order an attempt may have begun with another step
      this.#group(firstTouch < 0 ? 0 : (block.codes?.[firstTouch] ?? 0), level);
      for (let k = 1; k <= level; k++) {
        this.#reached[k - 1]! += 1;
        if (k === 1) continue;
        this.#fromStart[k - 1]!.add(fromStart[k]!);
        if (!Number.isNaN(fromPrevious[k]!)) this.#fromPrevious[k - 1]!.add(fromPrevious[k]!);
      }
      if (level === this.#steps) this.#toConvert.add(fromStart[level]!);
    }
  }

  numbers(): FunnelNumbers {
    return {
      reached: this.#reached,
      fromPrevious: this.#fromPrevious,
      fromStart: this.#fromStart,
      toConvert: this.#toConvert,
    };
  }

  groups(): FunnelGroups {
    return this.#groups;
  }

  #group(code: number, level: number): void {
    const reached = this.#groups.get(code) ?? new Array<number>(this.#steps).fill(0);
    for (let k = 0; k < level; k++) reached[k]! += 1;
    this.#groups.set(code, reached);
  }
}

/** Who came to a step of a funnel: the keys of persons, each once, ascending, after the key `after`, `limit` and one more at most. */
export class FunnelPeople {
  readonly #sequence: FunnelSequence;
  readonly #people: NonNullable<FunnelPlan['people']>;
  readonly #after: bigint;
  readonly #steps: number;
  #keys = new Set<bigint>();

  constructor(
    plan: FunnelPlan & { readonly people: NonNullable<FunnelPlan['people']> },
    after: bigint | undefined,
  ) {
    this.#sequence = new FunnelSequence(plan);
    this.#steps = plan.steps.length;
    this.#people = plan.people;
    this.#after = after ?? 0n;
  }

  add(block: SequenceBlock): void {
    const { step, outcome } = this.#people;
    let from = 0;
    for (const [i, end] of block.ends.entries()) {
      const key = block.keys[i]!;
      const { level } = this.#sequence.follow(block, from, end);
      from = end;
      const isAsked = outcome === 'reached' ? level >= step : level === step && step < this.#steps;
      if (isAsked && key > this.#after) this.#keys.add(key);
    }
    // most of them will not be on the page
    if (this.#keys.size > 16 * (this.#people.limit + 1)) this.#keys = new Set(this.keys());
  }

  keys(): readonly bigint[] {
    return [...this.#keys].sort((a, b) => (a < b ? -1 : 1)).slice(0, this.#people.limit + 1);
  }
}
