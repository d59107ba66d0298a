SELECT toUInt8(intDiv(first - 1750032000000, 86400000)), low, high FROM (
  SELECT person, minIf(ms, is_start) AS first, groupBitOrIf(bitShiftLeft(toUInt64(1), positiveModulo(intDiv(ms - 1750032000000, 86400000), 64)), is_return) AS low, toUInt64(0) AS high
  FROM (
    SELECT user_key AS person, toUnixTimestamp64Milli(timestamp) AS ms, (type = 'signup') AS is_start,
      timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND (type = 'o\'neil') AS is_return
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('1900-01-01 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('1900-01-01') AND day <= toDate32('2025-06-19') AND user_key <> 0 AND ((type = 'signup') OR (timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND (type = 'o\'neil')))
  )
  GROUP BY person
  HAVING countIf(is_start) > 0 AND first >= 1750032000000
)
