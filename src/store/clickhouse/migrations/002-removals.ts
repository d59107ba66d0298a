/** Version 2: what was removed, so that the ledger can be explained: one row for a partition of a removal. */
import type { Migration } from '../migrate.ts';

export const removals: Migration = {
  version: 2,
  statements: [
    `CREATE TABLE IF NOT EXISTS removals (
  id String,
  kind LowCardinality(String),
  _partition UInt16,
  condition String,
  rows UInt64,
  is_done Bool,
  written_at UInt64
) ENGINE = ReplacingMergeTree(written_at)
ORDER BY (id, _partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  ],
};
