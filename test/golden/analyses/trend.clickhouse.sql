WITH CAST([1750032000000, 1750118400000, 1750204800000, 1750291200000, 1750377600000], 'Array(Int64)') AS edges, (SELECT groupArray(CAST(key, 'String')) FROM (SELECT key FROM (
  SELECT coalesce(concat('string:', getSubcolumn(properties, 'o\'neil.:`String`')), concat('number:', replaceRegexpOne(toString(getSubcolumn(properties, 'o\'neil.:`Float64`')), 'e(\\d)', 'e+\\1')), multiIf(getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:true', NOT getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:false', 'null:null')) AS key, count(*) AS events
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19')
  GROUP BY key
) GROUP BY key ORDER BY sum(events) DESC, substring(key, position(key, ':') + 1), substring(key, 1, position(key, ':') - 1) LIMIT 3)) AS top
SELECT 'top' AS arm, toInt64(place) AS group_place, toInt64(0) AS edge, toString(top[place]) AS label, toUInt64(0) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most FROM (SELECT arrayJoin(arrayEnumerate(top)) AS place)
UNION ALL
SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(users) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, shown AS place, sumIf(events, shown <> -1) AS events, uniqExactIfMerge(users) AS users
  FROM (SELECT bucket, place AS own, events, users FROM (
    SELECT roundDown(toUnixTimestamp64Milli(timestamp), edges) AS bucket, transform(coalesce(concat('string:', getSubcolumn(properties, 'o\'neil.:`String`')), concat('number:', replaceRegexpOne(toString(getSubcolumn(properties, 'o\'neil.:`Float64`')), 'e(\\d)', 'e+\\1')), multiIf(getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:true', NOT getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:false', 'null:null')), top, arrayEnumerate(top), 0) AS place, count(*) AS events, uniqExactIfState(user_key, user_key <> 0) AS users
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19')
    GROUP BY bucket, place
  ))
  ARRAY JOIN [toInt64(own), toInt64(-1)] AS shown
  GROUP BY bucket, shown
)
