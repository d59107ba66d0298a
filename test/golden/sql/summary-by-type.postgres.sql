WITH top AS (
  SELECT row_number() OVER (ORDER BY sum(events) DESC, CASE WHEN key = '' THEN 'null' ELSE key END COLLATE "C", CASE WHEN key = '' THEN 'null' ELSE 'string' END COLLATE "C") AS nth, key AS top_1
  FROM (
    SELECT type AS key, sum(events) AS events
    FROM rollup_counts
    WHERE project = $5::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))))
    GROUP BY key
  ) AS part
  GROUP BY key
  ORDER BY nth LIMIT 100
)
SELECT 'users' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT 1 AS bucket, -1 AS place, round(hll_cardinality(hll_union_agg(users))) AS users
  FROM rollup_users
  WHERE type = '' AND project = $5::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))))
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'top' AS arm, nth::bigint AS group_place, 0::bigint AS bucket, jsonb_build_array(top_1)::text::text AS label, 0::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most FROM top
UNION ALL
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT 1 AS bucket, coalesce(nth, 0) AS place, sum(events) AS events
  FROM rollup_counts LEFT JOIN top ON top_1 = type
  WHERE project = $5::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))))
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'users' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT 1 AS bucket, coalesce(nth, 0) AS place, round(hll_cardinality(hll_union_agg(users))) AS users
  FROM rollup_users LEFT JOIN top ON top_1 = type
  WHERE type <> '' AND project = $5::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))))
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'read', 0, 0, '', (SELECT sum(pg_stat_get_xact_tuples_fetched(one)) FROM unnest('{rollup_counts, rollup_counts_key, rollup_users, rollup_users_key}'::regclass[]) AS one) + pg_stat_get_xact_tuples_returned('rollup_counts'::regclass) + pg_stat_get_xact_tuples_returned('rollup_users'::regclass), 0, 0, '0', '0', '0'
-- $1 "2025-03-30T00:00:00.000Z"
-- $2 "2025-04-01T00:00:00.000Z"
-- $3 "2025-03-29T12:00:00.000Z"
-- $4 "2025-04-01T12:00:00.000Z"
-- $5 "o'neil"
