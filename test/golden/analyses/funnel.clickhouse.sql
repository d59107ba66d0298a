SELECT person, groupArray(event)
FROM (
  SELECT user_key AS person, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(timestamp) - 1750032000000), 3) + toUInt64(toUInt64(type = 'view') * 1 + toUInt64(type = 'o\'neil') * 2) + bitShiftLeft(toUInt64(1), 2) + bitShiftLeft(toUInt64(0), 3) AS event
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND ((type = 'view') OR (type = 'o\'neil')) AND user_key <> 0 AND user_key % 3 = 2
)
GROUP BY person
