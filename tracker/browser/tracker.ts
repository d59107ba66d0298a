/**
 * The script of a page: `<script defer src="https://millrace.example/m.js" data-key="KEY"></script>`. Page views, also of single-page
 * apps, and links that lead away are tracked by themselves; everything else by `millrace(type, values)`. It sets no cookie and gives
 * nobody an id of its own accord.
 */
import { Outbox } from './outbox.ts';

/** Fields of an event that a page may set; every other value that is tracked goes into its properties. docs/http.md says what each means. */
const fields =
  /^(userId|anonymousId|previousId|sessionId|viewId|productId|amount|currency|experimentId|variantKey|title|url|referrer|appVersion|timestamp|eventId)$/;

type Values = Readonly<Record<string, unknown>>;
type Call = readonly [type: string, values?: Values];
interface MillraceFunction {
  (...call: Call): void;
  /** Calls that were made before the script was there. */
  readonly q?: readonly Call[];
}

declare global {
  interface Window {
    millrace?: MillraceFunction;
  }
}

const script = document.currentScript as HTMLScriptElement;
const setting = (name: string) => script.dataset[name];
const isOn = (name: string) => setting(name) === 'on';
const isOff = (name: string) => setting(name) === 'off';

const collect = new URL(setting('server') ?? '/', script.src);
collect.pathname = collect.pathname.replace(/\/?$/, '/api/collect');
collect.searchParams.set('key', setting('key') ?? '');
const outbox = new Outbox({ url: collect.href, keeps: !isOff('offline') });

/** What every event of this page carries: `millrace('set', {userId: 'ada'})`. */
let always: Values = isOn('visitor') ? { anonymousId: visitor() } : {};
let page = document.referrer;
let path = '';

function track(type: string, values?: Values): void {
  if (type === 'set') {
    always = { ...always, ...values };
    return;
  }
  const event: Record<string, unknown> = {
    type,
    timestamp: Date.now(),
    eventId: makeId(),
    source: 'web',
    url: location.href,
    title: document.title,
    screen: `${screen.width}x${screen.height}`,
    language: navigator.language,
  };
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...always, ...values }))
    (fields.test(name) ? event : properties)[name] = value;
  outbox.add({ ...event, properties });
}

/** Once for each page: a single-page app changes the address, and some change it again to what it is. */
function view(): void {
  const { href, pathname, search, hash } = location;
  const next = pathname + search + (isOn('hash') ? hash : '');
  if (path === next) return;
  path = next;
  track('pageview', { referrer: page });
  page = href;
}

/** An id that stays in this browser: only for sites that ask their visitors first, or need not. */
function visitor(): string | undefined {
  try {
    localStorage.millraceVisitor ??= makeId();
    return localStorage.millraceVisitor as string;
  } catch {
    return undefined;
  }
}

function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function watchPages(): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...change) {
      original.apply(this, change);
      view();
    };
  }
  addEventListener('popstate', view);
  addEventListener('hashchange', view);
  // a page that comes back as it was is seen once more
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    path = '';
    view();
  });
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener('prerenderingchange', view);
  else view();
}

function watchLinks(): void {
  const follow = ({ target }: Event) => {
    const link = (target as Element | null)?.closest?.<HTMLAnchorElement>('a[href]');
    if (link && /^http/.test(link.protocol) && link.host !== location.host)
      track('outbound', { link: link.href });
  };
  addEventListener('click', follow, true);
  addEventListener('auxclick', follow, true);
}

const waiting = window.millrace?.q ?? [];
window.millrace = track;
// what was said before counts for the first page view too
for (const call of waiting) if (call[0] === 'set') track(...call);
if (!isOff('pageviews')) watchPages();
if (!isOff('links')) watchLinks();
for (const call of waiting) if (call[0] !== 'set') track(...call);

addEventListener('pagehide', () => outbox.leave());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') outbox.leave();
});
