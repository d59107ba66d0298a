/**
 * How rollups follow from rows: one SELECT for each table, used when a batch is stored, when days are rebuilt, and by the
 * comparison of both (verify.ts), so that the three cannot mean different things. Each makes slots of 15 minutes first and the
 * larger tiers of those, which is cheaper than reading every row once a tier.
 */
import { tierMs } from '../sql/cover.ts';
import type { Features } from './features.ts';
import { mergedSketch, sketchOf } from './sketch.ts';
import { linksDay } from './version.ts';

/** A begin of all tiers, before every row's time. */
const origin = `timestamptz '1900-01-01 00:00:00+00'`;
const seconds = Object.values(tierMs).map((ms) => `(${ms / 1000})`);
const tiers = `(VALUES ${seconds.join(', ')}) AS tiers(tier)`;
const daySeconds = tierMs.day / 1000;
const begin = (of: string): string => `date_bin(make_interval(secs => tier), ${of}, ${origin})`;

/** What rollups are made of: the rows of `events` for which `condition` (SQL) holds, as a SELECT. */
export const rollupSource = (condition: string): string =>
  `SELECT project, type, bot, currency, amount, user_key, date_bin('15 minutes', timestamp, ${origin}) AS slot
FROM events WHERE ${condition}`;

export const countColumns = 'project, tier, start, type, bot, currency';
export const countValues = 'events, amount_count, amount_sum, amount_min, amount_max';

/** Events and amounts: `countColumns` and `countValues`, each key once. `source`: a table or a SELECT in parentheses. */
export function countsSelect(source: string): string {
  return `SELECT project, tier, ${begin('slot')} AS start, type, bot, currency,
  sum(events)::bigint AS events, sum(amounts)::bigint AS amount_count, coalesce(sum(total), 0) AS amount_sum,
  min(least) AS amount_min, max(most) AS amount_max
FROM (
  SELECT project, slot, type, bot, currency, count(*) AS events,
    count(amount) AS amounts, sum(amount) AS total, min(amount) AS least, max(amount) AS most
  FROM ${source} AS source GROUP BY project, slot, type, bot, currency
) AS slots CROSS JOIN ${tiers}
GROUP BY 1, 2, 3, 4, 5, 6`;
}

export const userColumns = 'project, tier, start, type, bot';
export const userValue = ({ users }: Features): string => (users === 'hll' ? 'users' : 'user_key');

/** Persons by type and, as type '', over all types: `userColumns` and `userValue`. */
export function usersSelect(features: Features, source: string): string {
  if (features.users === 'list') {
    return `SELECT DISTINCT project, ${daySeconds} AS tier, date_bin('1 day', slot, ${origin}) AS start, piece AS type, bot, user_key
FROM ${source} AS source CROSS JOIN LATERAL (VALUES (''), (type)) AS pieces(piece) WHERE user_key <> 0`;
  }
  return `SELECT project, tier, ${begin('slot')} AS start, piece AS type, bot, ${mergedSketch('slot_users')} AS users
FROM (
  SELECT project, slot, type, bot, ${sketchOf('user_key')} AS slot_users
  FROM ${source} AS source WHERE user_key <> 0 GROUP BY project, slot, type, bot
) AS slots CROSS JOIN ${tiers} CROSS JOIN LATERAL (VALUES (''), (type)) AS pieces(piece)
GROUP BY 1, 2, 3, 4, 5`;
}

/** CTEs, without WITH, that add the rollups of `source`: `added_counts`, which has their `countColumns`, and `added_users`. */
export function addedRollups(features: Features, source: string, isDelta: boolean): string {
  const value = userValue(features);
  return `added_counts AS (
INSERT INTO rollup_counts (${countColumns}, ${countValues}, is_delta)
SELECT ${countColumns}, ${countValues}, ${isDelta} FROM (${countsSelect(source)}) AS counts
RETURNING ${countColumns}),
added_users AS (
INSERT INTO rollup_users (${userColumns}, ${value}, is_delta)
SELECT ${userColumns}, ${value}, ${isDelta && features.users === 'hll'} FROM (${usersSelect(features, source)}) AS persons
${features.users === 'hll' || !isDelta ? '' : `WHERE ${isNotListed}`}
RETURNING 1)`;
}

/** Two writers may list a person in the same moment: twice is as good as once. */
const isNotListed = `NOT EXISTS (SELECT FROM rollup_users AS listed WHERE listed.project = persons.project AND listed.tier = persons.tier
AND listed.type = persons.type AND listed.start = persons.start AND listed.bot = persons.bot AND listed.user_key = persons.user_key)`;

/** In `day_versions`, in the place of a partition: the day was changed by no writer. */
export const noPartition = -1;

/** A statement that changes the versions of days; `days`: a SELECT of project, day, each once. */
export const changedDays = (partition: number, days: string): string =>
  `INSERT INTO day_versions AS known (project, day, _partition, version)
SELECT project, day, ${partition}, 1 FROM (${days}) AS days ORDER BY project, day
ON CONFLICT (project, day, _partition) DO UPDATE SET version = known.version + 1`;

/** SELECTs of projects whose links between ids may have changed, for `changedDays`: those named, and all or one that ever had some. */
export const linkingProjects = (names: string): string =>
  `SELECT project, ${linksDay} FROM unnest(${names}) AS linking (project)`;
export const linkedProjects = (condition = 'true'): string =>
  `SELECT DISTINCT project, day FROM day_versions WHERE day = ${linksDay} AND ${condition}`;

/** A SELECT of the project and day of everything in `added_counts`. */
export const addedDays = `SELECT DISTINCT project, (start AT TIME ZONE 'UTC')::date AS day FROM added_counts WHERE tier = ${daySeconds}`;
