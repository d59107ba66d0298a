SELECT started, low, high
FROM (
  SELECT min(period) FILTER (WHERE is_start) AS started, coalesce(bit_or(1::bigint << (period)) FILTER (WHERE is_return AND period < 64), 0) AS low, 0::bigint AS high
  FROM (
    SELECT user_key, width_bucket(timestamp, ARRAY['2025-06-16T00:00:00.000Z', '2025-06-17T00:00:00.000Z', '2025-06-18T00:00:00.000Z', '2025-06-19T00:00:00.000Z']::timestamptz[]) - 1 AS period, (type = 'signup'::text) AS is_start, ((type = 'o''neil'::text)) AS is_return
    FROM events
    WHERE project = 'o''neil'::text AND NOT bot AND timestamp >= '2025-06-16T00:00:00.000Z'::timestamptz AND timestamp < '2025-06-20T00:00:00.000Z'::timestamptz AND user_key <> 0 AND ((type = 'signup'::text) OR ((type = 'o''neil'::text)))
  ) AS own
  GROUP BY user_key
) AS people
WHERE started >= 0
