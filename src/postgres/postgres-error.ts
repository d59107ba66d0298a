/**
 * How a call to PostgreSQL failed: what kind of failure, whether something of it may have landed, and one line that says which
 * setting to change. Adapters turn it into the errors of their contract by its kind, never by its words.
 */
import { type PostgresTarget, placeOf } from './postgres-target.ts';

export type PostgresErrorKind =
  /** No connection could be made. */
  | 'unreachable'
  /** The server does not take this user or password. */
  | 'login'
  /** There is no such database. */
  | 'database'
  /** This server will not do: too old, or read only where we must write. */
  | 'unsuitable'
  | 'rights'
  /** No connection is free, here or at the server. */
  | 'crowded'
  /** The server's disk or memory is full. */
  | 'full'
  /** The connection broke while something was under way. */
  | 'lost'
  | 'timeout'
  | 'cancelled'
  /** Another transaction was in the way; the same may be tried again. */
  | 'conflict'
  /** The values themselves are refused. */
  | 'data'
  | 'other';

/** `none`: provably nothing of it is stored. `unclear`: the answer to the commit did not come. */
export type Outcome = 'none' | 'unclear';

export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly kind: PostgresErrorKind;
  readonly outcome: Outcome;
  /** PostgreSQL's five signs; undefined when it said nothing. */
  readonly sqlState: string | undefined;

  constructor(
    kind: PostgresErrorKind,
    message: string,
    { sqlState, outcome = 'none', cause }: { sqlState?: string; outcome?: Outcome; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.outcome = outcome;
    this.sqlState = sqlState;
  }
}

/** By five signs, else by the class that the first two are (PostgreSQL's documentation, appendix A). */
const kinds: Readonly<Record<string, PostgresErrorKind>> = {
  '28': 'login',
  '3D000': 'database',
  '42501': 'rights',
  '25006': 'unsuitable',
  '53': 'full',
  '53300': 'crowded',
  '57014': 'timeout',
  '57': 'lost',
  // cannot_connect_now: it starts or stops
  '57P03': 'unreachable',
  '08': 'lost',
  '25P03': 'lost',
  '25P04': 'lost',
  '40': 'conflict',
  '55P03': 'conflict',
  '22': 'data',
  '23': 'data',
};

interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
}

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && 'severity' in error && /^[0-9A-Z]{5}$/.test(String((error as ServerError).code));

/** An error of a connection that was being made. */
export function connectError(error: unknown, target: PostgresTarget): PostgresError {
  if (error instanceof PostgresError) return error;
  const place = placeOf(target);
  const { settings } = target;
  const cause = error;
  if (isServerError(error)) {
    // PgBouncer tells everything under 08P01
    const kind = error.code === '08P01' ? bouncerKind(error.message) : kindOf(error.code);
    const known = kind === 'lost' ? 'unreachable' : kind;
    return new PostgresError(known, serverLine(known, error, target), { sqlState: error.code, cause });
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/password must be a|pgpass/i.test(message) || target.password === undefined)
    if (/SASL|password/i.test(message)) {
      const line = `PostgreSQL at ${place} wants a password for user "${target.user}": set ${settings.password}`;
      return new PostgresError('login', line, { cause });
    }
  if (/does not support SSL/.test(message)) {
    const line = `PostgreSQL at ${place} has no TLS: set sslmode=disable in ${settings.tls}, or switch ssl on in the server`;
    return new PostgresError('unreachable', line, { cause });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS/.test(code)) {
    const line = `the certificate of PostgreSQL at ${place} cannot be trusted (${message}): name its authority by sslrootcert=FILE in ${settings.tls}, or set sslmode=require to go on without checking`;
    return new PostgresError('unreachable', line, { cause });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const line = `there is no address for the host "${target.host}" (${code}): correct ${settings.host}`;
    return new PostgresError('unreachable', line, { cause });
  }
  const why = code || (/timeout|timed out/i.test(message) ? 'no answer in time' : message);
  const line = `PostgreSQL at ${place} cannot be reached (${why}): correct ${settings.host}, or see to it that the server runs and takes connections there`;
  return new PostgresError('unreachable', line, { cause });
}

/** An error of a statement. `committing`: the commit was on its way when it came. */
export function statementError(error: unknown, target: PostgresTarget, committing: boolean): PostgresError {
  if (error instanceof PostgresError) return error;
  if (!isServerError(error)) {
    const message = `the connection to PostgreSQL at ${placeOf(target)} broke: ${(error as Error).message}`;
    return new PostgresError('lost', message, { outcome: committing ? 'unclear' : 'none', cause: error });
  }
  const kind = kindOf(error.code);
  return new PostgresError(kind, serverLine(kind, error, target), {
    sqlState: error.code,
    // a server that goes down may have committed first
    outcome: committing && kind === 'lost' ? 'unclear' : 'none',
    cause: error,
  });
}

const kindOf = (code: string): PostgresErrorKind => kinds[code] ?? kinds[code.slice(0, 2)] ?? 'other';

/** Its words are all that there is to tell by. */
function bouncerKind(message: string): PostgresErrorKind {
  if (/no such database|database .* does not exist/i.test(message)) return 'database';
  if (/no such user|auth|password|SASL/i.test(message)) return 'login';
  if (/no more connections|too many/i.test(message)) return 'crowded';
  return 'unreachable';
}

function serverLine(kind: PostgresErrorKind, { message, code }: ServerError, target: PostgresTarget): string {
  const { user, database, settings } = target;
  const server = `PostgreSQL at ${placeOf(target)}`;
  const said = `${message} (${code})`;
  switch (kind) {
    case 'login':
      return code === '28P01' || target.password === undefined || /password|SASL/i.test(message)
        ? `${server} refuses the password of user "${user}" (${said}): set the right one in ${settings.password}`
        : `${server} refuses user "${user}" (${said}): correct ${settings.user}, or let the user in by the server's pg_hba.conf`;
    case 'database':
      return `there is no database "${database}" on ${server}: make it (CREATE DATABASE "${database}"), or name another in ${settings.database}`;
    case 'rights':
      return `user "${user}" may not do this in database "${database}" of ${server} (${said}): GRANT it the right, such as CREATE ON DATABASE "${database}", or name another user in ${settings.user}`;
    case 'crowded':
      return `${server} gives no further connection (${said}): lower DB_POOL_MAX and DB_READ_POOL_MAX of the processes that share it, or raise max_connections`;
    case 'full':
      return `${server} has no room (${said}): make room on its disk or memory; events wait in the log meanwhile`;
    case 'unsuitable':
      return `${server} is read only (${said}): name the primary in ${settings.host}`;
    case 'unreachable':
      return `${server} takes no connections now (${said})`;
    default:
      return `${server}: ${said}`;
  }
}
