/**
 * Version 1: the events, their rollups, quarantine and progress.
 *
 * `events` is the authority; rollups are derived by materialized views and rebuilt when they may be wrong (repair.ts).
 * Months are partitions in every table; all months before 2010 are one. Each partition holds some parts of each table, and a
 * part costs 30 kB of the engine's memory: events of every month since 1900, sent nine times, held 1.5 GB of it. Slots, hours
 * and days are counted by arithmetic: the engine's toStartOf… functions are wrong before 1970.
 */

import type { Migration } from '../migrate.ts';
import { partitionBy } from '../partitions.ts';
import { countsSelect, usersSelect } from '../rollups.ts';
import { columnDefinitions, eventColumns, progressColumns, quarantineColumns } from '../schema.ts';
import { sketch } from '../sketch.ts';

/** Rows survive a power loss once acknowledged. Deduplication is off: offsets are compared instead (read-back). */
const durable = 'fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0';

export const events: Migration = {
  version: 1,
  statements: [
    `CREATE TABLE IF NOT EXISTS events (
${columnDefinitions(eventColumns)},
  INDEX event_id event_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX _offset _offset TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY ${partitionBy('timestamp')}
ORDER BY (project, type, day, user_key, timestamp)
SETTINGS ${durable}`,

    `CREATE TABLE IF NOT EXISTS rollup_counts (
  project LowCardinality(String),
  start DateTime64(0, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  type LowCardinality(String),
  bot Bool,
  currency LowCardinality(String),
  events SimpleAggregateFunction(sum, UInt64),
  amount_count SimpleAggregateFunction(sum, UInt64),
  amount_sum SimpleAggregateFunction(sum, Decimal(38, 4)),
  amount_min SimpleAggregateFunction(min, Nullable(Decimal(18, 4))),
  amount_max SimpleAggregateFunction(max, Nullable(Decimal(18, 4)))
) ENGINE = AggregatingMergeTree
PARTITION BY ${partitionBy('start')}
ORDER BY (project, start, type, bot, currency)
SETTINGS ${durable}`,

    `CREATE TABLE IF NOT EXISTS rollup_users (
  project LowCardinality(String),
  tier UInt32,
  type LowCardinality(String),
  bot Bool,
  start DateTime64(0, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  users AggregateFunction(${sketch.name}(${sketch.precision}), UInt64)
) ENGINE = AggregatingMergeTree
PARTITION BY ${partitionBy('start')}
ORDER BY (project, tier, type, bot, start)
SETTINGS ${durable}`,

    `CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_counts_view TO rollup_counts AS ${countsSelect('events')}`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_users_view TO rollup_users AS ${usersSelect('events')}`,

    'CREATE TABLE IF NOT EXISTS rollup_counts_stage AS rollup_counts',
    'CREATE TABLE IF NOT EXISTS rollup_users_stage AS rollup_users',

    `CREATE TABLE IF NOT EXISTS quarantine (
${columnDefinitions(quarantineColumns)}
) ENGINE = ReplacingMergeTree(written_at, is_released)
ORDER BY (_partition, _offset)
SETTINGS ${durable}`,

    `CREATE TABLE IF NOT EXISTS progress (
${columnDefinitions(progressColumns)}
) ENGINE = ReplacingMergeTree(next)
ORDER BY _partition
SETTINGS ${durable}`,

    `CREATE TABLE IF NOT EXISTS suspect_days (
  day Date32,
  name String
) ENGINE = MergeTree
ORDER BY (name, day)
SETTINGS ${durable}`,
  ],
};
