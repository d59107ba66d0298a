SELECT user_key, timestamp, CASE WHEN path != '' THEN 1 ELSE 0 END AS bits, 0 AS flag, coalesce(nth, 0) AS code
FROM events LEFT JOIN unnest(ARRAY['"o''neil"', '1', 'true', 'null']::jsonb[], '{1,2,3,4}'::integer[]) AS coded (coded_key, nth) ON coded_key = CASE WHEN jsonb_typeof(properties -> 'o''neil'::text) IN ('string', 'number', 'boolean') THEN properties -> 'o''neil'::text ELSE 'null' END
WHERE project = 'o''neil'::text AND NOT bot AND timestamp >= '2025-06-16T00:00:00.000Z'::timestamptz AND timestamp < '2025-06-20T00:00:00.000Z'::timestamptz AND user_key <> 0 AND ((path != ''))
ORDER BY user_key, timestamp, _partition, _offset
