/**
 * Which series come from which channel: a literal list, in the order of the flow. A new metric is one line to make it and one to
 * feed it. Labels are closed sets: routes are patterns, reasons and codes are from their catalogues.
 */
import type { SeriesMaker } from './metrics.ts';
import type { Telemetry } from './telemetry.ts';

const fastSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const slowSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const stepSeconds = [0.000001, 0.00001, 0.0001, 0.001, 0.01, 0.1];
const lagSeconds = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 3600];
const rowCounts = [1, 10, 100, 1000, 10_000, 50_000, 100_000, 250_000];
const byteCounts = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

type Ends = (() => void)[];

/** Returns the functions that end the subscriptions. */
export function subscribeMetrics(telemetry: Telemetry, make: SeriesMaker): readonly (() => void)[] {
  return [
    ...collecting(telemetry, make),
    ...keeping(telemetry, make),
    ...writing(telemetry, make),
    ...answering(telemetry, make),
    ...reaching(telemetry, make),
    ...serving(telemetry, make),
  ];
}

function collecting(telemetry: Telemetry, make: SeriesMaker): Ends {
  const requests = make.count('collect_requests_total', 'Requests to collect, by status', 'status');
  const accepted = make.count('collect_events_accepted_total', 'Events acknowledged');
  const rejected = make.count('collect_events_rejected_total', 'Events refused');
  const bytes = make.count('collect_bytes_total', 'Bytes of bodies, inflated');
  const duration = make.measure(
    'collect_duration_seconds',
    'Request to answer, the fsync in it',
    fastSeconds,
  );
  const refusals = make.count('collect_refusals_total', 'Events refused, by reason', 'reason');
  const steps = make.measure('collect_step_seconds', 'One step over one request', stepSeconds, 'step');
  return [
    telemetry.subscribe('collect.request', (signal) => {
      requests(1, String(signal.status));
      accepted(signal.accepted);
      rejected(signal.rejected);
      bytes(signal.bytes);
      duration(signal.durationMs / 1000);
    }),
    telemetry.subscribe('collect.refused', ({ reason, count }) => refusals(count, reason)),
    telemetry.subscribe('collect.step', ({ step, durationMs }) => steps(durationMs / 1000, step)),
  ];
}

function keeping(telemetry: Telemetry, make: SeriesMaker): Ends {
  const duration = make.measure('log_commit_seconds', 'One group commit: write and fsync', fastSeconds);
  const size = make.measure('log_commit_bytes', 'Bytes that shared one fsync', byteCounts);
  const appends = make.count('log_appends_total', 'Records appended');
  const events = make.count('log_events_total', 'Events appended');
  const bytes = make.count('log_bytes_total', 'Bytes appended');
  const refused = make.count('log_refused_total', 'Appends refused, by error code', 'code');
  const cut = make.count('log_cut_bytes_total', 'Bytes of torn tails cut at recovery');
  const trimmed = make.count('log_trimmed_bytes_total', 'Bytes removed below the progress of the writer');
  return [
    telemetry.subscribe('log.commit', (signal) => {
      duration(signal.durationMs / 1000);
      size(signal.bytes);
      appends(signal.appends);
      events(signal.events);
      bytes(signal.bytes);
    }),
    telemetry.subscribe('log.refused', ({ code }) => refused(1, code)),
    telemetry.subscribe('log.recovered', ({ cutBytes }) => cut(cutBytes)),
    telemetry.subscribe('log.trimmed', (signal) => trimmed(signal.bytes)),
  ];
}

function writing(telemetry: Telemetry, make: SeriesMaker): Ends {
  const duration = make.measure('writer_batch_seconds', 'One batch: read, prepare, insert', slowSeconds);
  const rows = make.measure('writer_batch_rows', 'Rows in one batch', rowCounts);
  const stored = make.count('writer_rows_total', 'Rows stored');
  const duplicates = make.count('writer_duplicates_total', 'Events that were a retry of a stored one');
  const quarantined = make.count(
    'writer_quarantined_total',
    'Events put into quarantine, by reason',
    'reason',
  );
  const lag = make.measure(
    'writer_lag_seconds',
    'Accepted to countable: the oldest event of each batch',
    lagSeconds,
  );
  const retries = make.count(
    'writer_retries_total',
    'Attempts that failed and are made again, by error code',
    'code',
  );
  const reconciled = make.count('writer_reconciled_total', 'Unclear outcomes that were read back');
  const modes = make.count('writer_mode_changes_total', 'Times that a mode was entered', 'mode');
  return [
    telemetry.subscribe('writer.batch', (signal) => {
      duration(signal.durationMs / 1000);
      rows(signal.rows);
      stored(signal.rows);
      duplicates(signal.duplicates);
      lag(signal.lagMaxMs / 1000);
    }),
    telemetry.subscribe('writer.quarantined', ({ reason, count }) => quarantined(count, reason)),
    telemetry.subscribe('writer.retry', ({ code }) => retries(1, code)),
    telemetry.subscribe('writer.reconciled', () => reconciled(1)),
    telemetry.subscribe('writer.mode', ({ to }) => modes(1, to)),
  ];
}

function answering(telemetry: Telemetry, make: SeriesMaker): Ends {
  const duration = make.measure(
    'store_query_seconds',
    'One question in the store, by where it was read from',
    slowSeconds,
    'source',
  );
  const read = make.count('store_rows_read_total', 'Rows read for questions');
  const slow = make.count('store_slow_total', 'Questions that took notably long, by kind', 'kind');
  const failed = make.count('store_failures_total', 'Failures of the store, by error code', 'code');
  const repaired = make.count('store_repaired_days_total', 'Rollup days rebuilt');
  const repairs = make.measure('store_repair_seconds', 'One repair of rollups', slowSeconds);
  const states = make.state('engine_state', 'The state of the engine process', ['starting', 'ready', 'down']);
  const starts = make.count('engine_starts_total', 'Starts of the engine process');
  const memory = make.level('engine_resident_bytes', 'Memory of the engine process');
  const cache = make.count('cache_lookups_total', 'Look-ups in the cache, by outcome', 'outcome');
  return [
    telemetry.subscribe('store.query', (signal) => {
      duration(signal.durationMs / 1000, signal.source);
      read(signal.rowsRead);
    }),
    telemetry.subscribe('store.slow', ({ kind }) => slow(1, kind)),
    telemetry.subscribe('store.failed', ({ code }) => failed(1, code)),
    telemetry.subscribe('store.repaired', ({ days, durationMs }) => {
      repaired(days);
      repairs(durationMs / 1000);
    }),
    telemetry.subscribe('engine.state', ({ state }) => {
      states(state);
      if (state === 'starting') starts(1);
    }),
    telemetry.subscribe('engine.memory', ({ residentBytes }) => memory(residentBytes)),
    telemetry.subscribe('cache.lookup', ({ outcome }) => cache(1, outcome)),
  ];
}

function reaching(telemetry: Telemetry, make: SeriesMaker): Ends {
  const busy = make.count(
    'postgres_pool_busy_total',
    'Times that a pool was found in use for 80 % or more, at most one a minute, by pool',
    'pool',
  );
  const replica = make.state('postgres_replica', 'Whether questions go to the replica, or why not', [
    'used',
    'behind',
    'down',
  ]);
  return [
    telemetry.subscribe('postgres.busy', ({ pool }) => busy(1, pool)),
    telemetry.subscribe('postgres.replica', ({ state }) => replica(state)),
  ];
}

function serving(telemetry: Telemetry, make: SeriesMaker): Ends {
  const requests = make.count('http_requests_total', 'Requests, by status', 'status');
  const duration = make.measure(
    'http_request_seconds',
    'Request to answer, by method and route',
    slowSeconds,
    'route',
  );
  const errors = make.count(
    'http_errors_total',
    'Answers with a status of 500 or above, by method and route',
    'route',
  );
  const deprecated = make.count(
    'http_deprecated_requests_total',
    'Requests to routes that go away, by method and route',
    'route',
  );
  const streams = make.level('http_streams_open', 'Streams that are open now');
  return [
    telemetry.subscribe('http.streams', ({ open }) => streams(open)),
    telemetry.subscribe('http.deprecated', ({ method, route }) => deprecated(1, `${method} ${route}`)),
    telemetry.subscribe('http.request', ({ method, route, status, durationMs }) => {
      requests(1, String(status));
      duration(durationMs / 1000, `${method} ${route}`);
      if (status >= 500) errors(1, `${method} ${route}`);
    }),
  ];
}
