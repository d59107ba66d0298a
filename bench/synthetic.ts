/**
 * The events of the benchmarks: a shop with a blog, as varied as a real site's log. Calibrated by the Apache log of the demo
 * (10,000 requests: 1,753 visitors, 1,498 pages, 628 referrers, 559 User-Agents, each with a frequency of about 1/rank):
 *
 *   sessions   64 at a time, 1 to 16 events long, ids at random; people come again, few of them often
 *   visitor    keeps a User-Agent (of 600), place, language, screen, perhaps a user id and a plan
 *   pages      2,000 with frequencies of 1/rank and titles; query strings with searches, campaigns, click ids at random
 *   referrer   the page before; at a session's begin nothing, a search engine or one of 400 sites
 *   types      seven, each with properties of its own: numbers at random, words, flags, lists; a thirtieth buys
 *
 * The same number gives the same event, always: whatever looks like chance is a hash of it.
 */
import { hash, unit } from './synthetic-chance.ts';
import { agentOf, pageOf, placeOf, referrerOf, type Visitor } from './synthetic-site.ts';

const lanes = 64;
/** Events of the sessions that follow one another in a lane, over and over. */
const sessionLengths = [1, 3, 1, 6, 2, 1, 10, 4, 1, 16, 2, 8, 1, 5];
const patternEvents = sessionLengths.reduce((sum, length) => sum + length, 0);
const peopleMax = 200_000;
const screens = [
  '1920x1080',
  '390x844',
  '1536x864',
  '412x915',
  '1440x900',
  '2560x1440',
  '360x800',
  '820x1180',
];
const plans = ['free', 'free', 'free', 'pro', 'team'];
const currencies = ['EUR', 'USD', 'EUR', 'GBP'];
const elements = ['buy', 'menu', 'share', 'next', 'faq', 'newsletter', 'zoom', 'size', 'color', 'login'];

/** An event's number within its session, and what the session is. */
interface Step {
  readonly session: number;
  readonly step: number;
}

/** `timestamp`: epoch ms. About 700 bytes as JSON. */
export function syntheticEvent(n: number, timestamp: number, eventId = uuid(n, 1)): object {
  const { session, step } = stepOf(n);
  const person = Math.floor(peopleMax * unit(session, 2) ** 3);
  const visitor: Visitor = { place: hash(person, 3), agent: unit(person, 4) };
  const page = pageOf(unit(session * 37 + step, 5), step === 0 ? hash(session, 6) : hash(n, 7));
  const type = typeOf(unit(n, 8));
  return {
    eventId,
    type,
    timestamp,
    anonymousId: uuid(person, 9),
    ...(person % 5 === 0 && { userId: `user-${hash(person, 10) % 1_000_000}` }),
    sessionId: uuid(session, 11),
    source: 'web',
    url: page.url,
    ...referrerOf(session, step, (at) => pageOf(unit(session * 37 + at, 5), 0).url),
    title: page.title,
    screen: screens[Math.floor(screens.length * unit(person, 12) ** 2)],
    ...placeOf(visitor),
    userAgent: agentOf(visitor),
    ...properties(n, type, person),
  };
}

/** When event `n` of `total` happened between two times: days with a noon and a night, and no two gaps alike. */
export function syntheticTime(n: number, total: number, from: number, to: number): number {
  const day = 86_400_000;
  const at = ((n + unit(n, 13)) / total) * (to - from);
  const wave = (0.7 * day * Math.sin((2 * Math.PI * at) / day)) / (2 * Math.PI);
  return Math.round(Math.min(to - 1, Math.max(from, from + at - wave)));
}

function stepOf(n: number): Step {
  const lane = n % lanes;
  const at = Math.floor(n / lanes);
  let step = at % patternEvents;
  let index = 0;
  while (step >= sessionLengths[index]!) step -= sessionLengths[index++]!;
  const before = Math.floor(at / patternEvents) * sessionLengths.length;
  return { session: (before + index) * lanes + lane, step };
}

function typeOf(share: number): string {
  if (share < 0.7) return 'pageview';
  if (share < 0.85) return 'click';
  if (share < 0.9) return 'search';
  if (share < 0.94) return 'add_to_cart';
  if (share < 0.955) return 'signup';
  return share < 0.967 ? 'exposure' : 'purchase';
}

function properties(n: number, type: string, person: number): object {
  const plan = plans[person % plans.length];
  const random = hash(n, 14);
  switch (type) {
    case 'click':
      return {
        properties: { plan, element: elements[random % 10], x: random % 1_400, y: hash(n, 15) % 5_000 },
      };
    case 'search':
      return { properties: { plan, query: uuid(random % 5_000, 16).slice(0, 9), results: random % 120 } };
    case 'add_to_cart':
    case 'purchase':
      return {
        productId: `sku-${hash(Math.floor(1_500 ** unit(n, 17)), 18) % 100_000}`,
        ...(type === 'purchase' && {
          amount: (random % 40_000) / 100 + 4.99,
          currency: currencies[person % currencies.length],
        }),
        properties: {
          plan,
          quantity: 1 + (random % 3),
          tags: [elements[random % 10], 'sale'],
          gift: random % 9 === 0,
        },
      };
    case 'exposure':
      return { experimentId: 'checkout-2', variantKey: person % 2 === 0 ? 'control' : 'one-page' };
    default:
      return { properties: { plan, loadMs: 80 + (random % 2_400), scroll: hash(n, 19) % 101 } };
  }
}

function uuid(n: number, salt: number): string {
  const hex = [0, 1, 2, 3]
    .map((word) =>
      hash(n, salt * 8 + word + 1_000)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
