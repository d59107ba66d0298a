/**
 * How a visitor came: one word per page view, decided by the first rule that fits, in the order of `readChannel`.
 * What the campaign says of itself goes before what the referrer shows.
 */
import type { Page } from './page.ts';
import { readHost } from './page.ts';
import { siteKind, sourceKind } from './sites.ts';

export type Channel =
  /** An advertisement. */
  | 'paid'
  | 'email'
  | 'ai'
  | 'social'
  | 'search'
  /** A tagged link of another kind: affiliates, QR codes, messages. */
  | 'campaign'
  /** From another page of the same site. */
  | 'internal'
  /** A link on any other site. */
  | 'referral'
  /** Nothing says where from. */
  | 'direct'
  /** Not a page view: neither `url` nor `referrer`. */
  | '';

export interface Arrival {
  /** '' when there is none, or when it is the page's own host. */
  readonly referrerHost: string;
  readonly channel: Channel;
}

/** How campaigns name the media that are paid for: cpc, cpm, ppc, paid_social, display, banner … */
const paidMedium =
  /^(?:cp[acmv]|ppc|paid.*|.*[-_ ]?(?:cpc|ppc)|display|banner|retargeting|remarketing|ads?)$/;
const socialMedium = /^(?:social.*|sm)$/;
const emailMedium = /^(?:e[-_ ]?mail|newsletter)$/;
const searchMedium = /^organic$/;

export function readArrival(page: Page, url: string | undefined, referrer: string | undefined): Arrival {
  if (!url && !referrer) return { referrerHost: '', channel: '' };
  const from = readHost(referrer);
  const isInternal = from !== '' && siteOf(from) === siteOf(page.host);
  const channel = readChannel(page, isInternal ? '' : from);
  return {
    referrerHost: isInternal ? '' : from,
    channel: channel === 'direct' && isInternal ? 'internal' : channel,
  };
}

function readChannel(page: Page, from: string): Channel {
  const medium = page.utmMedium.toLowerCase();
  const source = page.utmSource.toLowerCase();
  if (page.paidClick || paidMedium.test(medium)) return 'paid';
  if (emailMedium.test(medium)) return 'email';
  if (socialMedium.test(medium)) return 'social';
  if (searchMedium.test(medium)) return 'search';
  const kind = source === '' ? undefined : sourceKind(source);
  if (kind !== undefined) return kind;
  if (medium !== '' || source !== '' || page.utmCampaign !== '') return 'campaign';
  if (from !== '') return siteKind(from) ?? 'referral';
  return 'direct';
}

/** The host without "www.", so that both spellings of a site are one site. */
function siteOf(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host;
}
