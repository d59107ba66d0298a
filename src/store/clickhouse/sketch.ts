/**
 * The sketch that counts distinct persons in rollups: ClickHouse's uniqCombined64 with 2^15 registers. It is exact to
 * 1,024 persons; beyond that its standard error is 0.6 % once its bias is taken off (sketch-bias.ts).
 */
export { correctedUsers } from '../sql/sketch-bias.ts';

export const sketch = { name: 'uniqCombined64', precision: 15 } as const;

/** Up to here a sketch's count is always exact: 24 below the set's end, so that no estimate can fall under it. */
export const exactUsersMax = 1_000;
export const usersError = 0.006;
