/**
 * What browsers load: the dashboard, and the script that other sites track with. Both are built by `npm run pages` and read once
 * when the server opens. Nothing in them is secret or made per visitor.
 */
import { failure, isFailure } from '../errors.ts';
import type { Guests } from '../shares/guests.ts';
import { type BuiltFile, readBuilt, sendFile } from './built-files.ts';
import type { Route, RouteAnswer } from './route.ts';

/** In a checkout, and in the published package beside the compiled source. */
const dashboardFolder = new URL('../../dashboard/dist/', import.meta.url);
const trackerFolder = new URL('../../tracker/browser/dist/', import.meta.url);

/** Styles are set by the charts and menus as they are laid out; scripts come from files alone. */
const contentSecurityPolicy = (framedBy: "'none'" | '*') =>
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
  `font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ${framedBy}`;

/** Addresses that the dashboard knows; it shows by itself what each is. */
const pages = ['/', '/sign-in', '/p/:project', '/p/:project/:page', '/p/:project/:page/:item'];

const forever = 'public, max-age=31536000, immutable';
/** Asked for again each time, so that an upgrade shows at once. */
const always = 'no-cache';
const aDay = 'public, max-age=86400, stale-while-revalidate=604800';

/** `guests`: who has a link to a dashboard; absent: nothing is shared here. */
export function pageRoutes(guests?: Pick<Guests, 'find'>): readonly Route[] {
  const built = readBuilt(dashboardFolder);
  const [script] = readBuilt(trackerFolder).filter(({ name }) => name === 'm.js');
  const index = built.find(({ name }) => name === 'index.html');
  const assets = built.filter(({ name }) => name.startsWith('assets/'));
  const others = built.filter((file) => file !== index && !assets.includes(file));
  return [
    ...pages.map((path) =>
      fileRoute(path, index, 'the dashboard', { 'content-security-policy': contentSecurityPolicy("'none'") }),
    ),
    ...(guests ? [sharedRoute(index, guests)] : []),
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

/** Of a link that is no longer good the page says so, with the status that fits; a frame of another site shows those that may be framed. */
function sharedRoute(index: BuiltFile | undefined, guests: Pick<Guests, 'find'>): Route {
  return {
    method: 'GET',
    path: '/shared/:token',
    scope: 'open',
    parameters: 'any',
    handle: async ({ path, client, headers: { 'accept-encoding': encodings } }) => {
      if (index === undefined) return notBuilt('the dashboard');
      const found = await lookUp(guests, path.token!, client.address);
      const isEmbeddable = found.canEmbed;
      const headers = {
        'cache-control': always,
        'content-security-policy': contentSecurityPolicy(isEmbeddable ? '*' : "'none'"),
        'x-robots-tag': 'noindex',
      };
      return { ...sendFile(index, encodings, headers), status: found.status, isEmbeddable };
    },
  };
}

async function lookUp(guests: Pick<Guests, 'find'>, token: string, address: string) {
  try {
    const { canEmbed } = await guests.find({ token, address });
    return { canEmbed, status: 200 };
  } catch (error) {
    if (!isFailure(error)) throw error;
    // the page asks again by itself, and shows what it hears
    return { canEmbed: false, status: error.status };
  }
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
