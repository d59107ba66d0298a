/**
 * The events of the benchmarks: page views with what one usually has (a person, a page, a referrer, a country, two properties);
 * a thirtieth buys. The same number gives the same event, always.
 */
const pages = Array.from({ length: 300 }, (_, index) => `https://shop.example/products/${index}`);
const countries = ['DE', 'US', 'FR', 'IN', 'BR', 'JP'];
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const peopleMax = 50_000;

/** `timestamp`: epoch ms. About 480 bytes as JSON. */
export function syntheticEvent(n: number, timestamp: number, eventId = `s-${n}`): object {
  const person = (n * 2_654_435_761) % peopleMax;
  return {
    eventId,
    type: n % 30 === 0 ? 'purchase' : 'pageview',
    timestamp,
    anonymousId: `visitor-${person}`,
    sessionId: `session-${person}-${Math.floor(n / 200_000)}`,
    source: 'web',
    url: pages[(n * 31) % pages.length],
    referrer: n % 5 === 0 ? 'https://www.google.com/' : undefined,
    userAgent,
    country: countries[person % countries.length],
    ...(n % 30 === 0 && { amount: (n % 900) / 4 + 5, currency: n % 3 === 0 ? 'EUR' : 'USD' }),
    properties: { plan: person % 7 === 0 ? 'pro' : 'free', position: n % 40 },
  };
}
