/**
 * Advisory locks: whoever changes what others change too takes one first, until its transaction ends. Their numbers are ours
 * within a database, and are mixed with the schema, so that two installations in one database do not wait for each other.
 */
const lock = (name: string): string =>
  `SELECT pg_advisory_xact_lock(hashtext('millrace ${name}'), hashtext(current_schema()))`;

export const locks = {
  /** Setting up and migrating. */
  setup: lock('setup'),
  /** Making and removing partitions. */
  pieces: lock('pieces'),
  /** Changing rollup rows that are there; adding to them needs none. */
  rollups: lock('rollups'),
} as const;

/** One row, one column: whether this transaction has the lock now. */
export const tryRollupsLock =
  "SELECT pg_try_advisory_xact_lock(hashtext('millrace rollups'), hashtext(current_schema())) AS taken";
