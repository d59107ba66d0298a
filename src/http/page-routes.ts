/**
 * What browsers load: the status page at `/` until the dashboard takes its place, and the script that other sites track with. Files, read
 * once when the server opens. Nothing in them is secret or made per visitor.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { failure } from '../errors.ts';
import type { Route, RouteAnswer } from './route.ts';

const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = [
  { path: '/', file: 'status.html', type: 'text/html; charset=utf-8' },
  { path: '/status/page.css', file: 'status.css', type: 'text/css; charset=utf-8' },
  { path: '/status/page.js', file: 'status.js', type: 'text/javascript; charset=utf-8' },
  { path: '/status/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
];

/** Built by `npm run pages`; the published package has it at the same place. */
const trackerScript = new URL('../../tracker/browser/dist/m.js', import.meta.url);

export function pageRoutes(): readonly Route[] {
  return [...statusRoutes(), trackerRoute()];
}

function statusRoutes(): readonly Route[] {
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

/** What pages of other sites track with. A day old at most, since they all ask for it. */
function trackerRoute(): Route {
  const answer = existsSync(trackerScript) ? scriptAnswer(readFileSync(trackerScript, 'utf8')) : undefined;
  return {
    method: 'GET',
    path: '/m.js',
    scope: 'open',
    handle: () => {
      if (answer === undefined)
        throw failure('not_found', { detail: 'the script for pages is not built; run: npm run pages' });
      return answer;
    },
  };
}

function scriptAnswer(body: string): RouteAnswer {
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=86400, stale-while-revalidate=604800',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  };
  return { headers, body };
}
