WITH counts_1 AS (
  SELECT width_bucket(timestamp, $1::timestamptz[]) AS bucket, country AS key_1, count(*) AS events
  FROM events
  WHERE project = $2::text AND bot AND timestamp >= $3::timestamptz AND timestamp < $4::timestamptz
  GROUP BY 1, 2
),
top AS (
  SELECT row_number() OVER (ORDER BY sum(events) DESC, CASE WHEN key = '' THEN 'null' ELSE key END COLLATE "C", CASE WHEN key = '' THEN 'null' ELSE 'string' END COLLATE "C") AS nth, key AS top_1
  FROM (
    SELECT key_1 AS key, sum(events) AS events
    FROM counts_1
    GROUP BY key
  ) AS part
  GROUP BY key
  ORDER BY nth LIMIT 2
),
persons_1 AS (
  SELECT width_bucket(timestamp, $1::timestamptz[]) AS bucket, coalesce(nth, 0) AS placed, user_key, count(*) AS events
  FROM events LEFT JOIN unnest((SELECT array_agg(top_1 ORDER BY nth) FROM top)) WITH ORDINALITY AS place_of (top_1, nth) ON top_1 = country
  WHERE project = $2::text AND bot AND timestamp >= $3::timestamptz AND timestamp < $4::timestamptz
  GROUP BY 1, 2, 3
)
SELECT 'users' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, count(*) FILTER (WHERE user_key <> 0) AS users
  FROM (
    SELECT bucket, -1 AS place, user_key
    FROM persons_1
    WHERE user_key <> 0
    GROUP BY bucket, place, user_key
  ) AS part
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'top' AS arm, nth::bigint AS group_place, 0::bigint AS bucket, jsonb_build_array(top_1)::text::text AS label, 0::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most FROM top
UNION ALL
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, sum(events) AS events, count(*) FILTER (WHERE user_key <> 0) AS users
  FROM (
    SELECT bucket, placed AS place, user_key, sum(events) AS events
    FROM persons_1
    GROUP BY bucket, place, user_key
  ) AS part
  GROUP BY bucket, place
) AS part
-- $1 ["2025-03-29T12:00:00.000Z","2025-03-29T23:00:00.000Z","2025-03-30T22:00:00.000Z","2025-03-31T22:00:00.000Z"]
-- $2 "o'neil"
-- $3 "2025-03-29T12:00:00.000Z"
-- $4 "2025-04-01T12:00:00.000Z"
