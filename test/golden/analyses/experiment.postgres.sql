WITH users_seen AS MATERIALIZED (
  SELECT unit, variant_key AS variant, min(at) AS since, count(*) OVER (PARTITION BY unit) AS variants
  FROM (
    SELECT user_key AS unit, timestamp AS at, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 AND experiment_id = $1::text AND experiment_id <> '' AND type IN ('EXPOSURE', 'exposure') AND variant_key <> '' AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)))
  ) AS exposures
  GROUP BY unit, variant_key
),
sessions_seen AS MATERIALIZED (
  SELECT unit, variant_key AS variant, min(at) AS since, count(*) OVER (PARTITION BY unit) AS variants
  FROM (
    SELECT session_id AS unit, timestamp AS at, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND session_id <> '' AND experiment_id = $1::text AND experiment_id <> '' AND type IN ('EXPOSURE', 'exposure') AND variant_key <> '' AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)))
  ) AS exposures
  GROUP BY unit, variant_key
),
counted AS MATERIALIZED (
  SELECT unit, variant, since FROM users_seen WHERE variants = 1
),
hits AS MATERIALIZED (
  SELECT variant, unit, goal, min(at) AS at
  FROM counted JOIN (
    SELECT user_key AS unit, timestamp AS at, coalesce(CASE WHEN jsonb_typeof(properties -> $7::text) = 'string' THEN (properties ->> $7::text) COLLATE "C" END, '') AS goal, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 AND type IN ('CONVERSION', 'conversion') AND coalesce(CASE WHEN jsonb_typeof(properties -> $7::text) = 'string' THEN (properties ->> $7::text) COLLATE "C" END, '') IN ($1::text, $9::text)
  ) AS conversions USING (unit)
  WHERE at >= since
  GROUP BY variant, unit, goal
),
firsts AS MATERIALIZED (
  SELECT variant, unit, min(at) AS at FROM hits GROUP BY variant, unit
)
SELECT arm, variant, key, units::text, paid::text, x::text, y::text, xx::text, yy::text, xy::text
FROM (
  SELECT arm, variant, key, units, paid, x, y, xx, yy, xy
  FROM (
    SELECT *, dense_rank() OVER (PARTITION BY arm = 'mixed' ORDER BY size DESC, variant) AS variant_nth,
      dense_rank() OVER (PARTITION BY arm ORDER BY total DESC, key) AS key_nth
    FROM (
      SELECT *, max(CASE WHEN arm = 'users' THEN units ELSE 0 END) OVER (PARTITION BY variant) AS size,
        sum(units) OVER (PARTITION BY arm, key) AS total
      FROM (
    SELECT 'users' AS arm, variant, '' AS key, count(*) AS units, 0 AS paid, count(viewed.unit)::numeric AS x, count(did.unit)::numeric AS y,
      0::numeric AS xx, 0::numeric AS yy, 0::numeric AS xy
    FROM users_seen AS seen LEFT JOIN (SELECT DISTINCT unit FROM (SELECT user_key AS unit, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 AND type IN ('PAGEVIEW', 'pageview')) AS done) AS viewed USING (unit)
    LEFT JOIN (SELECT DISTINCT unit FROM (SELECT user_key AS unit, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 AND type IN ('CONVERSION', 'conversion')) AS done) AS did USING (unit)
    GROUP BY variant
    UNION ALL
    SELECT 'sessions' AS arm, variant, '' AS key, count(*) AS units, 0 AS paid, count(viewed.unit)::numeric AS x, count(did.unit)::numeric AS y,
      0::numeric AS xx, 0::numeric AS yy, 0::numeric AS xy
    FROM sessions_seen AS seen LEFT JOIN (SELECT DISTINCT unit FROM (SELECT session_id AS unit, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND session_id <> '' AND type IN ('PAGEVIEW', 'pageview')) AS done) AS viewed USING (unit)
    LEFT JOIN (SELECT DISTINCT unit FROM (SELECT session_id AS unit, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND session_id <> '' AND type IN ('CONVERSION', 'conversion')) AS done) AS did USING (unit)
    GROUP BY variant
    UNION ALL
    SELECT 'mixed', '', '', count(DISTINCT unit), 0, 0, 0, 0, 0, 0 FROM users_seen WHERE variants > 1
    UNION ALL
    SELECT 'units', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM counted GROUP BY 2, 3
    UNION ALL
    SELECT 'converted', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM firsts GROUP BY 2, 3
    UNION ALL
    SELECT 'goal', variant, goal, count(*), 0, 0, 0, 0, 0, 0 FROM hits GROUP BY 2, 3
  ) AS cells
    ) AS sized
  ) AS ranked
  WHERE arm = 'mixed' OR (variant_nth <= 50 AND (arm <> 'goal' OR key_nth <= 10))
) AS chosen
-- $1 "o'neil"
-- $2 "DE"
-- $3 "{\"o'neil\":\"o'neil\"}"
-- $4 "o'neil."
-- $5 "2025-05-17T00:00:00.000Z"
-- $6 "2025-06-20T00:00:00.000Z"
-- $7 "goal"
-- $8 "2025-06-16T00:00:00.000Z"
-- $9 "buy"
