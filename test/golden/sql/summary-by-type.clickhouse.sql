WITH (SELECT groupArray(CAST(key, 'String')) FROM (SELECT key FROM (
  SELECT type AS key, sum(events) AS events
  FROM rollup_counts
  WHERE project = 'o\'neil' AND NOT bot AND start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))
  GROUP BY key
  UNION ALL
  SELECT type AS key, count(*) AS events
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31')
  GROUP BY key
) GROUP BY key ORDER BY sum(events) DESC, CASE WHEN key = '' THEN 'null' ELSE key END, CASE WHEN key = '' THEN 'null' ELSE 'string' END LIMIT 100)) AS top
SELECT 'users' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(0) AS n, toUInt64(users) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, uniqCombined64Merge(15)(users) AS users
  FROM (
    SELECT toInt64(1743249600000) AS bucket, -1 AS place, uniqCombined64MergeState(15)(users) AS users
    FROM rollup_users
    WHERE type = '' AND project = 'o\'neil' AND NOT bot AND ((tier = 86400 AND start >= toDateTime64('2025-03-30 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (tier = 3600 AND start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-30 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))))
    GROUP BY bucket, place
    UNION ALL
    SELECT toInt64(1743249600000) AS bucket, -1 AS place, uniqCombined64State(15)(user_key) AS users
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31') AND user_key <> 0
    GROUP BY bucket, place
  )
  GROUP BY bucket, place
)
UNION ALL
SELECT 'top' AS arm, toInt64(place) AS group_place, toInt64(0) AS edge, toString(top[place]) AS label, toUInt64(0) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most FROM (SELECT arrayJoin(arrayEnumerate(top)) AS place)
UNION ALL
SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, sum(events) AS events
  FROM (
    SELECT toInt64(1743249600000) AS bucket, transform(type, top, arrayEnumerate(top), 0) AS place, sum(events) AS events
    FROM rollup_counts
    WHERE project = 'o\'neil' AND NOT bot AND start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))
    GROUP BY bucket, place
    UNION ALL
    SELECT toInt64(1743249600000) AS bucket, transform(type, top, arrayEnumerate(top), 0) AS place, count(*) AS events
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31')
    GROUP BY bucket, place
  )
  GROUP BY bucket, place
)
UNION ALL
SELECT 'users' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(0) AS n, toUInt64(users) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, uniqCombined64Merge(15)(users) AS users
  FROM (
    SELECT toInt64(1743249600000) AS bucket, transform(type, top, arrayEnumerate(top), 0) AS place, uniqCombined64MergeState(15)(users) AS users
    FROM rollup_users
    WHERE type <> '' AND project = 'o\'neil' AND NOT bot AND ((tier = 86400 AND start >= toDateTime64('2025-03-30 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (tier = 3600 AND start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-30 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))))
    GROUP BY bucket, place
    UNION ALL
    SELECT toInt64(1743249600000) AS bucket, transform(type, top, arrayEnumerate(top), 0) AS place, uniqCombined64State(15)(user_key) AS users
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31') AND user_key <> 0
    GROUP BY bucket, place
  )
  GROUP BY bucket, place
)
