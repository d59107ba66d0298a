/**
 * A database and how to reach it, put together from a URL and the DB_ settings, with the name of the setting that each part came
 * from: an error must name the one to change.
 */
import { invalidSetting } from '../settings.ts';

export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly tls: TlsTarget | undefined;
  /** `options` of the URL, handed to the server as they are. */
  readonly options: string | undefined;
  /** Which setting to change for which part. */
  readonly settings: Readonly<Record<TargetPart, string>>;
}

export type TargetPart = 'host' | 'port' | 'database' | 'user' | 'password' | 'tls';

/** As libpq has them, but for `prefer` and `allow`, which are taken as `require`: they would send passwords in the open. */
export interface TlsTarget {
  readonly mode: 'require' | 'verify-ca' | 'verify-full';
  /** Files; `system` stands for the certificates that come with Node. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

interface Given {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

const fallback = { host: 'localhost', port: 5432, database: 'millrace', user: 'postgres' };

/** `setting`: the one that holds the URL. Errors: setting_invalid. */
export function postgresTarget(given: Given, setting: string, url: string | undefined): PostgresTarget {
  const parts = url === undefined ? {} : readUrl(setting, url);
  const from = <T>(inUrl: T | undefined, name: string) => (inUrl === undefined ? name : setting);
  return {
    host: parts.host ?? given.host ?? fallback.host,
    port: parts.port ?? given.port ?? fallback.port,
    database: parts.database ?? given.name ?? fallback.database,
    user: parts.user ?? given.user ?? fallback.user,
    password: parts.password ?? given.password,
    tls: parts.tls,
    options: parts.options,
    settings: {
      host: from(parts.host, 'DB_HOST'),
      port: from(parts.port, parts.host === undefined ? 'DB_PORT' : setting),
      database: from(parts.database, 'DB_NAME'),
      user: from(parts.user, 'DB_USER'),
      password: from(parts.password, 'DB_PASSWORD'),
      // only a URL can say how
      tls: url === undefined ? 'DATABASE_URL' : setting,
    },
  };
}

interface UrlParts {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsTarget | undefined;
  readonly options?: string | undefined;
}

const form = 'must be an address such as postgres://USER:PASSWORD@HOST:5432/NAME';
const escapes = 'in which the signs / ? # @ : % of user and password are written as %2F %3F %23 %40 %3A %25';

function readUrl(setting: string, url: string): UrlParts {
  const refuse = (rule: string) => invalidSetting(setting, rule, url, true);
  if (!/^postgres(ql)?:\/\//i.test(url)) throw refuse(form);
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hash !== '') throw refuse(`${form}, ${escapes}`);
  const text = (part: string | null) => {
    if (part === null || part === '') return undefined;
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse(`${form}, ${escapes}`);
    }
  };
  const query = parsed.searchParams;
  return {
    host: text(parsed.hostname.replace(/^\[(.*)\]$/, '$1')) ?? query.get('host') ?? undefined,
    port: parsed.port === '' ? undefined : Number(parsed.port),
    database: text(parsed.pathname.slice(1)),
    user: text(parsed.username),
    password: text(parsed.password),
    tls: readTls(setting, query),
    options: query.get('options') ?? undefined,
  };
}

function readTls(setting: string, query: URLSearchParams): TlsTarget | undefined {
  const mode = query.get('sslmode') ?? (query.get('ssl') === 'true' ? 'require' : 'disable');
  const files = {
    rootCertificate: query.get('sslrootcert') ?? undefined,
    certificate: query.get('sslcert') ?? undefined,
    key: query.get('sslkey') ?? undefined,
  };
  switch (mode) {
    case 'disable':
      return undefined;
    case 'allow':
    case 'prefer':
    case 'require':
      // libpq: with a root certificate, `require` verifies
      return { mode: files.rootCertificate === undefined ? 'require' : 'verify-ca', ...files };
    case 'no-verify':
      return { mode: 'require', ...files };
    case 'verify-ca':
    case 'verify-full':
      return { mode, ...files };
    default:
      throw invalidSetting(
        setting,
        'must have an sslmode of disable, require, verify-ca or verify-full',
        mode,
      );
  }
}

/** Where it is, for messages: `db.example.com:5432`. */
export function placeOf({ host, port }: PostgresTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
