/**
 * Where a Redis is, as one address:
 *
 *   redis[s]://[user[:password]@]host[:port][/database]
 *   redis[s]+sentinel://[user[:password]@]host[:port][,host[:port]…]/master[/database]
 *   redis[s]+cluster://[user[:password]@]host[:port][,host[:port]…]
 *
 * `rediss` is TLS. Behind a `?`: `ca=FILE` and `verify=false` for TLS; `sentinelUser`, `sentinelPassword`. An IPv6 address
 * stands in brackets; user and password are percent-encoded.
 */
import { failure } from '../errors.ts';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** At least one: the server, the sentinels, or some nodes of the cluster. */
  readonly nodes: readonly RedisNode[];
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  readonly tls?: { readonly caFile?: string; readonly verify: boolean };
  /** For `sentinel`. */
  readonly master?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** The address without password and parameters, for messages. */
  readonly shown: string;
}

const portDefault = { single: 6379, cluster: 6379, sentinel: 26_379 };
const parameters = ['ca', 'verify', 'sentinelUser', 'sentinelPassword'];
const shape = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^/?#]+)([^?#]*)(?:\?([^#]*))?$/i;

/** `setting` is the one that names it. Errors: setting_invalid, which never shows a password. */
export function parseRedisUrl(setting: string, url: string): RedisTarget {
  const invalid = (rule: string) =>
    failure('setting_invalid', { setting, rule, value: `an address of ${url.length} characters` });
  const [, secure, form, login, hosts = '', path = '', query = ''] = shape.exec(url) ?? [];
  if (secure === undefined)
    throw invalid('must be redis://, rediss://, redis+sentinel:// or redis+cluster:// with a host behind it');
  const kind = (form?.toLowerCase() ?? 'single') as RedisTarget['kind'];
  const nodes = hosts.split(',').map((each) => parseNode(each, portDefault[kind]));
  if (nodes.includes(undefined)) throw invalid('must name hosts as host or host:port');
  if (kind === 'single' && nodes.length > 1)
    throw invalid('must name one host; several are for redis+sentinel:// and redis+cluster://');
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined)
    throw invalid(`has the parameter ${unknown}, which is none of ${parameters.join(', ')}`);
  return {
    kind,
    nodes: nodes as RedisNode[],
    ...parseLogin(login, invalid),
    ...parsePath(kind, path, invalid),
    ...(secure === '' ? {} : { tls: tlsOf(given, invalid) }),
    ...optional('sentinelUsername', given.get('sentinelUser')),
    ...optional('sentinelPassword', given.get('sentinelPassword')),
    shown: `redis${secure.toLowerCase()}${kind === 'single' ? '' : `+${kind}`}://${hosts}${path}`,
  };
}

type Invalid = (rule: string) => Error;

function parseNode(text: string, port: number): RedisNode | undefined {
  const [, bracketed, plain, given] = /^(?:\[([0-9a-f:.]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(given ?? 1) > 65_535 || Number(given ?? 1) === 0) return undefined;
  return { host, port: given === undefined ? port : Number(given) };
}

function parseLogin(login: string | undefined, invalid: Invalid) {
  if (login === undefined || login === '') return {};
  const colon = login.indexOf(':');
  try {
    const username = decodeURIComponent(colon < 0 ? login : login.slice(0, colon));
    const password = colon < 0 ? '' : decodeURIComponent(login.slice(colon + 1));
    return { ...optional('username', username), ...optional('password', password) };
  } catch {
    throw invalid('must have user and password percent-encoded');
  }
}

function parsePath(kind: RedisTarget['kind'], path: string, invalid: Invalid) {
  const parts = path.split('/').filter((part) => part !== '');
  if (kind === 'cluster') {
    if (parts.length > 0 && parts.join() !== '0')
      throw invalid('must name no database: a cluster has only 0');
    return { database: 0 };
  }
  const master = kind === 'sentinel' ? parts.shift() : undefined;
  if (kind === 'sentinel' && master === undefined)
    throw invalid('must name the master behind the sentinels: redis+sentinel://host:26379/mymaster');
  const [database = '0', ...rest] = parts;
  if (rest.length > 0 || !/^\d{1,6}$/.test(database)) throw invalid('must end with the number of a database');
  return { database: Number(database), ...optional('master', master) };
}

function tlsOf(given: URLSearchParams, invalid: Invalid) {
  const verify = given.get('verify') ?? 'true';
  if (verify !== 'true' && verify !== 'false') throw invalid('must have verify=true or verify=false');
  return { verify: verify === 'true', ...optional('caFile', given.get('ca')) };
}

function optional<K extends string>(
  name: K,
  value: string | null | undefined,
): { readonly [N in K]?: string } {
  return (value ? { [name]: value } : {}) as { readonly [N in K]?: string };
}
