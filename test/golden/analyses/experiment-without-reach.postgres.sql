WITH users_seen AS MATERIALIZED (
  SELECT unit, variant_key AS variant, min(at) AS since, count(*) OVER (PARTITION BY unit) AS variants
  FROM (
    SELECT user_key AS unit, timestamp AS at, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $3::timestamptz AND timestamp < $4::timestamptz AND user_key <> 0 AND experiment_id = $1::text AND experiment_id <> '' AND type IN ('EXPOSURE', 'exposure') AND variant_key <> ''
  ) AS exposures
  GROUP BY unit, variant_key
),
counted AS MATERIALIZED (
  SELECT unit, variant, since FROM users_seen WHERE variants = 1
),
hits AS MATERIALIZED (
  SELECT variant, unit, goal, min(at) AS at
  FROM counted JOIN (
    SELECT user_key AS unit, timestamp AS at, coalesce(CASE WHEN jsonb_typeof(properties -> $2::text) = 'string' THEN (properties ->> $2::text) COLLATE "C" END, '') AS goal, variant_key
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $3::timestamptz AND timestamp < $4::timestamptz AND user_key <> 0 AND type IN ('CONVERSION', 'conversion')
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
    SELECT 'users' AS arm, variant, '' AS key, count(*) AS units, 0 AS paid, 0::numeric AS x, 0::numeric AS y,
      0::numeric AS xx, 0::numeric AS yy, 0::numeric AS xy
    FROM users_seen GROUP BY variant
    UNION ALL
    SELECT 'mixed', '', '', count(DISTINCT unit), 0, 0, 0, 0, 0, 0 FROM users_seen WHERE variants > 1
    UNION ALL
    SELECT 'units', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM counted GROUP BY 2, 3
    UNION ALL
    SELECT 'converted', variant, '', count(*), 0, 0, 0, 0, 0, 0 FROM firsts GROUP BY 2, 3
    UNION ALL
    SELECT 'goal', variant, goal, count(*), 0, 0, 0, 0, 0, 0 FROM hits GROUP BY 2, 3
    UNION ALL
    SELECT 'entered', variant, ($5::bigint[])[width_bucket(since, $6::timestamptz[])]::text, count(*), 0, 0, 0, 0, 0, 0 FROM counted GROUP BY 2, 3
    UNION ALL
    SELECT 'first', variant, ($5::bigint[])[width_bucket(at, $6::timestamptz[])]::text, count(*), 0, 0, 0, 0, 0, 0 FROM firsts GROUP BY 2, 3
  ) AS cells
    ) AS sized
  ) AS ranked
  WHERE arm = 'mixed' OR (variant_nth <= 50 AND (arm <> 'goal' OR key_nth <= 10))
) AS chosen
-- $1 "o'neil"
-- $2 "goal"
-- $3 "2025-06-16T00:00:00.000Z"
-- $4 "2025-06-20T00:00:00.000Z"
-- $5 "{1750032000000,1750118400000,1750204800000,1750291200000}"
-- $6 ["2025-06-16T00:00:00.000Z","2025-06-17T00:00:00.000Z","2025-06-18T00:00:00.000Z","2025-06-19T00:00:00.000Z"]
