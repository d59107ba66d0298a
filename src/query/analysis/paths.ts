/**
 * Folds sequences into paths: at each step which values, and from each value to which next ones. Repeats in a row are one
 * visit. Forward from the start value (or the beginning), or backward from the end value. At each step the values with most
 * sequences stand by themselves, the others together; a sequence that ends is counted as leaving.
 */
import type { PathsPlan } from '../../plan/analysis.ts';
import type { SequenceBlock, WalkBlock, WalkShape } from '../../store/sequences.ts';

/** Which code stands for a value: its place in the question's values from 1; 0 is any other. */
export interface PathNode {
  readonly step: number;
  readonly code: number;
  readonly sequences: number;
  /** Of these, how many have no next step. */
  readonly ends: number;
}

export interface PathLink {
  /** From a node of this step to one of the next. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly sequences: number;
}

export interface PathNumbers {
  /** Sequences that have a first step. */
  readonly sequences: number;
  readonly nodes: readonly PathNode[];
  readonly links: readonly PathLink[];
}

/** So many values can be told apart; with those past it as one. Bounds the links that are counted. */
export const pathValuesMax = 200;
const radix = pathValuesMax + 1;

export class PathFold {
  readonly #plan: PathsPlan;
  /** The code that a path begins with; undefined: it begins where the sequence does. */
  readonly #anchor: number | undefined;
  /** By code, of each step. */
  readonly #nodes: readonly Float64Array[];
  readonly #ends: readonly Float64Array[];
  /** By from * radix + to. */
  readonly #links: readonly Float64Array[];
  readonly #codes: Uint32Array;
  #sequences = 0;

  constructor(plan: PathsPlan, anchor: number | undefined) {
    this.#plan = plan;
    this.#anchor = anchor;
    const counts = (size: number): readonly Float64Array[] =>
      Array.from({ length: plan.steps }, () => new Float64Array(size));
    this.#nodes = counts(radix);
    this.#ends = counts(radix);
    this.#links = counts(radix * radix);
    this.#codes = new Uint32Array(plan.steps + 1);
  }

  add(block: SequenceBlock): void {
    let from = 0;
    for (const end of block.ends) {
      const length = this.#walk(block.codes!, from, end);
      from = end;
      if (length > 0) this.#count(length);
    }
  }

  /** What a store may do of it: one step more than is shown tells whether a path goes on. */
  get shape(): WalkShape {
    return {
      isBackward: this.#plan.end !== undefined,
      ...(this.#anchor !== undefined && { anchor: this.#anchor }),
      lengthMax: this.#plan.steps + 1,
    };
  }

  addWalks({ walks, ends, counts }: WalkBlock): void {
    let from = 0;
    for (const [i, end] of ends.entries()) {
      for (let at = from; at < end; at++) this.#codes[at - from] = walks[at]!;
      this.#count(end - from, Number(counts[i]!));
      from = end;
    }
  }

  /** Fills `#codes` with the path of one sequence and, past the last step, whether it goes on; gives how many steps it has. */
  #walk(codes: Uint32Array, from: number, to: number): number {
    const isBackward = this.#plan.end !== undefined;
    const step = isBackward ? -1 : 1;
    let at = isBackward ? to - 1 : from;
    if (this.#anchor !== undefined) while (at >= from && at < to && codes[at] !== this.#anchor) at += step;
    let length = 0;
    let before = -1;
    for (; at >= from && at < to && length <= this.#plan.steps; at += step) {
      const code = codes[at]!;
      if (code === before) continue;
      this.#codes[length++] = code;
      before = code;
    }
    return length;
  }

  /** `times`: so many sequences. */
  #count(length: number, times = 1): void {
    this.#sequences += times;
    const shown = Math.min(length, this.#plan.steps);
    for (let i = 0; i < shown; i++) {
      this.#nodes[i]![this.#codes[i]!]! += times;
      if (i + 1 < shown) this.#links[i]![this.#codes[i]! * radix + this.#codes[i + 1]!]! += times;
    }
    if (length <= this.#plan.steps) this.#ends[shown - 1]![this.#codes[shown - 1]!]! += times;
  }

  numbers(): PathNumbers {
    const shown = this.#nodes.map((nodes) => this.#first(nodes));
    return {
      sequences: this.#sequences,
      nodes: this.#nodes.flatMap((nodes, i) => this.#nodesOf(i, nodes, shown[i]!)),
      links: this.#links.flatMap((links, i) =>
        i + 1 < this.#plan.steps ? linksOf(i, links, shown[i]!, shown[i + 1]!) : [],
      ),
    };
  }

  /** The codes that stand by themselves: most sequences first, ties by the order of the values. */
  #first(nodes: Float64Array): ReadonlySet<number> {
    const sorted = counted(nodes)
      .filter(([code]) => code !== 0)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return new Set(sorted.slice(0, this.#plan.limit).map(([code]) => code));
  }

  #nodesOf(step: number, nodes: Float64Array, shown: ReadonlySet<number>): readonly PathNode[] {
    const counts = new Map<number, { sequences: number; ends: number }>();
    for (const [code, sequences] of counted(nodes)) {
      const merged = shown.has(code) ? code : 0;
      const node = counts.get(merged) ?? { sequences: 0, ends: 0 };
      node.sequences += sequences;
      node.ends += this.#ends[step]![code]!;
      counts.set(merged, node);
    }
    return [...counts]
      .map(([code, node]) => ({ step, code, ...node }))
      .sort((a, b) => rank(a.code) - rank(b.code) || b.sequences - a.sequences || a.code - b.code);
  }
}

/** `other` last. */
const rank = (code: number): number => (code === 0 ? 1 : 0);

function linksOf(
  step: number,
  links: Float64Array,
  from: ReadonlySet<number>,
  to: ReadonlySet<number>,
): readonly PathLink[] {
  const counts = new Map<number, number>();
  for (const [link, sequences] of counted(links)) {
    const [a, b] = [Math.floor(link / radix), link % radix];
    const merged = (from.has(a) ? a : 0) * radix + (to.has(b) ? b : 0);
    counts.set(merged, (counts.get(merged) ?? 0) + sequences);
  }
  return [...counts]
    .map(([link, sequences]) => ({ step, from: Math.floor(link / radix), to: link % radix, sequences }))
    .sort(
      (a, b) =>
        b.sequences - a.sequences ||
        rank(a.from) - rank(b.from) ||
        a.from - b.from ||
        rank(a.to) - rank(b.to) ||
        a.to - b.to,
    );
}

/** What was met, and how often. */
const counted = (counts: Float64Array): (readonly [code: number, count: number])[] =>
  Array.from(counts, (count, code) => [code, count] as const).filter(([, count]) => count > 0);
