SELECT arm, variant, key, toString(units), toString(paid), toString(x), toString(y), toString(xx), toString(yy), toString(xy)
FROM (
  SELECT arm, variant, key, units, paid, x, y, xx, yy, xy
  FROM (
    SELECT *, dense_rank() OVER (PARTITION BY arm = 'mixed' ORDER BY size DESC, variant) AS variant_nth,
      dense_rank() OVER (PARTITION BY arm ORDER BY total DESC, key) AS key_nth
    FROM (
      SELECT *, max(CASE WHEN arm = 'sessions' THEN units ELSE 0 END) OVER (PARTITION BY variant) AS size,
        sum(units) OVER (PARTITION BY arm, key) AS total
      FROM (
    SELECT * FROM (
      SELECT told.1 AS arm, told.2 AS variant, key, told.3 AS units, paid_units AS paid, told.4 AS x, told.5 AS y, xx, yy, xy
      FROM (
        SELECT cell.1 AS of_arm, CAST(own, 'String') AS of_variant, cell.2 AS key, count() AS n, countIf(has_viewed) AS viewed, countIf(has_conversion) AS did,
          countIf(is_mixed) AS mixed, 0 AS counted, 0 AS converted,
          toUInt64(sum(cell.3)) AS paid_units, toInt256(0) AS after, toInt256(0) AS before, toInt256(0) AS xx, toInt256(0) AS yy, toInt256(0) AS xy
        FROM (
          SELECT own, has_conversion, unit IN (SELECT DISTINCT user_key FROM events WHERE project = 'o\'neil' AND NOT bot AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND type IN ('PAGEVIEW', 'pageview') AND user_key <> 0 AND user_key IN (SELECT user_key FROM events WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND type IN ('EXPOSURE', 'exposure') AND experiment_id = 'o\'neil' AND variant_key <> '' AND user_key <> 0)) AS has_viewed, length(seen) > 1 AND own = seen[1] AS is_mixed
          FROM (
            SELECT unit, groupUniqArrayIf(variant, is_exposure) AS seen, minIf(ms, is_exposure) AS first_ms, countIf(is_conversion) > 0 AS has_conversion
            FROM (
              SELECT user_key AS unit, toUnixTimestamp64Milli(timestamp) AS ms, variant_key AS variant, type IN ('EXPOSURE', 'exposure') AND experiment_id = 'o\'neil' AND variant_key <> '' AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_exposure, type IN ('CONVERSION', 'conversion') AS is_conversion
              FROM events
              WHERE project = 'o\'neil' AND NOT bot AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND user_key <> 0 AND ((type IN ('EXPOSURE', 'exposure') AND experiment_id = 'o\'neil') OR type IN ('CONVERSION', 'conversion'))
            )
            GROUP BY unit
            HAVING notEmpty(seen)
          )
          ARRAY JOIN seen AS own
        )
        ARRAY JOIN [('users', '', 0, CAST(0, 'UInt8'), CAST(0, 'UInt8'))] AS cell
        GROUP BY of_arm, of_variant, key
      )
      ARRAY JOIN if(of_arm = 'users', [('users', of_variant, toUInt64(n), toInt256(viewed), toInt256(did))], [(of_arm, of_variant, toUInt64(n), toInt256(after), toInt256(before))]) AS told
    ) UNION ALL SELECT * FROM (
      SELECT told.1 AS arm, told.2 AS variant, key, told.3 AS units, paid_units AS paid, told.4 AS x, told.5 AS y, xx, yy, xy
      FROM (
        SELECT cell.1 AS of_arm, CAST(own, 'String') AS of_variant, cell.2 AS key, count() AS n, countIf(has_viewed) AS viewed, countIf(has_conversion) AS did,
          countIf(is_mixed) AS mixed, countIf(is_counted) AS counted, countIf(notEmpty(reached)) AS converted,
          toUInt64(sum(cell.3)) AS paid_units, sum(cell.4) AS after, sum(cell.5) AS before, sum(cell.4 * cell.4) AS xx, sum(cell.5 * cell.5) AS yy, sum(cell.4 * cell.5) AS xy
        FROM (
          SELECT own, has_conversion, has_pageview AS has_viewed, length(seen) > 1 AND own = seen[1] AS is_mixed, length(seen) = 1 AS is_counted, first_ms AS since, arrayFilter(c -> c.1 >= since AND length(seen) = 1, goals) AS reached, payments
          FROM (
            SELECT unit, groupUniqArrayIf(variant, is_exposure) AS seen, minIf(ms, is_exposure) AS first_ms, countIf(is_conversion) > 0 AS has_conversion, countIf(is_pageview) > 0 AS has_pageview, groupArrayIf((ms, goal), is_goal) AS goals, groupArrayIf((ms, money, paid), is_paid) AS payments
            FROM (
              SELECT session AS unit, ms, variant, is_exposure, is_conversion, goal, is_goal, is_paid, paid, money, is_pageview
              FROM (
                SELECT toUnixTimestamp64Milli(timestamp) AS ms, variant_key AS variant, type IN ('EXPOSURE', 'exposure') AND experiment_id = 'o\'neil' AND variant_key <> '' AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_exposure, type IN ('CONVERSION', 'conversion') AS is_conversion, coalesce(getSubcolumn(properties, 'goal.:`String`'), '') AS goal, type IN ('CONVERSION', 'conversion') AS is_goal, amount IS NOT NULL AS is_paid, toInt128(reinterpretAsInt64(ifNull(amount, toDecimal64(0, 4)))) AS paid, currency AS money, type IN ('PAGEVIEW', 'pageview') AS is_pageview, true AS is_asked, xxHash64(session_id) AS session
                FROM events
                WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id <> ''
                UNION ALL
                SELECT ms, variant, is_exposure, is_conversion, goal, is_goal, is_paid, paid, money, is_pageview, is_asked, cityHash64(owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)) AS session
                FROM (
                  SELECT toUnixTimestamp64Milli(timestamp) AS ms, variant_key AS variant, type IN ('EXPOSURE', 'exposure') AND experiment_id = 'o\'neil' AND variant_key <> '' AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_exposure, type IN ('CONVERSION', 'conversion') AS is_conversion, coalesce(getSubcolumn(properties, 'goal.:`String`'), '') AS goal, type IN ('CONVERSION', 'conversion') AS is_goal, amount IS NOT NULL AS is_paid, toInt128(reinterpretAsInt64(ifNull(amount, toDecimal64(0, 4)))) AS paid, currency AS money, type IN ('PAGEVIEW', 'pageview') AS is_pageview, true AS is_asked, user_key AS owner, timestamp, CASE WHEN toUnixTimestamp64Milli(timestamp) - lagInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(timestamp)) OVER of_person > 1800000 THEN 1 ELSE 0 END AS begins
                  FROM events
                  WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0
                  WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
                )
              )
            )
            GROUP BY unit
            HAVING notEmpty(seen)
          )
          ARRAY JOIN seen AS own
        )
        ARRAY JOIN arrayConcat([('sessions', '', 0, CAST(0, 'Int256'), CAST(0, 'Int256'))], arrayMap(g -> ('goal', g, 0, CAST(0, 'Int256'), CAST(0, 'Int256')), arrayDistinct(arrayMap(c -> c.2, reached))), arrayMap(m -> ('money', m, toUInt8(arrayExists(p -> p.2 = m AND p.1 >= since, payments)), toInt256(arraySum(arrayMap(p -> p.3, arrayFilter(p -> p.2 = m AND p.1 >= since, payments)))), toInt256(arraySum(arrayMap(p -> p.3, arrayFilter(p -> p.2 = m AND p.1 < 1750032000000, payments))))),
          arrayDistinct(arrayMap(p -> CAST(p.2, 'String'), arrayFilter(p -> is_counted AND (p.1 >= since OR p.1 < 1750032000000), payments))))) AS cell
        GROUP BY of_arm, of_variant, key
      )
      ARRAY JOIN if(of_arm = 'sessions', [('sessions', of_variant, toUInt64(n), toInt256(viewed), toInt256(did)), ('units', of_variant, toUInt64(counted), toInt256(0), toInt256(0)), ('converted', of_variant, toUInt64(converted), toInt256(0), toInt256(0)), ('mixed', '', toUInt64(mixed), toInt256(0), toInt256(0))], [(of_arm, of_variant, toUInt64(n), toInt256(after), toInt256(before))]) AS told
    )
  )
    ) AS sized
  ) AS ranked
  WHERE arm = 'mixed' OR (variant_nth <= 50 AND (arm <> 'goal' OR key_nth <= 10))
)
