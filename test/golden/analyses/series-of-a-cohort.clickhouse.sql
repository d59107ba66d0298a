SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(users) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT toInt64(1750032000000) AS bucket, -1 AS place, count(*) AS events, uniqExactIf(user_key, user_key <> 0) AS users
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND (user_key IN (SELECT user_key AS member FROM events WHERE project = 'o\'neil' AND NOT bot AND (type = 'o\'neil') AND timestamp >= toDateTime64('2025-05-17 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-05-17') AND day <= toDate32('2025-06-19') AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)) AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19')
  GROUP BY bucket, place
)
