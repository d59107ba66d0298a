WITH CAST([1743249600000, 1743289200000, 1743372000000, 1743458400000, 1743508800000], 'Array(Int64)') AS edges, (SELECT groupArray(CAST(key, 'String')) FROM (SELECT key FROM (
  SELECT country AS key, count(*) AS events
  FROM events
  WHERE project = 'o\'neil' AND bot AND timestamp >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-04-01')
  GROUP BY key
) GROUP BY key ORDER BY sum(events) DESC, CASE WHEN key = '' THEN 'null' ELSE key END, CASE WHEN key = '' THEN 'null' ELSE 'string' END LIMIT 2)) AS top
SELECT 'top' AS arm, toInt64(place) AS group_place, toInt64(0) AS edge, toString(top[place]) AS label, toUInt64(0) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most FROM (SELECT arrayJoin(arrayEnumerate(top)) AS place)
UNION ALL
SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(users) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, shown AS place, sumIf(events, shown <> -1) AS events, uniqExactIfMerge(users) AS users
  FROM (SELECT bucket, place AS own, events, users FROM (
    SELECT roundDown(toUnixTimestamp64Milli(timestamp), edges) AS bucket, transform(country, top, arrayEnumerate(top), 0) AS place, count(*) AS events, uniqExactIfState(user_key, user_key <> 0) AS users
    FROM events
    WHERE project = 'o\'neil' AND bot AND timestamp >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-04-01')
    GROUP BY bucket, place
  ))
  ARRAY JOIN [toInt64(own), toInt64(-1)] AS shown
  GROUP BY bucket, shown
)
