SELECT toInt32(place) AS place_, if(place > 0, label, '') AS name, toString(sum(counted)), toString(uniqExactArrayIfMerge(people)),
  toString(sum(durations)), toFloat64(quantileExactInclusiveMerge(0.5)(median)), toString(sum(bounced)), toString(sum(viewed)), toString(sum(crowds))
FROM (
  SELECT label, count() AS counted, uniqExactArrayIfState(persons, latter <> 0) AS people, countIf(is_crowded) AS crowds, sum(duration) AS durations,
    quantileExactInclusiveState(0.5)(duration) AS median, sum(is_bounce) AS bounced, sum(views) AS viewed,
    row_number() OVER (ORDER BY counted DESC, CASE WHEN label = '' THEN 'null' ELSE label END, CASE WHEN label = '' THEN 'null' ELSE 'string' END) AS rank
  FROM (
    SELECT toUInt64(max(since) - min(since)) AS duration, sum(toUInt64(is_pageview) * 4294967296 + 1) AS counts, bitShiftRight(counts, 32) AS views, counts = 4294967297 AS is_bounce, [minIf(person, person <> 0), max(person)] AS persons, max(person) AS latter, uniqUpTo(2)(person) > 2 AS is_crowded, argMinIf(value, at, is_pageview) AS label
    FROM (
      SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, CAST(path, 'String') AS value, true AS is_asked, xxHash64(session_id) AS session
      FROM events
      WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id <> ''
      UNION ALL
      SELECT since, at, person, is_pageview, value, is_asked, cityHash64(owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)) AS session
      FROM (
        SELECT toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000) AS since, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + 4398046511104)), 64) + toUInt64(_partition) * 281474976710656 + _offset AS at, user_key AS person, type IN ('pageview', 'PAGEVIEW') AS is_pageview, CAST(path, 'String') AS value, true AS is_asked, user_key AS owner, timestamp, CASE WHEN toUnixTimestamp64Milli(timestamp) - lagInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(timestamp)) OVER of_person > 1800000 THEN 1 ELSE 0 END AS begins
        FROM events
        WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0
        WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
      )
    )
    GROUP BY session
  )
  GROUP BY label
)
ARRAY JOIN [-1, if(rank <= 10, toInt64(rank), 0)] AS place
GROUP BY place_, name
ORDER BY place_ = 0, place_
