SELECT user_key, timestamp, CASE WHEN type = 'view'::text THEN 1 ELSE 0 END | CASE WHEN type = 'o''neil'::text THEN 2 ELSE 0 END AS bits, 0 AS flag
FROM events
WHERE project = 'o''neil'::text AND NOT bot AND timestamp >= '2025-06-16T00:00:00.000Z'::timestamptz AND timestamp < '2025-06-20T00:00:00.000Z'::timestamptz AND user_key <> 0 AND ((type = 'view'::text) OR (type = 'o''neil'::text))
ORDER BY user_key, timestamp, _partition, _offset
