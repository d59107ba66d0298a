/**
 * How PostgreSQL is reached and how much of it is used. Most names are the field's own. A URL wins over DB_HOST and its siblings part
 * by part: what the URL leaves out comes from them, so that a password may stay out of the URL.
 */
import {
  type Environment,
  hours,
  integer,
  invalidSetting,
  milliseconds,
  readSettings,
  secret,
  settingsGroup,
  text,
  type Values,
} from '../settings.ts';
import { type PostgresTarget, postgresTarget } from './postgres-target.ts';

export const postgresSettings = settingsGroup('PostgreSQL', {
  url: secret('DATABASE_URL', {
    charactersMin: 11,
    doc: 'The database, as `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=verify-full`, where MILLRACE_STORE or MILLRACE_CATALOG is `postgres:` without an address of its own. `sslmode` is disable, require, verify-ca or verify-full; `sslrootcert`, `sslcert` and `sslkey` name files.',
  }),
  host: text('DB_HOST', {
    doc: 'The host, where no URL names one; a path is the directory of a Unix socket.',
  }),
  port: integer('DB_PORT', { min: 1, max: 65_535, doc: 'The port, where no URL names one; otherwise 5432.' }),
  name: text('DB_NAME', { doc: 'The database, where no URL names one; otherwise `millrace`.' }),
  user: text('DB_USER', { doc: 'The user, where no URL names one; otherwise `postgres`.' }),
  password: {
    ...secret('DB_PASSWORD', { charactersMin: 1, doc: 'The password, where no URL has one.' }),
    // it is the server's to say what a password may be
    rule: 'must be text',
    parse: (given: string) => given,
  },
  schema: text('MILLRACE_POSTGRES_SCHEMA', {
    default: 'millrace',
    pattern: /^[a-z_][a-z0-9_]{0,62}$/,
    rule: 'must be at most 63 lower-case letters, digits and underscores, and not begin with a digit',
    doc: 'The schema that holds our tables; it is made when it is missing.',
  }),
  poolMax: integer('DB_POOL_MAX', {
    default: '50',
    min: 2,
    max: 10_000,
    doc: 'The most connections of this process for writing. Held to what the server gives; connections open when they are needed.',
  }),
  poolMin: integer('DB_POOL_MIN', {
    default: '10',
    max: 10_000,
    doc: 'How many of them stay open when nobody needs them.',
  }),
  readHost: text('DB_READ_HOST', {
    doc: 'A streaming replica that questions are asked of, with the same user, password and database. Without it, or while it is down or too far behind, the primary is asked.',
  }),
  readPort: integer('DB_READ_PORT', {
    min: 1,
    max: 65_535,
    doc: "The replica's port; otherwise the primary's.",
  }),
  readPoolMax: integer('DB_READ_POOL_MAX', {
    default: '100',
    min: 1,
    max: 10_000,
    doc: 'The most connections of this process for questions.',
  }),
  readPoolMin: integer('DB_READ_POOL_MIN', {
    default: '20',
    max: 10_000,
    doc: 'How many of them stay open when nobody needs them.',
  }),
  replicaLagMs: milliseconds('MILLRACE_POSTGRES_REPLICA_LAG_MS', {
    default: '5000',
    min: 100,
    max: 3_600_000,
    doc: 'How far behind the replica may be; while it is further, the primary is asked.',
  }),
  connectMs: milliseconds('MILLRACE_POSTGRES_CONNECT_MS', {
    default: '5000',
    min: 100,
    max: 300_000,
    doc: 'How long to wait for a connection, for a new one as for a free one.',
  }),
  lifetimeMs: hours('MILLRACE_POSTGRES_CONNECTION_HOURS', {
    default: '1',
    min: 60_000,
    max: 30 * 24 * 3_600_000,
    doc: 'How long a connection is used before a new one takes its place.',
  }),
  statementMs: milliseconds('MILLRACE_POSTGRES_STATEMENT_MS', {
    default: '30000',
    min: 100,
    max: 3_600_000,
    doc: 'How long one statement may run before the server breaks it off. Questions have MILLRACE_QUESTION_TIME_MS instead.',
  }),
  slowMs: milliseconds('MILLRACE_POSTGRES_SLOW_MS', {
    default: '1000',
    min: 1,
    max: 3_600_000,
    doc: 'From how long on a question to PostgreSQL counts as slow and is reported.',
  }),
});

export type PostgresValues = Values<typeof postgresSettings>;

export interface PostgresConfig extends PostgresValues {
  readonly primary: PostgresTarget;
  readonly replica: PostgresTarget | undefined;
}

/** Whether the field's own names say that there is a PostgreSQL. */
export function namesPostgres(values: PostgresValues): boolean {
  return values.url !== undefined || values.host !== undefined;
}

/**
 * The settings with where they point to. `location`: the setting that chose PostgreSQL and what stands in it (`postgres://…`, or
 * `postgres:` alone for "by DATABASE_URL or DB_HOST"); undefined when nothing but those did. Errors: setting_invalid.
 */
export function postgresConfig(
  environment: Environment,
  location?: { readonly setting: string; readonly url: string },
): PostgresConfig {
  const values = readSettings(postgresSettings, environment);
  const holds = location !== undefined && location.url.replace(/^[a-z]+:(\/\/)?/i, '') !== '';
  const given = holds ? location : { setting: 'DATABASE_URL', url: values.url };
  const primary = postgresTarget(values, given.setting, given.url);
  refuseOrder(values.poolMin, values.poolMax, 'DB_POOL_MIN', 'DB_POOL_MAX');
  refuseOrder(values.readPoolMin, values.readPoolMax, 'DB_READ_POOL_MIN', 'DB_READ_POOL_MAX');
  return Object.freeze({ ...values, primary, replica: replicaOf(values, primary) });
}

function replicaOf(values: PostgresValues, primary: PostgresTarget): PostgresTarget | undefined {
  if (values.readHost === undefined) return undefined;
  const settings = { ...primary.settings, host: 'DB_READ_HOST', port: 'DB_READ_PORT' };
  return { ...primary, host: values.readHost, port: values.readPort ?? primary.port, settings };
}

function refuseOrder(min: number, max: number, minName: string, maxName: string): void {
  if (min > max)
    throw invalidSetting(minName, `must not be more than ${maxName}, which is ${max}`, String(min));
}
