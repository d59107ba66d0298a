/** Some questions of analyses.ts in SQL that somebody writes by hand for PostgreSQL; each gives the one number to compare. */
import type { AnalysisName } from './analyses.ts';
import type { Range } from './questions.ts';

const dayMs = 86_400_000;

/** With $1 and $2: the range, as timestamps. */
const asked = "project = 'default' AND NOT bot AND timestamp >= $1 AND timestamp < $2";
const days = 30;

export const postgresByHand: Readonly<Partial<Record<AnalysisName, string>>> = {
  byCountry: `SELECT sum(events) AS n FROM (
  SELECT country, sum(n) AS events, count(*) AS users FROM (
    SELECT country, user_key, count(*) AS n FROM events WHERE ${asked} GROUP BY country, user_key
  ) AS each GROUP BY country
) AS groups`,
  funnel: `WITH first AS (
  SELECT user_key, timestamp, type, max(timestamp) FILTER (WHERE type = 'pageview') OVER earlier AS began
  FROM events WHERE ${asked} AND user_key <> 0 AND type IN ('pageview', 'add_to_cart', 'purchase')
  WINDOW earlier AS (PARTITION BY user_key ORDER BY timestamp, _partition, _offset ROWS UNBOUNDED PRECEDING)
), second AS (
  SELECT user_key, timestamp, type, began,
    max(CASE WHEN type = 'add_to_cart' AND timestamp - began <= interval '7 days' THEN began END) OVER (PARTITION BY user_key ORDER BY timestamp ROWS UNBOUNDED PRECEDING) AS went_on
  FROM first
)
SELECT count(DISTINCT user_key) FILTER (WHERE type = 'pageview')
  + count(DISTINCT user_key) FILTER (WHERE went_on IS NOT NULL)
  + count(DISTINCT user_key) FILTER (WHERE type = 'purchase' AND timestamp - went_on <= interval '7 days') AS n
FROM second`,
  retention: `SELECT sum(bit_count(seen::bit(${days + 2}))) AS n FROM (
  SELECT user_key, bit_or(1::bigint << (extract(epoch FROM timestamp - $1)::bigint / ${dayMs / 1000})::integer) AS seen
  FROM events WHERE ${asked} AND user_key <> 0 GROUP BY user_key
) AS people`,
};

export const boundsOf = ({ from, to }: Range): readonly string[] => [
  new Date(from).toISOString(),
  new Date(to).toISOString(),
];
