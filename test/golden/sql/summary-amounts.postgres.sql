WITH counts_1 AS (
  SELECT 1 AS bucket, currency, count(*) AS events, count(amount) AS amount_count, sum(amount) AS amount_sum, min(amount) AS amount_min, max(amount) AS amount_max
  FROM events
  WHERE project = $6::text AND NOT bot AND timestamp >= $7::timestamptz AND timestamp < $5::timestamptz
  GROUP BY 1, 2
)
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, sum(events) AS events
  FROM (
    SELECT 1 AS bucket, -1 AS place, sum(events) AS events
    FROM rollup_counts
    WHERE project = $6::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))) OR (tier = 900 AND start >= $5::timestamptz AND start < $3::timestamptz))
    GROUP BY bucket, place
    UNION ALL
    SELECT bucket, -1 AS place, sum(events) AS events
    FROM counts_1
    GROUP BY bucket, place
  ) AS part
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'amounts' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, currency::text AS label, 0::bigint AS n, 0::bigint AS persons, amount_count::bigint AS amounts, (amount_sum * 10000)::numeric(42, 0)::text AS total, (amount_min * 10000)::numeric(42, 0)::text AS least, (amount_max * 10000)::numeric(42, 0)::text AS most
FROM (
  SELECT bucket, place, currency, sum(amount_count) AS amount_count, sum(amount_sum) AS amount_sum, min(amount_min) AS amount_min, max(amount_max) AS amount_max
  FROM (
    SELECT 1 AS bucket, -1 AS place, currency, sum(amount_count) AS amount_count, sum(amount_sum) AS amount_sum, min(amount_min) AS amount_min, max(amount_max) AS amount_max
    FROM rollup_counts
    WHERE project = $6::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))) OR (tier = 900 AND start >= $5::timestamptz AND start < $3::timestamptz))
    GROUP BY bucket, place, currency
    UNION ALL
    SELECT bucket, -1 AS place, currency, sum(amount_count) AS amount_count, sum(amount_sum) AS amount_sum, min(amount_min) AS amount_min, max(amount_max) AS amount_max
    FROM counts_1
    WHERE amount_count > 0
    GROUP BY bucket, place, currency
  ) AS part
  GROUP BY bucket, place, currency
) AS part
WHERE amount_count > 0
UNION ALL
SELECT 'read', 0, 0, '', (SELECT sum(pg_stat_get_xact_tuples_fetched(one)) FROM unnest('{rollup_counts, rollup_counts_key, rollup_users, rollup_users_key}'::regclass[]) AS one) + pg_stat_get_xact_tuples_returned('rollup_counts'::regclass) + pg_stat_get_xact_tuples_returned('rollup_users'::regclass), 0, 0, '0', '0', '0'
-- $1 "2025-03-30T00:00:00.000Z"
-- $2 "2025-04-01T00:00:00.000Z"
-- $3 "2025-03-29T13:00:00.000Z"
-- $4 "2025-04-01T12:00:00.000Z"
-- $5 "2025-03-29T12:15:00.000Z"
-- $6 "o'neil"
-- $7 "2025-03-29T12:00:00.001Z"
