WITH session_rows AS MATERIALIZED (
  SELECT CASE WHEN session <> '' THEN 'named ' || session ELSE 'person ' || owner || ' ' || number END AS unit, at, variant_key, goal, is_exposure, is_goal, is_conversion, is_pageview, amount, currency
  FROM (
    SELECT timestamp AS at, variant_key, coalesce(CASE WHEN jsonb_typeof(properties -> $7::text) = 'string' THEN (properties ->> $7::text) COLLATE "C" END, '') AS goal, (experiment_id = $1::text AND experiment_id <> '' AND type IN ('EXPOSURE', 'exposure') AND variant_key <> '' AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)))) AS is_exposure, (type IN ('CONVERSION', 'conversion')) AS is_goal, (type IN ('CONVERSION', 'conversion')) AS is_conversion, (type IN ('PAGEVIEW', 'pageview')) AS is_pageview, amount, currency, true AS is_asked, session_id AS session, 0 AS owner, 0 AS number
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND session_id <> ''
    UNION ALL
    SELECT at, variant_key, goal, is_exposure, is_goal, is_conversion, is_pageview, amount, currency, is_asked, '' AS session, owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp) AS number
    FROM (
      SELECT timestamp AS at, variant_key, coalesce(CASE WHEN jsonb_typeof(properties -> $7::text) = 'string' THEN (properties ->> $7::text) COLLATE "C" END, '') AS goal, (experiment_id = $1::text AND experiment_id <> '' AND type IN ('EXPOSURE', 'exposure') AND variant_key <> '' AND ((country IN ($1::text, $2::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $3::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $4::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $5::timestamptz AND timestamp < $6::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)))) AS is_exposure, (type IN ('CONVERSION', 'conversion')) AS is_goal, (type IN ('CONVERSION', 'conversion')) AS is_conversion, (type IN ('PAGEVIEW', 'pageview')) AS is_pageview, amount, currency, true AS is_asked, user_key AS owner, timestamp, CASE WHEN date_part('epoch', timestamp - lag(timestamp) OVER of_person) * 1000 > 1800000 THEN 1 ELSE 0 END AS begins
      FROM events
      WHERE project = $1::text AND NOT bot AND timestamp >= $8::timestamptz AND timestamp < $6::timestamptz AND session_id = '' AND user_key <> 0
      WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
    ) AS part
  ) AS in_sessions
),
users_seen AS MATERIALIZED (
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
    SELECT unit, at, variant_key FROM session_rows WHERE is_exposure
  ) AS exposures
  GROUP BY unit, variant_key
),
counted AS MATERIALIZED (
  SELECT unit, variant, since FROM sessions_seen WHERE variants = 1
),
hits AS MATERIALIZED (
  SELECT variant, unit, goal, min(at) AS at
  FROM counted JOIN (
    SELECT unit, at, goal, variant_key FROM session_rows WHERE is_goal
  ) AS conversions USING (unit)
  WHERE at >= since
  GROUP BY variant, unit, goal
),
firsts AS MATERIALIZED (
  SELECT variant, unit, min(at) AS at FROM hits GROUP BY variant, unit
),
payments AS MATERIALIZED (
  SELECT variant, unit, currency, count(*) FILTER (WHERE at >= since) > 0 AS is_paid,
    coalesce(sum(amount) FILTER (WHERE at >= since), 0) * 10000 AS after, coalesce(sum(amount) FILTER (WHERE at < $8::timestamptz), 0) * 10000 AS before
  FROM counted JOIN (
    SELECT unit, at, amount, currency FROM session_rows WHERE amount IS NOT NULL
  ) AS amounts USING (unit)
  WHERE at >= since OR at < $8::timestamptz
  GROUP BY variant, unit, currency
)
SELECT arm, variant, key, units::text, paid::text, x::text, y::text, xx::text, yy::text, xy::text
FROM (
  SELECT arm, variant, key, units, paid, x, y, xx, yy, xy
  FROM (
    SELECT *, dense_rank() OVER (PARTITION BY arm = 'mixed' ORDER BY size DESC, variant) AS variant_nth,
      dense_rank() OVER (PARTITION BY arm ORDER BY total DESC, key) AS key_nth
    FROM (
      SELECT *, max(CASE WHEN arm = 'sessions' THEN units ELSE 0 END) OVER (PARTITION BY variant) AS size,
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
    FROM sessions_seen AS seen LEFT JOIN (SELECT DISTINCT unit FROM (SELECT unit, variant_key FROM session_rows WHERE is_pageview) AS done) AS viewed USING (unit)
    LEFT JOIN (SELECT DISTINCT unit FROM (SELECT unit, variant_key FROM session_rows WHERE is_conversion) AS done) AS did USING (unit)
    GROUP BY variant
    UNION ALL
    SELECT 'mixed', '', '', count(DISTINCT unit), 0, 0, 0, 0, 0, 0 FROM sessions_seen WHERE variants > 1
    UNION ALL
    SELECT 'units', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM counted GROUP BY 2, 3
    UNION ALL
    SELECT 'converted', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM firsts GROUP BY 2, 3
    UNION ALL
    SELECT 'goal', variant, goal, count(*), 0, 0, 0, 0, 0, 0 FROM hits GROUP BY 2, 3
    UNION ALL
    SELECT 'money', variant, currency, count(*), count(*) FILTER (WHERE is_paid), sum(after)::numeric(200, 0), sum(before)::numeric(200, 0), sum(after * after)::numeric(200, 0), sum(before * before)::numeric(200, 0), sum(after * before)::numeric(200, 0) FROM payments GROUP BY variant, currency
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
