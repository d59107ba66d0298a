WITH counts_1 AS (
  SELECT 1 AS bucket, count(*) AS events
  FROM events
  WHERE project = $1::text AND NOT bot AND ((type IN ($2::text, $3::text)) AND (NOT ((starts_with(path, $4::text)) OR (strpos(url, $5::text) > 0))) AND (coalesce(amount >= $6::numeric, false)) AND (received_at < $7::timestamptz) AND (NOT bot) AND (city != '') AND ((properties @> $8::jsonb) OR (properties @> $9::jsonb) OR (properties @> $10::jsonb)) AND ((properties ? $12::text OR EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, $11::text))))) AND timestamp >= $7::timestamptz AND timestamp < $13::timestamptz
  GROUP BY 1
)
SELECT 'events' AS arm, place::bigint AS group_place, bucket::bigint AS bucket, ''::text AS label, events::bigint AS n, 0::bigint AS persons, 0::bigint AS amounts, '0' AS total, '0' AS least, '0' AS most
FROM (
  SELECT bucket, -1 AS place, sum(events) AS events
  FROM counts_1
  GROUP BY bucket, place
) AS part
-- $1 "o'neil"
-- $2 "click"
-- $3 "it's"
-- $4 "/a"
-- $5 "%"
-- $6 "12.5000"
-- $7 "2025-03-29T12:00:00.000Z"
-- $8 "{\"plan\":\"pro\"}"
-- $9 "{\"plan\":1.5}"
-- $10 "{\"plan\":true}"
-- $11 "a`b%."
-- $12 "a`b%"
-- $13 "2025-04-01T12:00:00.000Z"
