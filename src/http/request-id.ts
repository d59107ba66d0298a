/** Each request has an id that its answer, its problem document and what is printed about it share. */
import type { IncomingMessage } from 'node:http';

/** Letters, digits and a few signs: what a caller sends ends up in headers and in what prints. */
const sane = /^[\w.:~+/=-]{1,128}$/;

/** The caller's `X-Request-Id` when it is sane, else a new one. */
export function requestIdOf(request: IncomingMessage, newId: () => string): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && sane.test(given) ? given : newId();
}

/** The path of a request without its query. */
export function pathOf(url: string | undefined): string {
  const whole = url ?? '/';
  const end = whole.indexOf('?');
  return end < 0 ? whole : whole.slice(0, end);
}
