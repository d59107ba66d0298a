/** Everything that a stage can say, by channel. Durations are milliseconds, sizes bytes, times epoch milliseconds. */
export interface Signals {
  /** One request to collect was answered. */
  'collect.request': {
    status: number;
    durationMs: number;
    accepted: number;
    rejected: number;
    bytes: number;
  };
  /** Events of one request refused for one reason. */
  'collect.refused': { reason: string; count: number };
  /** One step of the collect list ran over the events of a request; said of one request in 64. */
  'collect.step': { step: string; durationMs: number; events: number };
  /** One group commit: how many appends and bytes shared the fsync. */
  'log.commit': { partition: number; appends: number; events: number; bytes: number; durationMs: number };
  'log.refused': { code: string; detail: string };
  'log.recovered': { partition: number; segments: number; cutBytes: number; next: number };
  'log.trimmed': { partition: number; below: number; bytes: number };
  'writer.mode': { partition: number; from: string; to: string };
  /** One batch became countable. Lags are acceptance → countable. */
  'writer.batch': {
    partition: number;
    rows: number;
    duplicates: number;
    quarantined: number;
    durationMs: number;
    lagMinMs: number;
    lagMaxMs: number;
  };
  'writer.retry': { partition: number; code: string; attempt: number; delayMs: number };
  'writer.reconciled': { partition: number; from: number; to: number; landed: number; durationMs: number };
  'writer.quarantined': { partition: number; reason: string; count: number };
  'store.query': { kind: string; source: string; durationMs: number; rowsRead: number };
  'store.slow': { kind: string; durationMs: number };
  'store.failed': { code: string; detail: string };
  'store.repaired': { days: number; durationMs: number };
  'engine.state': { state: 'starting' | 'ready' | 'down'; reason: string };
  'engine.memory': { residentBytes: number };
  /** A pool of connections is in use for 80 % or more; at most once a minute. */
  'postgres.busy': { pool: 'write' | 'read' | 'fallback'; used: number; waiting: number; max: number };
  /** Questions go to the replica (`used`) or, with the reason, to the primary. `lagMs` is -1 when it is not known. */
  'postgres.replica': {
    state: 'unknown' | 'used' | 'behind' | 'down';
    place: string;
    reason: string;
    lagMs: number;
  };
  /**
   * Somebody waited a second or longer for the end of a question, its turn included. `plan` as it was sent; `outcome` is `answered`, or the
   * code of the error, of which rows and source are not known.
   */
  'query.slow': {
    project: string;
    kind: string;
    plan: unknown;
    durationMs: number;
    outcome: string;
    source?: string;
    rowsRead?: number;
  };
  'cache.lookup': { outcome: 'hit' | 'miss' | 'shared' | 'stale' };
  /** A request to a route that goes away. */
  'http.deprecated': { method: string; route: string };
  /** How many streams of this process are open now. */
  'http.streams': { open: number };
  'http.request': { method: string; route: string; status: number; durationMs: number };
  /** Something that a person should read in what prints. */
  note: {
    level: 'debug' | 'info' | 'warn' | 'error';
    message: string;
    fields?: Readonly<Record<string, unknown>>;
  };
}
