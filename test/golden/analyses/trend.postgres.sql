WITH counts_1 AS (
  SELECT width_bucket(timestamp, $1::timestamptz[]) AS bucket, CASE WHEN jsonb_typeof(properties -> $2::text) IN ('string', 'number', 'boolean') THEN properties -> $2::text ELSE 'null' END AS key_1, count(*) AS events
  FROM events
  WHERE project = $2::text AND NOT bot AND ((country IN ($2::text, $3::text)) AND (strpos(url, $2::text) > 0) AND (NOT (starts_with(path, $2::text))) AND (title != '' AND title >= $2::text) AND (properties @> $4::jsonb) AND ((properties ? $2::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $5::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $2::text AND NOT bot AND (type = $2::text) AND timestamp >= $6::timestamptz AND timestamp < $7::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $8::timestamptz AND timestamp < $7::timestamptz
  GROUP BY 1, 2
),
top AS (
  SELECT row_number() OVER (ORDER BY sum(events) DESC, CASE jsonb_typeof(key) WHEN 'number' THEN CASE WHEN (key #>> '{}') ~ '^-?\d{22}' THEN rtrim(regexp_replace(rtrim((key #>> '{}'), '0'), '^(-?\d)', '\1.'), '.') || 'e+' || length(ltrim((key #>> '{}'), '-')) - 1 WHEN (key #>> '{}') ~ '^-?0\.000000' THEN rtrim(regexp_replace((key #>> '{}'), '^(-?)0\.0*(\d)', '\1\2.'), '.') || 'e-' || length(ltrim((key #>> '{}'), '-')) - length(ltrim((key #>> '{}'), '-0.')) - 1 ELSE (key #>> '{}') END WHEN 'null' THEN 'null' ELSE key #>> '{}' END COLLATE "C", jsonb_typeof(key) COLLATE "C") AS nth, key AS top_1
  FROM (
    SELECT key_1 AS key, sum(events) AS events
    FROM counts_1
    GROUP BY key
  ) AS part
  GROUP BY key
  ORDER BY nth LIMIT 3
),
persons_1 AS (
  SELECT width_bucket(timestamp, $1::timestamptz[]) AS bucket, coalesce(nth, 0) AS placed, user_key, count(*) AS events
  FROM events LEFT JOIN unnest((SELECT array_agg(top_1 ORDER BY nth) FROM top)) WITH ORDINALITY AS place_of (top_1, nth) ON top_1 = CASE WHEN jsonb_typeof(properties -> $2::text) IN ('string', 'number', 'boolean') THEN properties -> $2::text ELSE 'null' END
  WHERE project = $2::text AND NOT bot AND ((country IN ($2::text, $3::text)) AND (strpos(url, $2::text) > 0) AND (NOT (starts_with(path, $2::text))) AND (title != '' AND title >= $2::text) AND (properties @> $4::jsonb) AND ((properties ? $2::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $5::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $2::text AND NOT bot AND (type = $2::text) AND timestamp >= $6::timestamptz AND timestamp < $7::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $8::timestamptz AND timestamp < $7::timestamptz
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
-- $1 ["2025-06-16T00:00:00.000Z","2025-06-17T00:00:00.000Z","2025-06-18T00:00:00.000Z","2025-06-19T00:00:00.000Z"]
-- $2 "o'neil"
-- $3 "DE"
-- $4 "{\"o'neil\":\"o'neil\"}"
-- $5 "o'neil."
-- $6 "2025-05-17T00:00:00.000Z"
-- $7 "2025-06-20T00:00:00.000Z"
-- $8 "2025-06-16T00:00:00.000Z"
