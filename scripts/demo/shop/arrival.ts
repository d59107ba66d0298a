/** Where a visit to the demo's shop comes from, and the page that it begins with. */
import type { Random, Weighted } from '../random.ts';
import { categories, drawProduct } from './products.ts';

export interface Arrival {
  readonly referrer?: string;
  /** Path and query of the first page. */
  readonly landing: string;
  /** How much likelier than usual a purchase is. */
  readonly intent: number;
}

type Way = (random: Random) => Arrival;

const landing: Weighted<(random: Random) => string> = [
  [() => '/', 40],
  [(random) => `/${random.pick(categories)}`, 22],
  [(random) => `/products/${drawProduct(random).id}`, 25],
  [(random) => `/journal/${random.pick(['how-to-brew-sencha', 'grinding-by-hand', 'water'])}`, 13],
];
const page = (random: Random) => random.weighted(landing)(random);
const from =
  (referrer: string, intent = 1): Way =>
  (random) => ({ referrer, landing: page(random), intent });
const tagged =
  (query: string, intent: number, referrer?: string): Way =>
  (random) => ({ landing: `${page(random)}?${query}`, intent, ...(referrer && { referrer }) });

const ways: Weighted<Way> = [
  [(random) => ({ landing: page(random), intent: 1.1 }), 34],
  [from('https://www.google.com/'), 27],
  [from('https://www.bing.com/'), 4],
  [from('https://duckduckgo.com/'), 3],
  [from('https://www.instagram.com/', 0.6), 8],
  [from('https://www.reddit.com/', 0.5), 4],
  [from('https://chatgpt.com/', 1.2), 3],
  [from('https://coffee-notes.example/', 0.9), 4],
  [tagged('utm_source=google&utm_medium=cpc&utm_campaign=brand', 1.2, 'https://www.google.com/'), 7],
  [tagged('utm_source=newsletter&utm_medium=email&utm_campaign=weekly', 1.6), 6],
];
const newsletter = tagged('utm_source=newsletter&utm_medium=email&utm_campaign=harvest', 1.7);

/** On the day of the newsletter every third visit comes from it. */
export function drawArrival(random: Random, isNewsletterDay: boolean): Arrival {
  if (isNewsletterDay && random.chance(0.33)) return newsletter(random);
  return random.weighted(ways)(random);
}
