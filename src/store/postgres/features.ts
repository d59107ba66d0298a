/**
 * What this database has been set up with, once, when its tables were made: kept in `store_features`, since the tables'
 * shape follows from it and an extension that comes later does not change them.
 */
export interface Features {
  /** How persons are counted in `rollup_users`: by sketches of the extension hll, or by a list of them, exactly. */
  readonly users: 'hll' | 'list';
  /** Who cuts `events` into pieces of time: partitions of our own, or the extension timescaledb. */
  readonly pieces: 'partitions' | 'timescale';
}
