WITH sessions AS MATERIALIZED (
  SELECT extract(epoch FROM max(at) - min(at)) * 1000 AS duration, CASE WHEN min(member) FILTER (WHERE member <> 0) = max(member) FILTER (WHERE member <> 0) THEN ARRAY[min(member) FILTER (WHERE member <> 0)] ELSE array_agg(member) FILTER (WHERE member <> 0) END AS members,
    count(*) = 1 AND bool_or(is_pageview) AS is_bounce,
    count(*) FILTER (WHERE is_pageview) AS views,
    coalesce((array_agg(value) FILTER (WHERE is_pageview AND nth_in_session = 1))[1], '') AS label
  FROM (
    SELECT *, row_number() OVER (PARTITION BY session, owner, number, is_pageview ORDER BY at, on_partition, on_offset) AS nth_in_session FROM (
      SELECT timestamp AS at, _partition AS on_partition, _offset AS on_offset, user_key AS member, type IN ('pageview', 'PAGEVIEW') AS is_pageview, path AS value, true AS is_asked, session_id AS session, 0 AS owner, 0 AS number
      FROM events
      WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id <> ''
      UNION ALL
      SELECT at, on_partition, on_offset, member, is_pageview, value, is_asked, '' AS session, owner, sum(begins) OVER (PARTITION BY owner ORDER BY timestamp) AS number
      FROM (
        SELECT timestamp AS at, _partition AS on_partition, _offset AS on_offset, user_key AS member, type IN ('pageview', 'PAGEVIEW') AS is_pageview, path AS value, true AS is_asked, user_key AS owner, timestamp, CASE WHEN date_part('epoch', timestamp - lag(timestamp) OVER of_person) * 1000 > 1800000 THEN 1 ELSE 0 END AS begins
        FROM events
        WHERE project = $1::text AND NOT bot AND timestamp >= $2::timestamptz AND timestamp < $3::timestamptz AND session_id = '' AND user_key <> 0
        WINDOW of_person AS (PARTITION BY user_key ORDER BY timestamp)
      ) AS part
    ) AS unnumbered
  ) AS own
  GROUP BY session, owner, number
  HAVING bool_or(is_asked)
),
ranked AS (SELECT label, row_number() OVER (ORDER BY count(*) DESC, CASE WHEN label = '' THEN 'null' ELSE label END COLLATE "C", CASE WHEN label = '' THEN 'null' ELSE 'string' END COLLATE "C") AS nth FROM sessions GROUP BY label),
placed AS (SELECT -1 AS place, duration, members, is_bounce, views FROM sessions
UNION ALL
SELECT CASE WHEN nth <= 10 THEN nth ELSE 0 END, duration, members, is_bounce, views
FROM sessions JOIN ranked USING (label))
SELECT place, jsonb_build_array(label)::text, sessions, users, durations::bigint, median, bounces, pageviews
FROM (
  SELECT place, count(*) AS sessions, sum(duration) AS durations,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY duration::float8) AS median,
    count(*) FILTER (WHERE is_bounce) AS bounces, sum(views) AS pageviews
  FROM placed GROUP BY place
) AS counted
LEFT JOIN (
  SELECT place, count(DISTINCT member) AS users FROM placed CROSS JOIN unnest(members) AS member GROUP BY place
) AS counted_members USING (place)
LEFT JOIN ranked ON nth = place
ORDER BY place = 0, place
-- $1 "o'neil"
-- $2 "2025-06-16T00:00:00.000Z"
-- $3 "2025-06-20T00:00:00.000Z"
