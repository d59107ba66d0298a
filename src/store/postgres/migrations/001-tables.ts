/**
 * Version 1: the events, their rollups, progress, day versions, quarantine, and what became of events after the writer.
 *
 * `events` is cut by time (partitions.ts makes the pieces). There is no DEFAULT partition: with one, PostgreSQL refuses
 * DETACH … CONCURRENTLY, and each new partition would wait for all questions that read the default one.
 *
 * Rollups are appended to, never updated: each batch adds rows of its own (`is_delta`), so that writers of different
 * partitions never wait for each other, and fold.ts adds up what has the same key. Whoever reads them sums over all rows.
 */
import type { Features } from '../features.ts';
import { eventColumnDefinitions } from '../schema.ts';

/** Each fold leaves dead rows. */
const vacuumedSoon = 'autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000';

export const tables = ({ users, pieces }: Features): readonly string[] => [
  `CREATE TABLE events (
${eventColumnDefinitions}
)${pieces === 'partitions' ? ' PARTITION BY RANGE (timestamp)' : ''}`,
  // an event has one place, in every piece; also how a window is read back
  'CREATE UNIQUE INDEX events_place ON events (_partition, _offset, timestamp)',
  'CREATE INDEX events_type_time ON events (project, type, timestamp)',
  'CREATE INDEX events_time ON events (project, timestamp)',
  'CREATE INDEX events_id ON events (id_hash)',
  'CREATE INDEX events_person ON events (project, user_key, timestamp) WHERE user_key <> 0',
  `CREATE INDEX events_experiment ON events (project, experiment_id, variant_key, timestamp) WHERE experiment_id <> ''`,
  'CREATE INDEX events_properties ON events USING gin (properties jsonb_path_ops)',
  'CREATE INDEX events_ranges ON events USING brin (timestamp, received_at) WITH (pages_per_range = 32, autosummarize = on)',

  // tier: seconds, 86400, 3600 or 900; start: its begin, UTC
  `CREATE TABLE rollup_counts (
  start timestamptz(0) NOT NULL,
  tier integer NOT NULL,
  bot boolean NOT NULL,
  is_delta boolean NOT NULL,
  project text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  events bigint NOT NULL,
  amount_count bigint NOT NULL,
  amount_sum numeric(38, 4) NOT NULL,
  amount_min numeric(18, 4),
  amount_max numeric(18, 4)
)`,
  'CREATE INDEX rollup_counts_key ON rollup_counts (project, tier, start)',
  'CREATE INDEX rollup_counts_delta ON rollup_counts (tier, start) WHERE is_delta',
  `ALTER TABLE rollup_counts SET (${vacuumedSoon})`,
  // type: '' is all types together
  `CREATE TABLE rollup_users (
  start timestamptz(0) NOT NULL,
  tier integer NOT NULL,
  bot boolean NOT NULL,
  is_delta boolean NOT NULL,
  project text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  ${users === 'hll' ? 'users hll NOT NULL' : 'user_key bigint NOT NULL'}
)`,
  `CREATE INDEX rollup_users_key ON rollup_users (project, tier, type, start${users === 'hll' ? '' : ', bot, user_key'})`,
  ...(users === 'hll'
    ? ['CREATE INDEX rollup_users_delta ON rollup_users (tier, start) WHERE is_delta']
    : []),

  // token: the highest that a writer of this partition came with
  `CREATE TABLE progress (
  _partition integer PRIMARY KEY,
  next bigint NOT NULL,
  stored bigint NOT NULL,
  duplicates bigint NOT NULL,
  quarantined bigint NOT NULL,
  token bigint NOT NULL
) WITH (fillfactor = 10)`,
  // the version of a range is the sum over its days; by partition of the log, so that writers do not wait for each other
  // (-1: whatever else changed the day)
  `CREATE TABLE day_versions (
  project text COLLATE "C" NOT NULL,
  day date NOT NULL,
  _partition integer NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (project, day, _partition)
) WITH (fillfactor = 50)`,

  `CREATE TABLE quarantine (
  _partition integer NOT NULL,
  _offset bigint NOT NULL,
  project text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  received_at timestamptz(3) NOT NULL,
  reason text COLLATE "C" NOT NULL,
  detail text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (_partition, _offset)
)`,
  'CREATE INDEX quarantine_event ON quarantine (project, event_id)',
  `CREATE TABLE corrections (
  _partition integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('replayed', 'duplicate', 'discarded', 'expired', 'deleted')),
  events bigint NOT NULL,
  PRIMARY KEY (_partition, kind)
)`,

  `CREATE VIEW daily_analytics_summary AS
SELECT counts.day, counts.project, counts.type, counts.events, users.unique_users
FROM (
  SELECT (start AT TIME ZONE 'UTC')::date AS day, project, type, sum(events)::bigint AS events
  FROM rollup_counts WHERE tier = 86400 AND NOT bot GROUP BY 1, 2, 3
) AS counts
LEFT JOIN (
  SELECT (start AT TIME ZONE 'UTC')::date AS day, project, type,
    ${users === 'hll' ? 'round(hll_cardinality(hll_union_agg(users)))::bigint' : 'count(DISTINCT user_key)'} AS unique_users
  FROM rollup_users WHERE tier = 86400 AND NOT bot GROUP BY 1, 2, 3
) AS users USING (day, project, type)`,
];
