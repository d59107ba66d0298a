WITH sessions AS MATERIALIZED (
  SELECT extract(epoch FROM max(at) - min(at)) * 1000 AS duration, CASE WHEN min(member) FILTER (WHERE member <> 0) = max(member) FILTER (WHERE member <> 0) THEN ARRAY[min(member) FILTER (WHERE member <> 0)] ELSE array_agg(member) FILTER (WHERE member <> 0) END AS members,
    count(*) = 1 AND bool_or(is_pageview) AS is_bounce,
    count(*) FILTER (WHERE is_pageview) AS views
  FROM (
    SELECT timestamp AS at, _partition AS on_partition, _offset AS on_offset, user_key AS member, type IN ('pageview', 'PAGEVIEW') AS is_pageview, ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, session_id AS session, 0 AS owner, 0 AS number
    FROM events
    WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id <> ''
    UNION ALL
    SELECT at, on_partition, on_offset, member, is_pageview, is_asked, '' AS session, owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp) AS number
    FROM (
      SELECT timestamp AS at, _partition AS on_partition, _offset AS on_offset, user_key AS member, type IN ('pageview', 'PAGEVIEW') AS is_pageview, ((country IN ($1::text, $4::text)) AND (strpos(url, $1::text) > 0) AND (NOT (starts_with(path, $1::text))) AND (title != '' AND title >= $1::text) AND (properties @> $5::jsonb) AND ((properties ? $1::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $6::text)))) AND (user_key IN (SELECT user_key AS member FROM events WHERE project = $1::text AND NOT bot AND (type = $1::text) AND timestamp >= $7::timestamptz AND timestamp < $3::timestamptz AND user_key <> 0 GROUP BY member HAVING count(*) >= 2))) AS is_asked, user_key AS owner, timestamp, CASE WHEN date_part('epoch', timestamp - lag(timestamp) OVER of_person) * 1000 > 1800000 THEN 1 ELSE 0 END AS begins
      FROM events
      WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id = '' AND user_key <> 0
      WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
    ) AS part
  ) AS own
  GROUP BY session, owner, number
  HAVING bool_or(is_asked)
),
placed AS (SELECT -1 AS place, duration, members, is_bounce, views FROM sessions)
SELECT place, NULL, sessions, users, durations::bigint, median, bounces, pageviews
FROM (
  SELECT place, count(*) AS sessions, sum(duration) AS durations,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY duration::float8) AS median,
    count(*) FILTER (WHERE is_bounce) AS bounces, sum(views) AS pageviews
  FROM placed GROUP BY place
) AS counted
LEFT JOIN (
  SELECT place, count(DISTINCT member) AS users FROM placed CROSS JOIN unnest(members) AS member GROUP BY place
) AS counted_members USING (place)
ORDER BY place = 0, place
-- $1 "o'neil"
-- $2 "2025-06-16T00:00:00.000Z"
-- $3 "2025-06-20T00:00:00.000Z"
-- $4 "DE"
-- $5 "{\"o'neil\":\"o'neil\"}"
-- $6 "o'neil."
-- $7 "2025-05-17T00:00:00.000Z"
