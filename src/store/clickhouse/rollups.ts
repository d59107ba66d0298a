/**
 * How rollups follow from rows: one SELECT for each rollup table, used by its materialized view, by the repair of a day and
 * by the comparison of both (verify.ts), so that the three cannot mean different things.
 */

import type { Rollups } from '../sql/choose-source.ts';
import { tierMs } from '../sql/cover.ts';
import { sketch } from './sketch.ts';

export const rollups: Rollups = {
  tiers: { events: ['slot'], amount: ['slot'], users: ['day', 'hour', 'slot'] },
  exactUsers: false,
};

/** The start of the row's slot in epoch seconds, right before 1970 too. */
const slotSeconds = `intDiv(toUnixTimestamp64Milli(timestamp) - positiveModulo(toUnixTimestamp64Milli(timestamp), ${tierMs.slot}), 1000)`;

/** Events and amounts by slot. `where` bounds the rows; '' means all of them. */
export function countsSelect(table: string, where = ''): string {
  return `SELECT project, toDateTime64(${slotSeconds}, 0, 'UTC') AS start, type, bot, currency,
  count() AS events,
  count(amount) AS amount_count,
  sum(ifNull(toDecimal128(amount, 4), toDecimal128(0, 4))) AS amount_sum,
  min(amount) AS amount_min,
  max(amount) AS amount_max
FROM ${table} ${where}
GROUP BY project, start, type, bot, currency`;
}

/**
 * Distinct persons by tier, each type by itself and all together (type ''). Rows without a person are left out. The inner
 * query makes one small sketch a slot; the outer one merges those, which is cheaper than reading every row six times.
 */
export function usersSelect(table: string, where = ''): string {
  const rows = where === '' ? 'WHERE user_key != 0' : `${where} AND user_key != 0`;
  const tierSeconds = Object.values(tierMs)
    .map((ms) => `toUInt32(${ms / 1000})`)
    .join(', ');
  return `SELECT project, tier, piece_type AS type, bot,
  toDateTime64(slot - positiveModulo(slot, tier), 0, 'UTC') AS start,
  ${sketch.name}MergeState(${sketch.precision})(slot_users) AS users
FROM (
  SELECT project, type AS slot_type, bot, ${slotSeconds} AS slot,
    ${sketch.name}State(${sketch.precision})(user_key) AS slot_users
  FROM ${table} ${rows}
  GROUP BY project, slot_type, bot, slot
)
ARRAY JOIN [${tierSeconds}] AS tier
ARRAY JOIN ['', slot_type] AS piece_type
GROUP BY project, tier, type, bot, start`;
}
