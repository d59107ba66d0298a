/**
 * What browsers load: the dashboard, and the script that other sites track with. Both are built by `npm run pages` and read once
 * when the server opens. Nothing in them is secret or made per visitor.
 */
import { failure } from '../errors.ts';
import { type BuiltFile, readBuilt, sendFile } from './built-files.ts';
import type { Route, RouteAnswer } from './route.ts';

/** In a checkout, and in the published package beside the compiled source. */
const dashboardFolder = new URL('../../dashboard/dist/', import.meta.url);
const trackerFolder = new URL('../../tracker/browser/dist/', import.meta.url);

/** Styles are set by the charts and menus as they are laid out; scripts come from files alone. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Addresses that the dashboard knows; it shows by itself what each is. */
const pages = ['/', '/sign-in', '/p/:project', '/p/:project/:page', '/p/:project/:page/:item'];

const forever = 'public, max-age=31536000, immutable';
/** Asked for again each time, so that an upgrade shows at once. */
const always = 'no-cache';
const aDay = 'public, max-age=86400, stale-while-revalidate=604800';

export function pageRoutes(): readonly Route[] {
  const built = readBuilt(dashboardFolder);
  const [script] = readBuilt(trackerFolder).filter(({ name }) => name === 'm.js');
  const index = built.find(({ name }) => name === 'index.html');
  const assets = built.filter(({ name }) => name.startsWith('assets/'));
  const others = built.filter((file) => file !== index && !assets.includes(file));
  return [
    ...pages.map((path) =>
      fileRoute(path, index, 'the dashboard', { 'content-security-policy': contentSecurityPolicy }),
    ),
    ...others.map((file) => fileRoute(`/${file.name}`, file, file.name)),
    assetRoute(assets),
    fileRoute('/m.js', script, 'the script for pages', {
      'cache-control': aDay,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    }),
  ];
}

function fileRoute(
  path: string,
  file: BuiltFile | undefined,
  what: string,
  headers: Readonly<Record<string, string>> = {},
): Route {
  return {
    method: 'GET',
    path,
    scope: 'open',
    parameters: 'any',
    handle: ({ headers: { 'accept-encoding': encodings } }) => {
      if (file === undefined) return notBuilt(what);
      return sendFile(file, encodings, { 'cache-control': always, ...headers });
    },
  };
}

/** A server started from a checkout by other means than npm start. */
function notBuilt(what: string): RouteAnswer {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  const words = `${what} is not built. Run <code>npm run pages</code> and start the server again; the API at /api answers meanwhile.`;
  return { headers, body: `<!doctype html><title>Millrace</title><p>${words}</p>` };
}

/** Named by what they hold, so they never change. */
function assetRoute(assets: readonly BuiltFile[]): Route {
  const byName = new Map(assets.map((file) => [file.name, file]));
  return {
    method: 'GET',
    path: '/assets/:file',
    scope: 'open',
    handle: ({ path, headers: { 'accept-encoding': encodings } }) => {
      const file = byName.get(`assets/${path.file}`);
      if (file === undefined)
        throw failure('not_found', {
          detail: 'this file is of another version of the dashboard; load the page again',
        });
      return sendFile(file, encodings, { 'cache-control': forever });
    },
  };
}
