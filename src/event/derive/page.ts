/**
 * What a page's URL says: host, path, the campaign's `utm_*` and whether a paid click led here. Anything may be sent as a
 * URL, so nothing here throws: what cannot be read gives ''.
 */
import { cutText } from './text.ts';

export interface Page {
  /** Without a port, lower case, as the browser writes it (punycode). '' when the URL has none. */
  readonly host: string;
  /** From the first '/', without query and fragment; escapes are kept. '' when the URL has none. */
  readonly path: string;
  readonly utmSource: string;
  readonly utmMedium: string;
  readonly utmCampaign: string;
  readonly utmTerm: string;
  readonly utmContent: string;
  /** The query holds an advertiser's click id. */
  readonly paidClick: boolean;
}

const utmCharactersMax = 200;

/** Click ids that only paid links carry. `fbclid` is not one: it is on every link from Facebook. */
const paidClickIds = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'msclkid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'yclid',
];
const mayBePaid = new RegExp(`[?&](?:${paidClickIds.join('|')})=.`);

const nothing: Page = {
  host: '',
  path: '',
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
  paidClick: false,
};

export function readPage(url: string | undefined): Page {
  if (!url) return nothing;
  const { host, path, query } = splitUrl(url);
  const paidClick = query !== '' && mayBePaid.test(query);
  if (!query.includes('utm_')) return { ...nothing, host, path, paidClick };
  const params = new URLSearchParams(query);
  return {
    host,
    path,
    utmSource: utm(params, 'utm_source'),
    utmMedium: utm(params, 'utm_medium'),
    utmCampaign: utm(params, 'utm_campaign'),
    utmTerm: utm(params, 'utm_term'),
    utmContent: utm(params, 'utm_content'),
    paidClick,
  };
}

/** The host of a URL as in `Page.host`; '' when there is none. */
export function readHost(url: string | undefined): string {
  return url ? splitUrl(url).host : '';
}

function splitUrl(url: string): { host: string; path: string; query: string } {
  const isPathOnly = url.startsWith('/') && !url.startsWith('//');
  const parsed = URL.parse(url, isPathOnly ? 'http://path.invalid' : undefined);
  if (parsed === null) return { host: '', path: '', query: '' };
  // "mailto:a@b", "about:blank": what follows the scheme is no path of a page
  const path = parsed.pathname.startsWith('/') ? parsed.pathname : '';
  return { host: isPathOnly ? '' : parsed.hostname.toLowerCase(), path, query: parsed.search };
}

/** An escaped NUL in a link would be refused by PostgreSQL, so it is left out. */
function utm(params: URLSearchParams, name: string): string {
  const value = params.get(name);
  return value ? cutText(value.replaceAll('\0', '').trim(), utmCharactersMax) : '';
}
