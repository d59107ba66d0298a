/** Compares the rollups with what the rows say, cell for cell; sketches by what they count, which is the same function. */
import type { RollupDifference } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { dayOf } from './dirty-days.ts';
import type { Gate } from './gate.ts';
import { monthOf } from './partitions.ts';
import { daysCondition } from './repair.ts';
import { countsSelect, usersSelect } from './rollups.ts';
import { sketch } from './sketch.ts';

/** Enough to see what is wrong. */
const differencesMax = 1_000;
const timeoutMs = 10 * 60_000;

/** The days that have rows or rollups, since 1970-01-01, ascending by month. */
async function daysStored(client: ClickHouseClient): Promise<readonly number[]> {
  const rows = await client.rows<[number]>(`SELECT DISTINCT toInt32(day) AS number FROM (
  SELECT day FROM events UNION ALL
  SELECT toDate32(start) AS day FROM rollup_counts UNION ALL
  SELECT toDate32(start) AS day FROM rollup_users
) ORDER BY number`);
  return rows.map(([day]) => day);
}

/** @param days of one month, or few: they are grouped in memory */
async function differencesOn(
  client: ClickHouseClient,
  days: readonly number[],
): Promise<readonly RollupDifference[]> {
  if (days.length === 0) return [];
  const rollup = daysCondition('start', days);
  const rows = `WHERE ${daysCondition('timestamp', days)}`;
  const counts = comparison(
    'type, bot, currency',
    `SELECT project, start, type, bot, currency, ${countsText('sum', 'min', 'max')} AS counted
FROM rollup_counts WHERE ${rollup} GROUP BY project, start, type, bot, currency`,
    `SELECT project, start, type, bot, currency, ${countsText('', '', '')} AS counted FROM (${countsSelect('events', rows)})`,
  );
  const users = comparison(
    'tier, type, bot',
    `SELECT project, start, tier, type, bot, toString(${sketch.name}Merge(${sketch.precision})(users)) AS counted
FROM rollup_users WHERE ${rollup} GROUP BY project, start, tier, type, bot`,
    `SELECT project, start, tier, type, bot, toString(finalizeAggregation(users)) AS counted FROM (${usersSelect('events', rows)})`,
  );
  const found = [];
  for (const sql of [counts, users]) {
    found.push(...(await client.rows<[string, string, string]>(sql, { timeoutMs })));
  }
  return found.map(([project, day, detail]) => ({ project, day, detail }));
}

const countsText = (sum: string, min: string, max: string): string =>
  `concat(toString(${sum}(events)), ' events, ', toString(${sum}(amount_count)), ' amounts, sum ', toString(${sum}(amount_sum)), ', ', ifNull(toString(${min}(amount_min)), 'none'), ' to ', ifNull(toString(${max}(amount_max)), 'none'))`;

/** Both sides must have every cell once and say the same of it. */
function comparison(dimensions: string, rollup: string, rows: string): string {
  return `SELECT project, toString(toDate32(start)),
  concat(toString(start), ' ', toString((${dimensions})), ': the rollup has ', anyIf(counted, side = 'rollup'), ', the rows ', anyIf(counted, side = 'rows'))
FROM (
  SELECT 'rollup' AS side, * FROM (${rollup})
  UNION ALL
  SELECT 'rows' AS side, * FROM (${rows})
)
GROUP BY project, start, ${dimensions}
HAVING count() != 2 OR uniqExact(counted) != 1
ORDER BY project, start LIMIT ${differencesMax}`;
}

/**
 * The differences on these days, or on all. Looks while inserts go on, then once more, alone, at what differed: an insert
 * under way is in the rows before it is in the rollups.
 */
export async function verifyDays(
  client: ClickHouseClient,
  gate: Gate,
  asked: readonly number[] | undefined,
): Promise<readonly RollupDifference[]> {
  const days = asked ?? (await daysStored(client));
  const suspects = new Set<string>();
  for (const month of Map.groupBy(days, monthOf).values()) {
    for (const { day } of await differencesOn(client, month)) suspects.add(day);
  }
  if (suspects.size === 0) return [];
  return gate.alone(() =>
    differencesOn(
      client,
      [...suspects].map((day) => dayOf(Date.parse(day))),
    ),
  );
}
