WITH chosen AS MATERIALIZED (
  SELECT user_key, (extract(epoch FROM min(timestamp)) * 1000)::bigint AS first_seen, (extract(epoch FROM max(timestamp)) * 1000)::bigint AS last_seen, count(*) AS events
  FROM events
  WHERE project = $1::text AND NOT bot AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)) AND timestamp >= $4::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0
  GROUP BY user_key
  ORDER BY events DESC, user_key # '-9223372036854775808'::bigint
  LIMIT 51
)
SELECT user_key, first_seen, last_seen, events, user_id, anonymous_id
FROM chosen JOIN (
  SELECT user_key, (array_agg(user_id ORDER BY timestamp DESC, _partition DESC, _offset DESC) FILTER (WHERE user_id <> ''))[1] AS user_id, (array_agg(anonymous_id ORDER BY timestamp DESC, _partition DESC, _offset DESC) FILTER (WHERE anonymous_id <> ''))[1] AS anonymous_id
  FROM events
  WHERE project = $1::text AND NOT bot AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2)) AND timestamp >= $4::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 AND user_key IN (SELECT user_key FROM chosen)
  GROUP BY user_key
) AS ids USING (user_key)
ORDER BY events DESC, user_key # '-9223372036854775808'::bigint
-- $1 "o'neil"
-- $2 "2025-05-17T00:00:00.000Z"
-- $3 "2025-06-20T00:00:00.000Z"
-- $4 "2025-06-16T00:00:00.000Z"
