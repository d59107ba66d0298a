/** Who comes to the demo's shop: a country with its language, currency and clock, a device, and later perhaps an account. */
import type { Random, Weighted } from '../random.ts';
import type { Currency } from './products.ts';

export interface Country {
  readonly code: string;
  readonly language: string;
  readonly currency: Currency;
  /** Hours that the clocks there are ahead of UTC, near enough for a daily rhythm. */
  readonly hoursAhead: number;
}

export interface Device {
  readonly source: 'web' | 'mobile';
  /** Of browsers; the app says who it is in `context`. */
  readonly userAgent?: string;
  readonly context?: { readonly os: string; readonly device: string; readonly appVersion: string };
}

export interface Visitor {
  readonly anonymousId: string;
  readonly country: Country;
  readonly device: Device;
  /** Which page for paying this person sees; the same at every visit. */
  readonly variantKey: 'control' | 'one-page';
  readonly isBot: boolean;
  /** Given at sign-up; from then on the person is known. */
  userId?: string;
  visits: number;
}

const country = (code: string, language: string, currency: Currency, hoursAhead: number): Country => ({
  code,
  language,
  currency,
  hoursAhead,
});
const countries: Weighted<Country> = [
  [country('DE', 'de-DE', 'EUR', 1), 30],
  [country('US', 'en-US', 'USD', -6), 22],
  [country('GB', 'en-GB', 'GBP', 0), 16],
  [country('FR', 'fr-FR', 'EUR', 1), 11],
  [country('NL', 'nl-NL', 'EUR', 1), 7],
  [country('AT', 'de-AT', 'EUR', 1), 5],
  [country('IE', 'en-IE', 'EUR', 0), 3],
  [country('CA', 'en-CA', 'USD', -5), 4],
  [country('JP', 'ja-JP', 'USD', 9), 2],
];

const browser = (userAgent: string): Device => ({ source: 'web', userAgent });
const app = (os: string, appVersion: string): Device => ({
  source: 'mobile',
  context: { os, device: 'mobile', appVersion },
});
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';
const devices: Weighted<Device> = [
  [browser(`${windows} ${chrome} Safari/537.36`), 24],
  [browser(`${iphone} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1`), 22],
  [browser(`${android} ${chrome} Mobile Safari/537.36`), 18],
  [browser(`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`), 10],
  [browser(`${windows} ${chrome} Safari/537.36 Edg/140.0.0.0`), 7],
  [browser(`${windows} Gecko/20100101 Firefox/143.0`.replace('x64)', 'x64; rv:143.0)')), 6],
  [app('iOS', '3.2.0'), 8],
  [app('Android', '3.2.0'), 4],
  [app('Android', '3.1.4'), 1],
];
const robots: Weighted<Device> = [
  [browser('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'), 5],
  [browser('Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'), 3],
  [browser('Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'), 2],
];

/** How many of a hundred visits are those of a program. */
const robotsInHundred = 7;

export function drawVisitor(random: Random, number: number): Visitor {
  const isBot = random.chance(robotsInHundred / 100);
  return {
    anonymousId: `visitor-${number}`,
    country: random.weighted(countries),
    device: random.weighted(isBot ? robots : devices),
    variantKey: random.chance(0.5) ? 'control' : 'one-page',
    isBot,
    visits: 0,
  };
}

/** How busy this hour of the visitor's own clock is, 0 to 1: quiet nights, a bump at noon, the most in the evening. */
export function activity(at: number, { hoursAhead }: Country): number {
  const hour = (at / 3_600_000 + hoursAhead) % 24;
  const bump = (center: number, width: number) => {
    const away = Math.min(Math.abs(hour - center), 24 - Math.abs(hour - center));
    return Math.exp(-((away / width) ** 2));
  };
  return Math.min(1, 0.06 + 0.55 * bump(12.5, 3.5) + 0.85 * bump(20.3, 2.8));
}
