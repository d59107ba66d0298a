SELECT 'events' AS arm, toInt64(place) AS group_place, toInt64(bucket) AS edge, toString('') AS label, toUInt64(events) AS n, toUInt64(0) AS persons, toUInt64(0) AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT toInt64(1743249600000) AS bucket, -1 AS place, count(*) AS events
  FROM events
  WHERE project = 'o\'neil' AND NOT bot AND ((type IN ('click', 'it\'s')) AND (NOT ((startsWith(path, '/a')) OR (position(url, '%') > 0))) AND (coalesce(amount >= CAST('12.5000', 'Decimal(38, 4)'), false)) AND (received_at < toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC')) AND (NOT bot) AND (city != '') AND ((coalesce(getSubcolumn(properties, 'plan.:`String`') = 'pro', false)) OR (coalesce(getSubcolumn(properties, 'plan.:`Float64`') = reinterpretAsFloat64(toUInt64(4609434218613702656)), false)) OR (coalesce(getSubcolumn(properties, 'plan.:`Bool`') = true, false))) AND ((getSubcolumn(properties, 'a%60b%25') IS NOT NULL OR notEmpty(JSONAllPaths(getSubcolumn(properties, '^`a%60b%25`')))))) AND timestamp >= toDateTime64('2025-03-29 12:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-04-01 12:00:00.000', 3, 'UTC') AND day >= toDate32('2025-03-29') AND day <= toDate32('2025-04-01')
  GROUP BY bucket, place
)
