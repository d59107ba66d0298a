WITH (
  SELECT tuple(count(), sum(duration), sum(is_bounce), sum(views), countIf(is_crowded), quantileExactInclusiveState(0.5)(duration), uniqExactArrayIfState(persons, latter <> 0))
  FROM (
    SELECT toUInt64(max(since) - min(since)) AS duration, sum(toUInt64(is_pageview) * 4294967296 + 1) AS counts, bitShiftRight(counts, 32) AS views, counts = 4294967297 AS is_bounce, [minIf(person, person <> 0), max(person)] AS persons, max(person) AS latter, uniqUpTo(2)(person) > 2 AS is_crowded, '' AS label
    FROM (
      SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, '' AS value, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, xxHash64(session_id) AS session
      FROM events
      WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id <> '' AND xxHash64(session_id) % 2 = 0
      UNION ALL
      SELECT since, at, person, is_pageview, value, is_asked, cityHash64(owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)) AS session
      FROM (
        SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, '' AS value, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, user_key AS owner, timestamp, CASE WHEN toUnixTimestamp64Milli(timestamp) - lagInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(timestamp)) OVER of_person > 1800000 THEN 1 ELSE 0 END AS begins
        FROM events
        WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0 AND user_key % 2 = 0
        WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
      )
    )
    GROUP BY session
    HAVING max(is_asked)
  )
) AS part_0, (
  SELECT tuple(count(), sum(duration), sum(is_bounce), sum(views), countIf(is_crowded), quantileExactInclusiveState(0.5)(duration), uniqExactArrayIfState(persons, latter <> 0))
  FROM (
    SELECT toUInt64(max(since) - min(since)) AS duration, sum(toUInt64(is_pageview) * 4294967296 + 1) AS counts, bitShiftRight(counts, 32) AS views, counts = 4294967297 AS is_bounce, [minIf(person, person <> 0), max(person)] AS persons, max(person) AS latter, uniqUpTo(2)(person) > 2 AS is_crowded, '' AS label
    FROM (
      SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, '' AS value, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, xxHash64(session_id) AS session
      FROM events
      WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id <> '' AND xxHash64(session_id) % 2 = 1
      UNION ALL
      SELECT since, at, person, is_pageview, value, is_asked, cityHash64(owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)) AS session
      FROM (
        SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, '' AS value, ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, user_key AS owner, timestamp, CASE WHEN toUnixTimestamp64Milli(timestamp) - lagInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(timestamp)) OVER of_person > 1800000 THEN 1 ELSE 0 END AS begins
        FROM events
        WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0 AND user_key % 2 = 1
        WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
      )
    )
    GROUP BY session
    HAVING max(is_asked)
  )
) AS part_1
SELECT toInt32(-1), '', toString(part_0.1 + part_1.1), toString(finalizeAggregation(part_0.7 + part_1.7)), toString(part_0.2 + part_1.2), toFloat64(finalizeAggregation(part_0.6 + part_1.6)), toString(part_0.3 + part_1.3), toString(part_0.4 + part_1.4), toString(part_0.5 + part_1.5)
