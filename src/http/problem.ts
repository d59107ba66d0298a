/**
 * Every error answer: an RFC 9457 problem document with a stable `code`. What the asker did wrong is said in full; what went
 * wrong inside is said without paths, addresses or stacks, and printed for the operator with the request's id.
 */
import { STATUS_CODES } from 'node:http';
import { type ErrorCode, failure, isFailure, type MillraceError } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface ProblemContext {
  readonly requestId: string;
  readonly method: string;
  /** Without the query, since a key may stand there. */
  readonly path: string;
  readonly telemetry: Telemetry;
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const problemType = 'application/problem+json';

const retryAfterDefaultMs = 1_000;
/** A full log empties at the pace of the store; asking each second would only add load. */
const retryAfterMs: { readonly [C in ErrorCode]?: number } = { log_full: 10_000, store_unavailable: 5_000 };

/** What is said of failures inside, whose own messages are for the operator. */
const insideDetails: { readonly [C in ErrorCode]?: string } = {
  log_full: 'the log is full; nothing of this request was kept; send it again later',
  log_overloaded:
    'more is coming in than can be written; nothing of this request was kept; send it again shortly',
  log_write_failed: 'writing to the log failed; nothing of this request is acknowledged; send it again',
  log_sync_failed: 'the log failed; nothing of this request is acknowledged; send it again',
  log_closed: 'the server is going down; send this again shortly',
  bodies_in_flight: 'the server holds as many bodies as it may; send this again shortly',
  store_unavailable: 'the store cannot be asked now; accepted events are kept meanwhile',
  catalog_unavailable: 'the catalog of projects and keys cannot be read or written now',
};

/** `extra`: members beside the standard ones, such as the results of a collect request. */
export function problemAnswer(
  thrown: unknown,
  context: ProblemContext,
  extra: Readonly<Record<string, unknown>> = {},
): ProblemAnswer {
  const error = known(thrown, context);
  const body = {
    type: `urn:millrace:error:${error.code}`,
    title: titleOf(error),
    status: error.status,
    detail: detailOf(error),
    instance: context.path,
    code: error.code,
    requestId: context.requestId,
    ...detailsOf(error),
    ...extra,
  };
  return { status: error.status, headers: headersOf(error), body: JSON.stringify(body) };
}

/** Prints what was not foreseen, with its stack, and what an operator must hear of. */
function known(thrown: unknown, { requestId, method, path, telemetry }: ProblemContext): MillraceError {
  const foreseen = isFailure(thrown);
  const error = foreseen ? thrown : failure('internal', { requestId }, thrown);
  if (error.status === 500 || error.code === 'catalog_unavailable') {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const message = foreseen ? error.message : 'a request failed in a way that was not foreseen';
    telemetry.publish('note', { level: 'error', message, fields: { requestId, method, path, stack } });
  }
  return error;
}

/** The same for every error of a code: 'body_too_large' is 'Body too large'. */
function titleOf(error: MillraceError): string {
  const words = error.code.replaceAll('_', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

function detailOf(error: MillraceError): string {
  if (error.status < 500 || error.code === 'internal') return error.message;
  return insideDetails[error.code] ?? `the server cannot do this now (${STATUS_CODES[error.status]})`;
}

const standard = new Set([
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'code',
  'requestId',
  'retryAfterMs',
]);

/** What the error knows beside its message, such as `pointer` or `bytesMax`; never of a failure inside. */
function detailsOf(error: MillraceError): Record<string, unknown> {
  if (error.status >= 500) return {};
  return Object.fromEntries(Object.entries(error.details).filter(([name]) => !standard.has(name)));
}

function headersOf(error: MillraceError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': problemType };
  if (error.status === 401) headers['www-authenticate'] = 'Bearer';
  if (error.status === 405) headers.allow = String(error.details.allowed);
  if (error.status === 429 || error.status === 503) {
    const own = error.details.retryAfterMs;
    const waitMs = typeof own === 'number' ? own : (retryAfterMs[error.code] ?? retryAfterDefaultMs);
    headers['retry-after'] = String(Math.max(1, Math.ceil(waitMs / 1000)));
  }
  return headers;
}
