/** What the visitors of synthetic.ts have and see: browsers, places, pages, and where they come from. */
import { hash, unit } from './synthetic-chance.ts';

export interface Visitor {
  /** At random, 32 bits. */
  readonly place: number;
  /** From 0 up to 1. */
  readonly agent: number;
}

interface Page {
  readonly url: string;
  readonly title: string;
}

const site = 'https://shop.example';
const words =
  'linen cotton wool denim leather blue green amber crimson ivory slate shirt jacket sweater boots bag scarf guide winter summer care repair story colors market garden kitchen lamp chair table'.split(
    ' ',
  );
const pages: readonly Page[] = Array.from({ length: 2_000 }, (_, index) => {
  const name = [0, 1, 2].map((at) => words[hash(index, 30 + at) % words.length]!);
  const title = `${name.join(' ')} – Shop Example`;
  if (index % 5 === 0) return { url: `${site}/blog/${2018 + (index % 9)}/${name.join('-')}-${index}`, title };
  return { url: `${site}/products/${name[0]}/${name.join('-')}-${index}`, title };
});
const places = [
  'DE Berlin Berlin de-DE',
  'US California Oakland en-US',
  'DE Bavaria Munich de-DE',
  'GB England London en-GB',
  'FR Brittany Rennes fr-FR',
  'US Texas Austin en-US',
  'IN Karnataka Bengaluru en-IN',
  'BR Bahia Salvador pt-BR',
  'JP Kyoto Kyoto ja-JP',
  'NL Utrecht Utrecht nl-NL',
  'ES Aragon Zaragoza es-ES',
  'PL Mazovia Warsaw pl-PL',
].map((text) => text.split(' ') as [string, string, string, string]);
const systems = [
  'Windows NT 10.0; Win64; x64',
  'Macintosh; Intel Mac OS X 10_15_7',
  'Linux; Android 15; Pixel 9',
  'iPhone; CPU iPhone OS 18_5 like Mac OS X',
  'Linux; Android 14; SM-S921B',
  'X11; Linux x86_64',
];
const agents = Array.from({ length: 600 }, (_, index) => {
  const system = systems[Math.floor(systems.length * unit(index, 40) ** 1.5)]!;
  const version = `${141 - (index % 24)}.0.${hash(index, 41) % 8_000}.${hash(index, 42) % 200}`;
  if (system.startsWith('iPhone'))
    return `Mozilla/5.0 (${system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.${index % 6} Mobile/15E148 Safari/604.1 b${index}`;
  if (index % 9 === 0)
    return `Mozilla/5.0 (${system}; rv:${144 - (index % 30)}.0) Gecko/20100101 Firefox/${144 - (index % 30)}.0`;
  const mobile = system.includes('Android') ? ' Mobile' : '';
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}${mobile} Safari/537.36${index % 7 === 0 ? ` Edg/${version}` : ''}`;
});
const searchEngines = [
  'https://www.google.com/',
  'https://www.google.com/',
  'https://www.bing.com/',
  'https://duckduckgo.com/',
];

/** About 1/rank. */
const ranked = (share: number, count: number): number =>
  Math.min(count - 1, Math.floor((count + 1) ** share) - 1);

/** `random` decides what stands behind the page's path. */
export function pageOf(share: number, random: number): Page {
  const page = pages[ranked(share, pages.length)]!;
  const kind = random % 100;
  if (kind < 88) return page;
  if (kind < 92)
    return {
      ...page,
      url: `${site}/search?q=${words[random % 29]}+${words[random % 23]}&page=${1 + (random % 4)}`,
    };
  if (kind < 96)
    return {
      ...page,
      url: `${page.url}?utm_source=newsletter&utm_medium=email&utm_campaign=week-${random % 52}`,
    };
  return {
    ...page,
    url: `${page.url}?gclid=Cj0KCQ${hash(random, 50).toString(36)}${hash(random, 51).toString(36)}${hash(random, 52).toString(36)}`,
  };
}

export function agentOf({ agent }: Visitor): string {
  return agents[ranked(agent, agents.length)]!;
}

export function placeOf({ place }: Visitor): object {
  const [country, region, city, language] = places[ranked(unit(place, 53), places.length)]!;
  return { country, region, city, language };
}

/** `page` gives the address of a step of this session. */
export function referrerOf(
  session: number,
  step: number,
  page: (step: number) => string,
): { referrer?: string } {
  if (step > 0) return { referrer: page(step - 1) };
  const share = unit(session, 54);
  if (share < 0.45) return {};
  if (share < 0.75) return { referrer: searchEngines[hash(session, 55) % searchEngines.length]! };
  const other = ranked(unit(session, 56), 400);
  return {
    referrer: `https://${words[other % 30]}-${words[(other * 7) % 29]}${other}.example/${hash(other, 57).toString(36)}`,
  };
}
