/**
 * How distinct persons are counted: by sketches or, without the extension hll, exactly from lists. With lists a part to be
 * merged is the persons themselves, one row each.
 */
import type { Aggregate } from '../sql/aggregates.ts';
import type { Rollups } from '../sql/choose-source.ts';
import type { Features } from './features.ts';
import { mergedSketch, sketchOf } from './sketch.ts';

/** Over the rows of one bucket and place, each person once. */
const counted = 'count(*) FILTER (WHERE user_key <> 0)';
const estimate = (sketch: string): string => `round(hll_cardinality(${sketch}))`;

export const personsOf = ({ users }: Features): Aggregate =>
  users === 'hll'
    ? {
        name: 'users',
        rows: counted,
        partial: sketchOf('user_key'),
        rollup: estimate(mergedSketch('users')),
        rollupPartial: mergedSketch('users'),
        merge: estimate(mergedSketch('users')),
      }
    : {
        name: 'users',
        rows: counted,
        partial: 'user_key',
        rollup: counted,
        rollupPartial: 'user_key',
        merge: 'count(DISTINCT user_key)',
      };

export const rollupsOf = ({ users }: Features): Rollups => ({
  tiers: {
    events: ['day', 'hour', 'slot'],
    amount: ['day', 'hour', 'slot'],
    users: users === 'hll' ? ['day', 'hour', 'slot'] : ['day'],
  },
  exactUsers: users === 'list',
});
