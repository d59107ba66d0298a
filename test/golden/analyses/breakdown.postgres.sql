WITH counts_1 AS (
  SELECT 1 AS bucket, CASE WHEN jsonb_typeof(properties -> $1::text) IN ('string', 'number', 'boolean') THEN properties -> $1::text ELSE 'null' END AS key_1, country AS key_2, count(*) AS events
  FROM events
  WHERE project = $1::text AND NOT bot AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $7::timestamptz AND timestamp < $6::timestamptz
  GROUP BY 1, 2, 3
),
top AS (
  SELECT row_number() OVER (ORDER BY sum(events) DESC, CASE jsonb_typeof(key_1) WHEN 'number' THEN CASE WHEN (key_1 #>> '{}') ~ '^-?\d{22}' THEN rtrim(regexp_replace(rtrim((key_1 #>> '{}'), '0'), '^(-?\d)', '\1.'), '.') || 'e+' || length(ltrim((key_1 #>> '{}'), '-')) - 1 WHEN (key_1 #>> '{}') ~ '^-?0\.000000' THEN rtrim(regexp_replace((key_1 #>> '{}'), '^(-?)0\.0*(\d)', '\1\2.'), '.') || 'e-' || length(ltrim((key_1 #>> '{}'), '-')) - length(ltrim((key_1 #>> '{}'), '-0.')) - 1 ELSE (key_1 #>> '{}') END WHEN 'null' THEN 'null' ELSE key_1 #>> '{}' END COLLATE "C", jsonb_typeof(key_1) COLLATE "C", CASE WHEN key_2 = '' THEN 'null' ELSE key_2 END COLLATE "C", CASE WHEN key_2 = '' THEN 'null' ELSE 'string' END COLLATE "C") AS nth, key_1 AS top_1, key_2 AS top_2
  FROM (
    SELECT key_1, key_2, sum(events) AS events
    FROM counts_1
    GROUP BY key_1, key_2
  ) AS part
  GROUP BY key_1, key_2
  ORDER BY nth LIMIT 10
),
persons_1 AS (
  SELECT 1 AS bucket, coalesce(nth, 0) AS placed, user_key, count(*) AS events
  FROM events LEFT JOIN unnest((SELECT array_agg(top_1 ORDER BY nth) FROM top), (SELECT array_agg(top_2 ORDER BY nth) FROM top)) WITH ORDINALITY AS place_of (top_1, top_2, nth) ON top_1 = CASE WHEN jsonb_typeof(properties -> $1::text) IN ('string', 'number', 'boolean') THEN properties -> $1::text ELSE 'null' END AND top_2 = country
  WHERE project = $1::text AND NOT bot AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= $7::timestamptz AND timestamp < $6::timestamptz
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
SELECT 'top' AS arm, nth::bigint AS group_place, 0::bigint AS bucket, jsonb_build_array(top_1, top_2)::text::text AS label, 0::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most FROM top
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
-- $1 "o'neil"
-- $2 "DE"
-- $3 "{\"o'neil\":\"o'neil\"}"
-- $4 "o'neil."
-- $5 "2025-05-17T00:00:00.000Z"
-- $6 "2025-06-20T00:00:00.000Z"
-- $7 "2025-06-16T00:00:00.000Z"
