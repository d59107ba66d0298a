/**
 * The sketch that counts distinct persons in rollups where the extension hll is there: 2^15 registers, explicit (a list of
 * the persons' keys) up to 1,024 persons. `user_key` is a hash already, so it is taken as it is. Beyond that the standard
 * error is 0.7 % at most, once the bias is taken off (60 runs, measured each 3,277 persons up to 210,000).
 */
export { correctedUsers } from '../sql/sketch-bias.ts';

export const sketch = { log2m: 15, registerWidth: 5, explicitThreshold: 1_024 } as const;

const parameters = `${sketch.log2m}, ${sketch.registerWidth}, ${sketch.explicitThreshold}, 1`;

/** An aggregate over rows of `events`: the sketch of their persons. */
export const sketchOf = (key: string): string => `hll_add_agg(${key}::hll_hashval, ${parameters})`;
/** An aggregate over sketches: one sketch. */
export const mergedSketch = (sketches: string): string => `hll_union_agg(${sketches})`;

/** Up to here a count is always exact: 24 below the list's end, so that no estimate can fall under it. */
export const exactUsersMax = 1_000;
export const usersError = 0.007;
