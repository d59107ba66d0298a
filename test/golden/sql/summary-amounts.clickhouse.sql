SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, place, sum(events) AS events
  FROM (
    SELECT toInt64(1743249600001) AS bucket, -1 AS place, sum(events) AS events
    FROM rollup_counts
    WHERE project = 'o\'neil' AND NOT bot AND start >= toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))
    GROUP BY bucket, place
    UNION ALL
    SELECT toInt64(1743249600001) AS bucket, -1 AS place, count(*) AS events
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-29 12:00:00.001', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-03-31') AND ((timestamp >= toDateTime64('2025-03-29 12:00:00.001', 3, 'UTC') AND timestamp < toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-03-29')) OR (timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31')))
    GROUP BY bucket, place
  )
  GROUP BY bucket, place
)
UNION ALL
SELECT 'amounts' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString(currency) AS label, toUInt64(0) AS n, toUInt64(0) AS persons, toUInt64(amount_count) AS amounts, toString(reinterpretAsInt128(CAST(amount_sum, 'Decimal(38, 4)'))) AS total, toString(reinterpretAsInt128(CAST(amount_min, 'Decimal(38, 4)'))) AS least, toString(reinterpretAsInt128(CAST(amount_max, 'Decimal(38, 4)'))) AS most
FROM (
  SELECT bucket, place, currency, sum(amount_count) AS amount_count, sum(amount_sum) AS amount_sum, min(amount_min) AS amount_min, max(amount_max) AS amount_max
  FROM (
    SELECT toInt64(1743249600001) AS bucket, -1 AS place, currency, sum(amount_count) AS amount_count, sum(amount_sum) AS amount_sum, min(amount_min) AS amount_min, max(amount_max) AS amount_max
    FROM rollup_counts
    WHERE project = 'o\'neil' AND NOT bot AND start >= toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND ((start >= toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND start < toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC')) OR (start >= toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND start < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC')))
    GROUP BY bucket, place, currency
    UNION ALL
    SELECT toInt64(1743249600001) AS bucket, -1 AS place, currency, count(amount) AS amount_count, sum(CAST(amount AS DECIMAL(38, 4))) AS amount_sum, min(amount) AS amount_min, max(amount) AS amount_max
    FROM events
    WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-03-29 12:00:00.001', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-03-31') AND ((timestamp >= toDateTime64('2025-03-29 12:00:00.001', 3, 'UTC') AND timestamp < toDateTime64('2025-03-29 12:15:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-03-29')) OR (timestamp >= toDateTime64('2025-03-31 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-31') AND day <= toDate32('2025-03-31'))) AND amount IS NOT NULL
    GROUP BY bucket, place, currency
  )
  GROUP BY bucket, place, currency
)
WHERE amount_count > 0
