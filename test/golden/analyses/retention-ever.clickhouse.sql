SELECT toUInt8(bitCount(bitXor(started_0, started_0 - 1)) - 1), returned_0, toUInt64(0) FROM (
  SELECT groupBitOrIf(bitShiftLeft(toUInt64(1), bitAnd(period, 63)), NOT is_before AND is_return) AS returned_0, groupBitOrIf(bitShiftLeft(toUInt64(1), bitAnd(period, 63)), NOT is_before AND is_start) AS started_0
  FROM (
    SELECT user_key AS person, toUInt8(intDiv(toUInt32(toUnixTimestamp64Milli(timestamp) - 1750032000000), 86400000)) AS period, timestamp < toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AS is_before, (type = 'signup') AS is_start, (type = 'o\'neil') AS is_return
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('1900-01-01 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('1900-01-01') AND day <= toDate32('2025-06-19') AND user_key <> 0 AND ((type = 'signup') OR (NOT timestamp < toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND (type = 'o\'neil')))
  )
  GROUP BY person
  HAVING (started_0 <> 0) AND (NOT max(is_before))
)
