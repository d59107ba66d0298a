SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT toInt64(1750032000000) AS bucket, -1 AS place, count(*) AS events
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19')
  GROUP BY bucket, place
)
UNION ALL
SELECT 'sessions' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(0) AS n, toUInt64(sessions) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, -1 AS place, uniqExact(session) AS sessions
  FROM (
    SELECT toInt64(1750032000000) AS bucket, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, xxHash64(session_id) AS session
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id <> ''
    UNION ALL
    SELECT bucket, is_asked, cityHash64(owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)) AS session
    FROM (
      SELECT toInt64(1750032000000) AS bucket, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, user_key AS owner, timestamp, CASE WHEN toUnixTimestamp64Milli(timestamp) - lagInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(timestamp)) OVER of_person > 1800000 THEN 1 ELSE 0 END AS begins
      FROM events
      WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0
      WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
    )
  )
  WHERE is_asked
  GROUP BY bucket, place
)
UNION ALL
SELECT 'measures' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString(concat(number_1, ',', number_2, ',', number_3)) AS label, toUInt64(0) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT toInt64(1750032000000) AS bucket, -1 AS place, if(countIf(getSubcolumn(properties, 'o\'neil.:`Float64`') IS NOT NULL) = 0, '', toString(quantileExactInclusiveIf(0.95)(assumeNotNull(getSubcolumn(properties, 'o\'neil.:`Float64`')), getSubcolumn(properties, 'o\'neil.:`Float64`') IS NOT NULL))) AS number_1, toString(uniqExactIf(coalesce(concat('string:', getSubcolumn(properties, 'o\'neil.:`String`')), concat('number:', replaceRegexpOne(toString(getSubcolumn(properties, 'o\'neil.:`Float64`')), 'e(\\d)', 'e+\\1')), multiIf(getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:true', NOT getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:false', 'null:null')), coalesce(concat('string:', getSubcolumn(properties, 'o\'neil.:`String`')), concat('number:', replaceRegexpOne(toString(getSubcolumn(properties, 'o\'neil.:`Float64`')), 'e(\\d)', 'e+\\1')), multiIf(getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:true', NOT getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:false', 'null:null')) <> 'null:null')) AS number_2, if(countIf(toFloat64(amount) IS NOT NULL AND currency = 'o\'neil') = 0, '', toString(sumIf(assumeNotNull(toFloat64(amount)), toFloat64(amount) IS NOT NULL AND currency = 'o\'neil'))) AS number_3
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19')
  GROUP BY bucket, place
)
