/**
 * Whether a request that carries a cookie comes from a page of this server. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`
 * with every request that changes something; no page can write either.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { failure } from '../errors.ts';

export interface Came {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether it came by TLS. */
  readonly isSecure: boolean;
}

const reads = new Set(['GET', 'HEAD']);

/** `isKnown`: it has a session. Without one, a program that says nothing of where it comes from may pass. Errors: cross_site. */
export function refuseCrossSite({ method, headers, isSecure }: Came, isKnown: boolean): void {
  const site = headers['sec-fetch-site'];
  const isRead = reads.has(method);
  if (site !== undefined) {
    // a link from elsewhere may be followed; what another page embeds or fetches, nobody asked for
    const isFollowed = isRead && headers['sec-fetch-mode'] === 'navigate';
    if (site === 'same-origin' || (isRead && site === 'none') || isFollowed) return;
    throw failure('cross_site', {});
  }
  const { origin, host } = headers;
  if (origin === undefined ? isRead || !isKnown : isOwn(origin, host, isSecure)) return;
  throw failure('cross_site', {});
}

/** Behind TLS a page that came without it is another's. */
function isOwn(origin: string, host: string | undefined, isSecure: boolean): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const scheme = new URL(origin).protocol;
  if (isSecure ? scheme !== 'https:' : scheme !== 'http:' && scheme !== 'https:') return false;
  return (
    URL.canParse(`${scheme}//${host}`) && new URL(`${scheme}//${host}`).origin === new URL(origin).origin
  );
}
