/**
 * The cookie of a session. Over TLS its name begins with `__Host-`, which browsers let nobody set but this very host over TLS, so that a
 * neighboring site cannot put a session of its own into a visitor's browser; then no other name is read.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { rotationMs, sessionIdleMs } from '../people/sessions.ts';

const plainName = 'millrace_session';
/** As long as it may lie unused; a token is a day old at most when the next one comes. */
const maxAgeSeconds = (sessionIdleMs + rotationMs) / 1000;

const nameOf = (isSecure: boolean): string => (isSecure ? `__Host-${plainName}` : plainName);

/** Undefined: there is none, or two that differ, of which nobody knows which one is the visitor's. */
export function sessionToken(
  headers: Pick<IncomingHttpHeaders, 'cookie'>,
  isSecure: boolean,
): string | undefined {
  if (headers.cookie === undefined) return undefined;
  const name = nameOf(isSecure);
  const found = new Set<string>();
  for (const pair of headers.cookie.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) found.add(pair.slice(at + 1).trim());
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** The value of `Set-Cookie`. */
export function sessionCookie(token: string, isSecure: boolean): string {
  return `${nameOf(isSecure)}=${token}; Path=/; Max-Age=${maxAgeSeconds}; ${attributes(isSecure)}`;
}

export function noSessionCookie(isSecure: boolean): string {
  return `${nameOf(isSecure)}=; Path=/; Max-Age=0; ${attributes(isSecure)}`;
}

const attributes = (isSecure: boolean): string => `HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
