WITH counts_1 AS (
  SELECT 1 AS bucket, type AS key_1, count(*) AS events
  FROM events
  WHERE project = $6::text AND NOT bot AND timestamp >= $7::timestamptz AND timestamp < $5::timestamptz
  GROUP BY 1, 2
),
persons_1 AS (
  SELECT 1 AS bucket, user_key, count(*) AS events
  FROM events
  WHERE project = $6::text AND NOT bot AND timestamp >= $7::timestamptz AND timestamp < $5::timestamptz AND user_key <> 0
  GROUP BY 1, 2
)
SELECT 'users' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, round(hll_cardinality(hll_union_agg(users))) AS users
  FROM (
    SELECT 1 AS bucket, -1 AS place, hll_union_agg(users) AS users
    FROM rollup_users
    WHERE type = '' AND project = $6::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))) OR (tier = 900 AND start >= $5::timestamptz AND start < $3::timestamptz))
    GROUP BY bucket, place
    UNION ALL
    SELECT bucket, -1 AS place, hll_add_agg(user_key::hll_hashval, 15, 5, 1024, 1) AS users
    FROM persons_1
    WHERE user_key <> 0
    GROUP BY bucket, place
  ) AS part
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'ranked' AS arm, place::bigint AS group_place, 1::bigint AS bucket, name::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT CASE WHEN rank <= 100 THEN rank ELSE 0 END AS place, CASE WHEN rank <= 100 THEN label ELSE '' END AS name, sum(counted) AS events
  FROM (
    SELECT jsonb_build_array(key)::text AS label, sum(events) AS counted, row_number() OVER (ORDER BY sum(events) DESC, CASE WHEN key = '' THEN 'null' ELSE key END COLLATE "C", CASE WHEN key = '' THEN 'null' ELSE 'string' END COLLATE "C") AS rank
    FROM (
      SELECT type AS key, sum(events) AS events
      FROM rollup_counts
      WHERE project = $6::text AND NOT bot AND ((tier = 86400 AND start >= $1::timestamptz AND start < $2::timestamptz) OR (tier = 3600 AND start >= $3::timestamptz AND start < $4::timestamptz AND ((start >= $3::timestamptz AND start < $1::timestamptz) OR (start >= $2::timestamptz AND start < $4::timestamptz))) OR (tier = 900 AND start >= $5::timestamptz AND start < $3::timestamptz))
      GROUP BY key
      UNION ALL
      SELECT key_1 AS key, sum(events) AS events
      FROM counts_1
      GROUP BY key
    ) AS part
    GROUP BY key
  ) AS part
  GROUP BY place, name
) AS part
UNION ALL
SELECT 'read', 0, 0, '', (SELECT sum(pg_stat_get_xact_tuples_fetched(one)) FROM unnest('{rollup_counts, rollup_counts_key, rollup_users, rollup_users_key}'::regclass[]) AS one) + pg_stat_get_xact_tuples_returned('rollup_counts'::regclass) + pg_stat_get_xact_tuples_returned('rollup_users'::regclass), 0, 0, '0', '0', '0'
-- $1 "2025-03-30T00:00:00.000Z"
-- $2 "2025-04-01T00:00:00.000Z"
-- $3 "2025-03-29T13:00:00.000Z"
-- $4 "2025-04-01T12:00:00.000Z"
-- $5 "2025-03-29T12:15:00.000Z"
-- $6 "o'neil"
-- $7 "2025-03-29T12:00:00.001Z"
