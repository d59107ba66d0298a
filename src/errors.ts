/**
 * The catalogue of everything that can go wrong, one line each: HTTP status, whether trying the same thing
 * again can help, and the message. A message says what state, which rule, which setting, which value, what to do.
 * Code decides by `error.code`, never by a message's text. docs/errors.md is checked against this file.
 */

interface Entry<P> {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: (params: P) => string;
}

const entry = <P>(status: number, retryable: boolean, message: (params: P) => string): Entry<P> => ({
  status,
  retryable,
  message,
});

export const catalogue = {
  // settings and start
  setting_invalid: entry(
    500,
    false,
    (p: { setting: string; rule: string; value: string }) => `${p.setting} ${p.rule}, but is ${p.value}`,
  ),
  setting_unknown: entry(
    500,
    false,
    (p: { setting: string; meant: string | undefined }) =>
      `there is no setting ${p.setting}${p.meant ? `; did you mean ${p.meant}?` : ''} (all settings: docs/config.md)`,
  ),
  setting_scheme_not_built: entry(
    500,
    false,
    (p: { setting: string; scheme: string; built: string }) =>
      `${p.setting} names the scheme ${p.scheme}, which this version does not have; it has ${p.built}`,
  ),
  directory_locked: entry(
    500,
    false,
    (p: { directory: string; owner: string }) =>
      `${p.directory} is in use by ${p.owner}; one directory serves one process: stop that one, or set MILLRACE_DATA to another directory`,
  ),

  // requests
  unauthorized: entry(401, false, (p: { detail: string }) => p.detail),
  forbidden: entry(403, false, (p: { detail: string }) => p.detail),
  not_found: entry(404, false, (p: { detail: string }) => p.detail),
  method_not_allowed: entry(
    405,
    false,
    (p: { method: string; path: string; allowed: string }) =>
      `${p.path} does not take ${p.method}; it takes ${p.allowed}`,
  ),
  conflict: entry(409, false, (p: { detail: string }) => p.detail),
  request_invalid: entry(400, false, (p: { detail: string }) => p.detail),
  body_malformed: entry(400, false, (p: { detail: string }) => p.detail),
  body_empty: entry(
    400,
    false,
    (_: Record<never, never>) =>
      'the body holds no event; send one event, an array, {"events": [...]} or NDJSON',
  ),
  no_valid_event: entry(
    400,
    false,
    (p: { rejected: number }) =>
      `none of the ${p.rejected} events in the body is valid; "results" gives the reason for each`,
  ),
  body_too_large: entry(
    413,
    false,
    (p: { limit: string; bytesMax: number }) =>
      `the ${p.limit} is over the limit of ${p.bytesMax} bytes; send smaller batches`,
  ),
  too_many_events: entry(
    413,
    false,
    (p: { eventsMax: number }) => `the body holds more than ${p.eventsMax} events; send smaller batches`,
  ),
  media_type_unsupported: entry(
    415,
    false,
    (p: { contentType: string; allowed: string }) =>
      `the content type ${p.contentType} is not taken here; send ${p.allowed}`,
  ),
  not_acceptable: entry(
    406,
    false,
    (p: { accept: string; available: string }) =>
      `nothing that the Accept header ${p.accept} names can be had here; there is ${p.available}`,
  ),
  encoding_unsupported: entry(
    415,
    false,
    (p: { encoding: string }) =>
      `the content encoding ${p.encoding} is not taken here; send identity, gzip, br or zstd`,
  ),
  headers_too_large: entry(
    431,
    false,
    (p: { bytesMax: number }) =>
      `the headers are over the limit of ${p.bytesMax} bytes (MILLRACE_HEADER_BYTES_MAX)`,
  ),
  request_timeout: entry(
    408,
    true,
    (_: Record<never, never>) => 'the request took too long to arrive; send it again',
  ),
  bodies_in_flight: entry(
    503,
    true,
    (p: { bytesMax: number }) =>
      `requests in flight hold ${p.bytesMax} bytes, which is the bound (MILLRACE_BODIES_IN_FLIGHT_BYTES); try again shortly`,
  ),
  rate_limited: entry(429, true, (p: { detail: string; retryAfterMs?: number }) => p.detail),
  streams_full: entry(
    429,
    true,
    (p: { what: string; streamsMax: number; setting: string }) =>
      `${p.what} has ${p.streamsMax} streams open already, which is the bound (${p.setting}); close some, or ask again later`,
  ),
  server_closing: entry(
    503,
    true,
    (_: Record<never, never>) => 'the server is going down; send this again shortly',
  ),
  internal: entry(
    500,
    true,
    (p: { requestId: string }) =>
      `the server failed in a way it should not have; report the request id ${p.requestId}`,
  ),

  // sign-in
  sign_in_failed: entry(401, false, (_: Record<never, never>) => 'the e-mail or the password is wrong'),
  link_invalid: entry(
    401,
    false,
    (_: Record<never, never>) =>
      'this link was used already, or is older than an hour; make a new one with: millrace users link',
  ),
  sign_in_paused: entry(429, true, (p: { detail: string; retryAfterMs: number }) => p.detail),
  share_invalid: entry(
    404,
    false,
    (_: Record<never, never>) =>
      'this link is no longer valid: it was revoked, its time is over, or it was never made; ask who gave it to you for a new one',
  ),
  share_locked: entry(
    401,
    false,
    (_: Record<never, never>) =>
      'this board is shared with a password; send it to the path with /pass at its end, and the pass that comes back as x-millrace-pass',
  ),
  share_password_wrong: entry(401, false, (_: Record<never, never>) => 'the password of this board is wrong'),
  cross_site: entry(
    403,
    false,
    (_: Record<never, never>) =>
      'a request with the cookie of a session must come from a page of this server; other programs send a key',
  ),

  // log
  log_full: entry(503, true, (p: { detail: string }) => `the log can take no more: ${p.detail}`),
  log_overloaded: entry(
    503,
    true,
    (p: { bytesMax: number }) =>
      `the log has ${p.bytesMax} bytes waiting to be written, which is its bound; try again shortly`,
  ),
  log_write_failed: entry(
    503,
    true,
    (p: { path: string }) => `a write to ${p.path} failed; nothing of it is acknowledged`,
  ),
  log_sync_failed: entry(
    503,
    false,
    (p: { path: string }) =>
      `fsync of ${p.path} failed; what the disk holds is unknown, so this process must end and recover at the next start`,
  ),
  log_corrupt: entry(
    500,
    false,
    (p: { path: string; byte: number; detail: string; nextOffset: number }) =>
      `${p.path} is damaged at byte ${p.byte}: ${p.detail}; reading goes on at offset ${p.nextOffset}`,
  ),
  log_read_failed: entry(503, true, (p: { path: string }) => `${p.path} cannot be read now`),
  log_closed: entry(503, true, (_: Record<never, never>) => 'the log is closed; the server is going down'),
  log_trimmed: entry(
    500,
    false,
    (p: { partition: number; from: number; first: number }) =>
      `partition ${p.partition} begins at offset ${p.first}; offset ${p.from} is gone`,
  ),
  log_behind: entry(
    500,
    false,
    (p: { partition: number; next: number; progress: number }) =>
      `the log of partition ${p.partition} ends at offset ${p.next}, but the store has taken everything up to ${p.progress}: this is not the log that filled this store; set MILLRACE_LOG and MILLRACE_STORE to a pair that belongs together`,
  ),
  record_malformed: entry(500, false, (p: { detail: string }) => `the record cannot be read: ${p.detail}`),

  // catalog
  catalog_unavailable: entry(
    503,
    true,
    (p: { detail: string }) => `the catalog of projects and keys cannot be read or written now: ${p.detail}`,
  ),
  catalog_newer: entry(
    500,
    false,
    (p: { path: string; found: number; known: number }) =>
      `${p.path} has schema version ${p.found}, and this version knows ${p.known}; start the newer version that wrote it`,
  ),
  version_outdated: entry(
    412,
    false,
    (p: { thing: string; expected: number; version: number }) =>
      `${p.thing} has version ${p.version} by now, not ${p.expected}: somebody changed it; read it again and repeat the change`,
  ),
  saved_full: entry(
    409,
    false,
    (p: { kind: string; countMax: number }) =>
      `the project has ${p.countMax} of the kind ${p.kind} already, which is the limit; delete some that nobody needs`,
  ),
  saved_outdated: entry(
    409,
    false,
    (p: { id: string; detail: string }) =>
      `the question ${p.id} cannot be asked as it was saved (${p.detail}); correct it or what it names`,
  ),

  // PostgreSQL
  schema_newer: entry(
    500,
    false,
    (p: { path: string; found: number; known: number }) =>
      `${p.path} has schema version ${p.found}, and this version knows ${p.known}; start the newer version that wrote it`,
  ),

  // store
  store_unavailable: entry(
    503,
    true,
    (p: { detail: string }) => `the store cannot be asked now: ${p.detail}`,
  ),
  store_unclear: entry(
    503,
    true,
    (p: { detail: string }) => `it is not known whether the store took the batch: ${p.detail}`,
  ),
  store_refused: entry(500, false, (p: { detail: string }) => `the store refuses the rows: ${p.detail}`),
  store_fenced: entry(
    503,
    true,
    (p: { partition: number }) => `another writer moved partition ${p.partition}; re-read the progress`,
  ),

  // Redis
  redis_refused: entry(
    500,
    false,
    (p: { setting: string; detail: string }) =>
      `the Redis of ${p.setting} cannot be used: ${p.detail}; correct ${p.setting} or that Redis`,
  ),
  redis_unsafe: entry(
    500,
    false,
    (p: { setting: string; detail: string; remedy: string }) =>
      `the Redis of ${p.setting} would lose events that were acknowledged: ${p.detail}; ${p.remedy}`,
  ),
  redis_unavailable: entry(
    503,
    true,
    (p: { setting: string; detail: string }) => `the Redis of ${p.setting} cannot be used now: ${p.detail}`,
  ),
  redis_full: entry(
    503,
    true,
    (p: { setting: string; detail: string }) => `the Redis of ${p.setting} can take no more: ${p.detail}`,
  ),

  // import
  import_option_invalid: entry(400, false, (p: { detail: string }) => p.detail),
  import_input_invalid: entry(400, false, (p: { detail: string }) => p.detail),
  import_stopped: entry(503, true, (p: { detail: string }) => p.detail),

  // backup
  backup_unusable: entry(500, false, (p: { detail: string }) => `the backup cannot be used: ${p.detail}`),

  // questions
  plan_invalid: entry(
    400,
    false,
    (p: { pointer: string; rule: string; value: string }) => `${p.pointer || '/'} ${p.rule}; got ${p.value}`,
  ),
  over_time: entry(
    422,
    false,
    (p: { setting: string; limitMs: number; advice?: string }) =>
      `the question needs longer than ${p.limitMs} ms (${p.setting}); ${p.advice ?? 'ask for a shorter range or fewer groups'}`,
  ),
  over_memory: entry(
    422,
    false,
    (p: { setting: string; limitBytes: number; advice?: string }) =>
      `the question needs more than ${p.limitBytes} bytes of memory (${p.setting}); ${p.advice ?? 'ask for a shorter range or fewer groups'}`,
  ),
  over_rows: entry(
    422,
    false,
    (p: { setting: string; limitRows: number; advice?: string }) =>
      `the question reads more than ${p.limitRows} rows (${p.setting}); ${p.advice ?? 'ask for a shorter range or a narrower filter'}`,
  ),
  questions_too_many: entry(
    429,
    true,
    (p: { concurrencyMax: number; waitingMax: number; setting?: string }) =>
      `this key has as many questions waiting as it may, ${p.waitingMax} beside ${p.concurrencyMax} at work${
        p.setting === undefined ? '' : ` (${p.setting})`
      }; ask again once one is answered`,
  ),
  questions_overloaded: entry(
    503,
    true,
    (p: { waitingMax: number }) =>
      `${p.waitingMax} questions are waiting for the store already, which is the bound (MILLRACE_QUESTION_WAITING_MAX); ask again shortly`,
  ),
  question_cancelled: entry(
    499,
    true,
    (_: Record<never, never>) => 'the asker went away, so the question was stopped',
  ),
} satisfies Record<string, Entry<never>>;

export type ErrorCode = keyof typeof catalogue;
type Params<C extends ErrorCode> = Parameters<(typeof catalogue)[C]['message']>[0];

/** Every error that this project makes on purpose. `details` are safe to show to the asker. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = catalogue[code].status;
    this.retryable = catalogue[code].retryable;
    this.details = details;
  }
}

/** Makes the error `code`; the caller throws it. */
export function failure<C extends ErrorCode>(code: C, params: Params<C>, cause?: unknown): MillraceError {
  const message = (catalogue[code].message as (p: Params<C>) => string)(params);
  return new MillraceError(code, message, params as Record<string, unknown>, cause);
}

export function isFailure(error: unknown, code?: ErrorCode): error is MillraceError {
  return error instanceof MillraceError && (code === undefined || error.code === code);
}
