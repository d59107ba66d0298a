SELECT toString(person), toString(first_seen), toString(last_seen), toString(events_of), own_id, device_id
FROM (
  SELECT person, min(ms) AS first_seen, max(ms) AS last_seen, count() AS events_of, argMaxIf(user_id, at, user_id <> '') AS own_id, argMaxIf(anonymous_id, at, anonymous_id <> '') AS device_id
  FROM (
    SELECT user_key AS person, toUnixTimestamp64Milli(timestamp) AS ms, user_id, anonymous_id, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND user_key <> 0 AND user_key IN (SELECT person FROM (
  SELECT person, min(ms) AS first_seen, max(ms) AS last_seen, count() AS events_of
  FROM (SELECT user_key AS person, toUnixTimestamp64Milli(timestamp) AS ms FROM events WHERE project = 'o\'neil' AND NOT bot AND ((country IN ('o\'neil', 'DE')) AND (position(url, 'o\'neil') > 0) AND (NOT (startsWith(path, 'o\'neil'))) AND (title != '' AND title >= 'o\'neil') AND (coalesce(getSubcolumn(properties, 'o\'neil.:`String`') = 'o\'neil', false)) AND ((getSubcolumn(properties, 'o\'neil') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`o\'neil`'))))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND user_key <> 0)
  GROUP BY person
HAVING last_seen < 1750032000000 OR (last_seen = 1750032000000 AND person > 7)
  ORDER BY last_seen DESC, person ASC
LIMIT 51
))
  )
  GROUP BY person
)
ORDER BY last_seen DESC, person ASC
LIMIT 51
