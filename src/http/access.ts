/**
 * May this request do that? Takes the key from where it may stand and holds it against what the route asks for.
 * Missing or unknown: 401. Known, but not for this: 403.
 */
import type { IncomingMessage } from 'node:http';
import type { Scope } from '../catalog/catalog.ts';
import { failure } from '../errors.ts';
import { type Grant, type KeyRing, keyLengthMax } from './key-ring.ts';

/** A key's scope, or what an editor may: read, and change what people keep. */
export type Right = Scope | 'edit';

/** What each right opens: a route asks for one, and an admin's opens all. */
export const opens: Readonly<Record<Right, readonly Right[]>> = {
  write: ['write'],
  read: ['read'],
  edit: ['read', 'edit'],
  admin: ['write', 'read', 'edit', 'admin'],
};

const headerOnly =
  '?key= is for write keys on /api/collect only; send this key as "Authorization: Bearer KEY"';

/** The grant of the request's key when it opens `wanted`. Errors: unauthorized, forbidden. */
export function authorize(request: IncomingMessage, keys: KeyRing, wanted: Right): Grant {
  const header = request.headers.authorization;
  const secret = header === undefined ? keyOfQuery(request.url ?? '', wanted) : keyOfHeader(header);
  const grant = keys.find(secret);
  if (!grant) throw failure('unauthorized', { detail: 'this key is unknown or was revoked' });
  if (header === undefined && grant.scope !== 'write') throw failure('unauthorized', { detail: headerOnly });
  if (!opens[grant.scope].includes(wanted)) {
    throw failure('forbidden', {
      detail: `this is a ${grant.scope} key; here a key with the scope ${wanted === 'edit' ? 'admin' : wanted} is needed`,
    });
  }
  refuseForeignOrigin(request.headers.origin, grant);
  return grant;
}

function keyOfHeader(header: string): string {
  const secret = /^Bearer +(\S+) *$/i.exec(header.slice(0, keyLengthMax + 32))?.[1];
  if (secret === undefined)
    throw failure('unauthorized', {
      detail: 'the Authorization header must be: Bearer, a blank, and the key',
    });
  return secret;
}

/** Addresses get into logs and histories, so only a key that is public anyway may stand in one. */
function keyOfQuery(url: string, wanted: Right): string {
  const start = url.indexOf('?');
  const secret = start < 0 ? null : new URLSearchParams(url.slice(start)).get('key');
  if (secret === null || secret === '')
    throw failure('unauthorized', { detail: 'a key is missing; send it as "Authorization: Bearer KEY"' });
  if (wanted !== 'write') {
    const detail =
      '?key= is for write keys on /api/collect only; send this key as "Authorization: Bearer KEY"';
    throw failure('unauthorized', { detail });
  }
  return secret;
}

/** Browsers name the page's origin with every POST and every call across origins; other clients do not and may pass. */
function refuseForeignOrigin(origin: string | undefined, grant: Grant): void {
  if (grant.scope !== 'write' || grant.origins.length === 0 || origin === undefined) return;
  if (!grant.origins.includes(origin.toLowerCase())) {
    throw failure('forbidden', { detail: `this key may not be used from pages of ${origin.slice(0, 200)}` });
  }
}
