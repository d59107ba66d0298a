/**
 * The status page at `/` until the dashboard takes its place: four static files beside this one, read once when the server opens.
 * Nothing in them is secret or made per visitor.
 */
import { readFileSync } from 'node:fs';
import type { Route } from './route.ts';

const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = [
  { path: '/', file: 'status.html', type: 'text/html; charset=utf-8' },
  { path: '/status/page.css', file: 'status.css', type: 'text/css; charset=utf-8' },
  { path: '/status/page.js', file: 'status.js', type: 'text/javascript; charset=utf-8' },
  { path: '/status/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
];

export function pageRoutes(): readonly Route[] {
  return files.map(({ path, file, type }) => {
    const body = readFileSync(new URL(`./page/${file}`, import.meta.url), 'utf8');
    const headers = {
      'content-type': type,
      'content-security-policy': contentSecurityPolicy,
      // asked for again each time, so that an upgrade shows at once
      'cache-control': 'no-cache',
    };
    return { method: 'GET', path, scope: 'open', handle: () => ({ headers, body }) };
  });
}
