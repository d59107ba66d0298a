WITH counts_1 AS (
  SELECT width_bucket(timestamp, $1::timestamptz[]) AS bucket, CASE WHEN jsonb_typeof(properties -> $2::text) IN ('string', 'number', 'boolean') THEN properties -> $2::text ELSE 'null' END AS key_1, count(*) AS events
  FROM events
  WHERE project = $3::text AND timestamp >= $4::timestamptz AND timestamp < $5::timestamptz
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
  ORDER BY nth LIMIT 5
)
SELECT 'top' AS arm, nth::bigint AS group_place, 0::bigint AS bucket, jsonb_build_array(top_1)::text::text AS label, 0::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most FROM top
UNION ALL
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, coalesce(nth, 0) AS place, sum(events) AS events
  FROM counts_1 LEFT JOIN top ON top_1 = key_1
  GROUP BY bucket, place
) AS part
-- $1 ["2025-03-29T12:00:00.000Z","2025-03-30T22:00:00.000Z"]
-- $2 "cart.size"
-- $3 "o'neil"
-- $4 "2025-03-29T12:00:00.000Z"
-- $5 "2025-04-01T12:00:00.000Z"
