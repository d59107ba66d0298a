/**
 * What a route is: data that says who may call it with which parameters, and a function from a call to an answer. It knows no
 * sockets and no framework; `app.ts` does the rest.
 */
import type { ServerResponse } from 'node:http';
import { failure } from '../errors.ts';
import type { Found } from '../people/sessions.ts';
import { closestName } from '../settings.ts';
import type { Right } from './access.ts';
import type { Deprecated } from './deprecation.ts';
import type { Grant } from './key-ring.ts';
import type { RouteDescription } from './openapi/describe.ts';
import type { Came } from './same-origin.ts';
import type { Ticket } from './stream-tickets.ts';

export interface Call {
  /** Of the key that was sent, or of the person who is signed in; on a route that asks for neither, undefined. */
  readonly grant: Grant | undefined;
  /** The named parts of the path. */
  readonly path: Readonly<Record<string, string>>;
  /** The query's parameters: only those that the route declares, each at most once. */
  readonly query: Readonly<Record<string, string>>;
  /** The JSON that was sent; undefined without a body. */
  readonly body: unknown;
  /** What the client wants back: its Accept header. */
  readonly accept: string | undefined;
  /** The request's headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Set when the request came with the cookie of a session, and without a key. */
  readonly session: Found | undefined;
  readonly client: Client;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** On an open route: counts the request as one of this asker, and of its address. Errors: rate_limited. */
  readonly count: (asker: string) => void;
  /** What a ticket stands for that was sent in place of a key. */
  readonly ticket?: Ticket;
}

/** Who is at the other end, seen through the proxies that are trusted. */
export interface Client extends Came {
  /** '' when it is not known. */
  readonly address: string;
}

export interface RouteAnswer {
  /** 200 when absent. With an `etag` among the headers, who has that answer already gets 304. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or a stream of bytes, which are sent as they are. */
  readonly body: unknown;
  /** A page that other sites may show in a frame; the others are refused that. */
  readonly isEmbeddable?: boolean;
  /** In place of the body: writes it, for as long as it likes. Headers are sent by then. */
  readonly takeOver?: (response: ServerResponse) => void;
}

/** `session`: somebody who is signed in, whatever their role; `open`: anybody. */
export type Access = Right | 'session' | 'open';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for its variable parts. */
  readonly path: string;
  /** What the caller's key or role must open. */
  readonly scope: Access;
  /** `any`: a page's own, which it reads itself. */
  readonly parameters?: readonly string[] | 'any';
  /** Its answer may be long: there is no HEAD of it. */
  readonly streams?: true;
  /** Takes `?ticket=` in place of a key. */
  readonly tickets?: true;
  /** What clients read about it, and are promised; a route without is not part of the API. */
  readonly describe?: RouteDescription;
  /** It goes away: every answer says so, and its use is counted. */
  readonly deprecated?: Deprecated;
  readonly handle: (call: Call) => Promise<RouteAnswer> | RouteAnswer;
}

/** The query of a request, held against the names that the route takes. Errors: request_invalid, with the name. */
export function readQuery(url: string, allowed: readonly string[]): Readonly<Record<string, string>> {
  const start = url.indexOf('?');
  const query: Record<string, string> = Object.create(null);
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (!allowed.includes(name)) throw unknownParameter(name, allowed);
    if (name in query)
      throw failure('request_invalid', { detail: `the parameter ${name} is given more than once` });
    query[name] = value;
  }
  return query;
}

const shownMax = 100;

function unknownParameter(name: string, allowed: readonly string[]) {
  const shown = JSON.stringify(name.slice(0, shownMax));
  const near =
    name.length > shownMax
      ? undefined
      : closestName(
          name,
          allowed.map((each) => each.toUpperCase()),
        );
  const meant = allowed.find((each) => each.toUpperCase() === near);
  const takes = allowed.length === 0 ? 'it takes none' : `it takes ${allowed.join(', ')}`;
  const hint = meant === undefined ? takes : `did you mean ${meant}?`;
  return failure('request_invalid', { detail: `there is no parameter ${shown} here; ${hint}` });
}

/** The members of a JSON object body, held against the names that the route takes. Errors: request_invalid. */
export function readObject(body: unknown, allowed: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw failure('request_invalid', { detail: 'the body must be a JSON object' });
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    const shown = JSON.stringify(unknown.slice(0, shownMax));
    throw failure('request_invalid', {
      detail: `the body has no field ${shown}; it has ${allowed.join(', ')}`,
    });
  }
  return body as Record<string, unknown>;
}

/** A text member of a body. Errors: request_invalid when it is missing (without a default) or no text. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string, fallback?: string): string {
  const value = body[name] ?? fallback;
  if (typeof value !== 'string') throw failure('request_invalid', { detail: `${name} must be text` });
  return value;
}
