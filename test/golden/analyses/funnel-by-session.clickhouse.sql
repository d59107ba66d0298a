SELECT argMin(person, event), groupArray(event)
FROM (
  SELECT user_key AS person, xxHash64(session_id) AS session, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) - 1750032000000)), 67) + bitShiftLeft(toUInt128(toUInt64(_partition) * 281474976710656 + _offset), 3) + toUInt128(toUInt64(toUInt64(type = 'view') * 1 + toUInt64(type = 'o\'neil') * 2) + bitShiftLeft(toUInt64(1), 2) + bitShiftLeft(toUInt64(0), 3)) AS event
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND ((type = 'view') OR (type = 'o\'neil')) AND session_id <> '' AND xxHash64(session_id) % 3 = 2
)
GROUP BY session;
SELECT person, groupArray(event)
FROM (
  SELECT user_key AS person, toUInt8((((type = 'view') OR (type = 'o\'neil')))) AS is_shown, bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) - 1750032000000)), 67) + bitShiftLeft(toUInt128(toUInt64(_partition) * 281474976710656 + _offset), 3) + toUInt128(toUInt64(toUInt64(type = 'view') * 1 + toUInt64(type = 'o\'neil') * 2) + bitShiftLeft(toUInt64(is_shown), 2) + bitShiftLeft(toUInt64(0), 3)) AS event
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND session_id = '' AND user_key <> 0
)
GROUP BY person
HAVING max(is_shown) = 1
