/**
 * The sketch that counts distinct persons in rollups where the extension hll is there: 2^15 registers, explicit (a list of
 * the persons' keys) up to 1,024 persons. `user_key` is a hash already, so it is taken as it is.
 */
export const sketch = { log2m: 15, registerWidth: 5, explicitThreshold: 1_024 } as const;

const parameters = `${sketch.log2m}, ${sketch.registerWidth}, ${sketch.explicitThreshold}, 1`;

/** An aggregate over rows of `events`: the sketch of their persons. */
export const sketchOf = (key: string): string => `hll_add_agg(${key}::hll_hashval, ${parameters})`;
/** An aggregate over sketches: one sketch. */
export const mergedSketch = (sketches: string): string => `hll_union_agg(${sketches})`;
