WITH counts_1 AS (
  SELECT 1 AS bucket, count(*) AS events
  FROM events
  WHERE project = $1::text AND NOT bot AND ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz
  GROUP BY 1
)
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, -1 AS place, sum(events) AS events
  FROM counts_1
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'sessions' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, 0::bigint AS n, sessions::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, -1 AS place, count(DISTINCT (session, owner, number)) AS sessions
  FROM (
    SELECT 1 AS bucket, ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, session_id AS session, 0 AS owner, 0 AS number
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id <> ''
    UNION ALL
    SELECT bucket, is_asked, '' AS session, owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp) AS number
    FROM (
      SELECT 1 AS bucket, ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, user_key AS owner, timestamp, CASE WHEN date_part('epoch', timestamp - lag(timestamp) OVER of_person) * 1000 > 1800000 THEN 1 ELSE 0 END AS begins
      FROM events
      WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id = '' AND user_key <> 0
      WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
    ) AS part
  ) AS part
  WHERE is_asked
  GROUP BY bucket, place
) AS part
UNION ALL
SELECT 'measures' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, concat_ws(',', number_1, number_2, number_3)::text AS label, 0::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT 1 AS bucket, -1 AS place, coalesce((percentile_cont(0.95) WITHIN GROUP (ORDER BY CASE WHEN jsonb_typeof(properties -> $1::text) = 'number' THEN (properties -> $1::text)::float8 END) FILTER (WHERE CASE WHEN jsonb_typeof(properties -> $1::text) = 'number' THEN (properties -> $1::text)::float8 END IS NOT NULL))::text, '') AS number_1, (count(DISTINCT properties -> $1::text) FILTER (WHERE jsonb_typeof(properties -> $1::text) IN ('string', 'number', 'boolean')))::text AS number_2, coalesce((sum((amount * 10000)::float8 / 10000) FILTER (WHERE (amount * 10000)::float8 / 10000 IS NOT NULL AND currency = $1::text))::text, '') AS number_3
  FROM events
  WHERE project = $1::text AND NOT bot AND ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz
  GROUP BY bucket, place
) AS part
-- $1 "o'neil"
-- $2 "2025-06-16T00:00:00.000Z"
-- $3 "2025-06-20T00:00:00.000Z"
-- $4 "DE"
-- $5 "{\"o'neil\":\"o'neil\"}"
-- $6 "o'neil."
-- $7 "2025-05-17T00:00:00.000Z"
