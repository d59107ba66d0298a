/**
 * Version 6: which keys stand for which persons, as identity.ts resolved it from the events. Derived, so nothing is lost with
 * it: it is emptied at each start. A revision is a partition, which goes as a whole once a newer one is there.
 */
import type { Migration } from '../migrate.ts';

export const identity: Migration = {
  version: 6,
  statements: [
    `CREATE TABLE IF NOT EXISTS identity (
  revision UInt64,
  key UInt64,
  person UInt64
) ENGINE = MergeTree
PARTITION BY revision
ORDER BY key`,
  ],
};
