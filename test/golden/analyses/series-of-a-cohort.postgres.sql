WITH persons_1 AS (
  SELECT 1 AS bucket, user_key, count(*) AS events
  FROM events
  WHERE project = $1::text AND NOT bot AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)) AND timestamp >= $4::timestamptz AND timestamp < $3::timestamptz
  GROUP BY 1, 2
)
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, users::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, sum(events) AS events, count(*) FILTER (WHERE user_key <> 0) AS users
  FROM (
    SELECT bucket, -1 AS place, user_key, sum(events) AS events
    FROM persons_1
    GROUP BY bucket, place, user_key
  ) AS part
  GROUP BY bucket, place
) AS part
-- $1 "o'neil"
-- $2 "2025-05-17T00:00:00.000Z"
-- $3 "2025-06-20T00:00:00.000Z"
-- $4 "2025-06-16T00:00:00.000Z"
