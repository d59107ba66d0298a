SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT width_bucket(start, $4::timestamptz[]) AS bucket, -1 AS place, sum(events) AS events
  FROM rollup_counts
  WHERE project = $3::text AND NOT bot AND tier = 3600 AND start >= $1::timestamptz AND start < $2::timestamptz
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'users' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT width_bucket(start, $4::timestamptz[]) AS bucket, -1 AS place, round(hll_cardinality(hll_union_agg(users))) AS users
  FROM rollup_users
  WHERE type = '' AND project = $3::text AND NOT bot AND tier = 3600 AND start >= $1::timestamptz AND start < $2::timestamptz
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'read', 0, 0, '', (SELECT sum(pg_stat_get_xact_tuples_fetched(one)) FROM unnest('{rollup_counts, rollup_counts_key, rollup_users, rollup_users_key}'::regclass[]) AS one) + pg_stat_get_xact_tuples_returned('rollup_counts'::regclass) + pg_stat_get_xact_tuples_returned('rollup_users'::regclass), 0, 0, '0', '0', '0'
-- $1 "2025-03-29T12:00:00.000Z"
-- $2 "2025-04-01T12:00:00.000Z"
-- $3 "o'neil"
-- $4 ["2025-03-29T12:00:00.000Z","2025-03-29T23:00:00.000Z","2025-03-30T22:00:00.000Z","2025-03-31T22:00:00.000Z"]
