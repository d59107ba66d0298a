SELECT person, groupArray(event)
FROM (
  SELECT user_key AS person, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(timestamp) - 1750032000000), 3) + toUInt64(toUInt64(type = 'view') * 1 + toUInt64(type = 'o\'neil') * 2) + bitShiftLeft(toUInt64(1), 2) + bitShiftLeft(toUInt64(0), 3) AS event
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND user_key <> 0 AND user_key % 3 = 2
)
GROUP BY person
