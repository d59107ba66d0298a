/**
 * Covers the buckets of a question with pieces: rollup rows of the largest tiers that lie wholly within one bucket, and
 * raw rows for what is left at the edges and for days whose rollups are not to be trusted. Pure arithmetic, in UTC.
 */

/** Half-open, epoch milliseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of each tier of rollups. */
export const tierMs = { day: 86_400_000, hour: 3_600_000, slot: 900_000 } as const;
export type Tier = keyof typeof tierMs;

/** Which ranges are answered from where. Ascending, not touching; together they are the question's range, once. */
export interface Cover {
  readonly raw: readonly Range[];
  readonly tiers: Readonly<Record<Tier, readonly Range[]>>;
}

/** Above this many ranges a statement costs more than the smaller pieces save. */
export const rangesMax = 4_000;

export const rawCover = (from: number, to: number): Cover => ({
  raw: [{ from, to }],
  tiers: { day: [], hour: [], slot: [] },
});

/**
 * @param edges borders of the buckets, as in a Question
 * @param tiers the tiers that may be used, the largest first
 * @param dirty ranges that only raw rows can answer; whole UTC days, ascending
 */
export function cover(edges: readonly number[], tiers: readonly Tier[], dirty: readonly Range[]): Cover {
  const smallest = tiers.slice(-1);
  for (const usable of tiers.length > 1 ? [tiers, smallest] : [tiers]) {
    const pieces = new Pieces(usable);
    for (let i = 0; i + 1 < edges.length; i++) pieces.addBucket(edges[i]!, edges[i + 1]!, dirty);
    if (pieces.count <= rangesMax) return pieces;
  }
  return rawCover(edges[0]!, edges.at(-1)!);
}

class Pieces implements Cover {
  readonly raw: Range[] = [];
  readonly tiers: Record<Tier, Range[]> = { day: [], hour: [], slot: [] };
  readonly #usable: readonly Tier[];
  #nextDirty = 0;

  constructor(usable: readonly Tier[]) {
    this.#usable = usable;
  }

  get count(): number {
    return this.raw.length + this.#usable.reduce((sum, tier) => sum + this.tiers[tier].length, 0);
  }

  addBucket(from: number, to: number, dirty: readonly Range[]): void {
    let at = from;
    while (at < to) {
      while (this.#nextDirty < dirty.length && dirty[this.#nextDirty]!.to <= at) this.#nextDirty++;
      const next = dirty[this.#nextDirty];
      if (next === undefined || next.from >= to) {
        this.#add(at, to, 0);
        return;
      }
      this.#add(at, next.from, 0);
      push(this.raw, Math.max(at, next.from), Math.min(to, next.to));
      at = Math.min(to, next.to);
    }
  }

  #add(from: number, to: number, depth: number): void {
    if (from >= to) return;
    const tier = this.#usable[depth];
    if (tier === undefined) {
      push(this.raw, from, to);
      return;
    }
    const first = Math.ceil(from / tierMs[tier]) * tierMs[tier];
    const last = Math.floor(to / tierMs[tier]) * tierMs[tier];
    if (first >= last) {
      this.#add(from, to, depth + 1);
      return;
    }
    this.#add(from, first, depth + 1);
    push(this.tiers[tier], first, last);
    this.#add(last, to, depth + 1);
  }
}

function push(ranges: Range[], from: number, to: number): void {
  if (from >= to) return;
  const last = ranges.at(-1);
  if (last?.to === from) ranges[ranges.length - 1] = { from: last.from, to };
  else ranges.push({ from, to });
}
