/**
 * The API as functions, in Node and in browsers: on `fetch`, with the types of schema.ts, which come from the server's own description.
 * It neither retries nor keeps anything: a browser's cache does that by the answers' ETags.
 */
import { MillraceApiError, type Problem } from './errors.ts';
import {
  type AnswerMeta,
  type BreakdownData,
  type EventsData,
  type ExperimentData,
  type FunnelData,
  type LiveData,
  type Operations,
  operations,
  type PathsData,
  type PeopleData,
  type Plan,
  type RetentionData,
  type SeriesData,
  type SessionsData,
  type SummaryData,
  type TrendData,
  type UserData,
} from './schema.ts';

export interface ApiOptions {
  /** Of the server, like https://millrace.example.com; '' is the one that the page came from. */
  readonly url: string;
  /** A read key; an admin key for what changes something. Absent: the page's own session. */
  readonly key?: string;
  /** In place of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The data that the answer to a plan has: the kind says which, and what turns it into another. */
export type DataOf<P extends Plan> = P extends {
  readonly kind: 'summary' | 'trend';
  readonly series: readonly unknown[];
}
  ? SeriesData
  : P extends { readonly kind: 'funnel'; readonly people: object }
    ? PeopleData
    : ByKind[P['kind']];

interface ByKind {
  readonly summary: SummaryData;
  readonly trend: TrendData;
  readonly breakdown: BreakdownData;
  readonly events: EventsData;
  readonly funnel: FunnelData;
  readonly retention: RetentionData;
  readonly paths: PathsData;
  readonly sessions: SessionsData;
  readonly users: PeopleData;
  readonly user: UserData;
  readonly live: LiveData;
  readonly experiment: ExperimentData;
}

export interface AnswerOf<P extends Plan> {
  readonly data: DataOf<P>;
  readonly meta: AnswerMeta;
}

type Id = keyof Operations;
/** What must be given when it has members that must; null means that there is none. */
type Part<Name extends string, T> = T extends null
  ? unknown
  : Record<never, never> extends T
    ? { readonly [N in Name]?: T }
    : undefined extends T
      ? { readonly [N in Name]?: T }
      : { readonly [N in Name]: T };

/** What an operation takes: `path`, `query`, `headers`, `body`, as far as it has them. */
export type Given<I extends Id> = Part<'path', Operations[I]['path']> &
  Part<'query', Operations[I]['query']> &
  Part<'headers', Operations[I]['headers']> &
  Part<'body', Operations[I]['body']>;

type Arguments<I extends Id> =
  Record<never, never> extends Given<I>
    ? [given?: Given<I>, options?: CallOptions]
    : [given: Given<I>, options?: CallOptions];

interface Loose {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export class MillraceApi {
  readonly #url: string;
  readonly #key: string | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor({ url, key, fetch }: ApiOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = key;
    // browsers want it called on the window
    this.#fetch = fetch ?? ((...asked) => globalThis.fetch(...asked));
  }

  /** Any question. Errors: MillraceApiError; what `fetch` throws when no server answers or `signal` aborts. */
  query<const P extends Plan>(plan: P, options: CallOptions = {}): Promise<AnswerOf<P>> {
    return this.#send('query', { body: plan }, options) as Promise<AnswerOf<P>>;
  }

  /** Any operation by its name: `api.call('trend', { query: { range: '7d' } })`. Errors: as `query`. */
  call<I extends Id>(id: I, ...[given, options]: Arguments<I>): Promise<Operations[I]['answer']> {
    return this.#send(id, given ?? {}, options ?? {}) as Promise<Operations[I]['answer']>;
  }

  async #send(id: Id, { path, query, headers, body }: Loose, { signal }: CallOptions): Promise<unknown> {
    const [method, pattern] = operations[id];
    const response = await this.#fetch(this.#url + filled(pattern, path) + searchOf(query), {
      method,
      headers: {
        accept: 'application/json, */*;q=0.1',
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    if (response.ok) return isJson ? response.json() : response.text();
    throw new MillraceApiError(response, isJson ? ((await response.json()) as Problem) : undefined);
  }
}

/** '/keys/{id}' with the id in it. */
const filled = (pattern: string, values: Loose['path'] = {}): string =>
  pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));

function searchOf(query: Loose['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return search === '' ? '' : `?${search}`;
}
