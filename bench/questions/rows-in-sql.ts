/**
 * The rows of the data sets that questions are measured on, made by the engine itself: a SELECT over numbers, so that a hundred
 * million take minutes. The same number is the same row, always. 200,000 people of whom a few do much, 50 types with a skew, 90
 * days with more going on at noon than at midnight, 2,000 pages, 60 countries, properties of four kinds.
 */
import { eventColumns } from '../../src/store/clickhouse/schema.ts';
import { unit } from '../synthetic-chance.ts';

export interface DataSetShape {
  readonly events: number;
  /** Epoch ms of the first day's begin. */
  readonly from: number;
  /** Three of ten events of who is in the experiment are exposures or conversions; else there are none. */
  readonly isExperiment?: boolean;
}

export const days = 90;
export const people = 200_000;
const dayMs = 86_400_000;
/** No writer has it, so that a server on the data begins its own partitions at 0. */
export const ownPartition = 65_535;

const types = [
  ...['pageview', 'click', 'scroll', 'search', 'add_to_cart', 'purchase', 'signup', 'login', 'share'],
  ...Array.from({ length: 41 }, (_, index) => `feature-${index}`),
];
const countries =
  'DE US FR IN BR JP GB IT ES NL PL SE CH AT BE DK NO FI PT IE CZ GR HU RO TR UA IL ZA EG NG KE MA AR CL CO MX PE CA AU NZ SG MY TH VN ID PH KR TW HK CN PK BD LK AE SA QA IR RU KZ GE'.split(
    ' ',
  );
const languages = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'ja-JP', 'hi-IN', 'it-IT'];
const screens = ['1920x1080', '1440x900', '390x844', '412x915', '2560x1440', '1366x768', '1536x864'];
const systems = ['Windows 11', 'macOS 15', 'iOS 18', 'Android 15', 'Linux'];
const browsers = ['Chrome 141', 'Safari 18', 'Firefox 143', 'Edge 140'];
const referrers = ['www.google.com', 'www.bing.com', 'news.ycombinator.com', 't.co', 'www.reddit.com'];

/** The same skew for rows that are not made by SQL. */
export const typeOf = (n: number): string => types[Math.floor(types.length * unit(n, 15) ** 3)]!;

const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`;
/** From 0 up to 1, different for each `salt` and number. */
const random = (salt: number, of = 'number'): string =>
  `(cityHash64(${of}, ${salt}) / 18446744073709551616.)`;
/** One of `values`, the first ones more often the higher `skew` is. */
const oneOf = (values: readonly string[], salt: number, skew = 1, of = 'number'): string =>
  `${list(values)}[1 + toUInt16(${values.length} * pow(${random(salt, of)}, ${skew}))]`;

/** An expression for each column; those that are left out are empty. */
const values: Readonly<Record<string, string>> = {
  _partition: String(ownPartition),
  _offset: 'number',
  project: `'default'`,
  type: 'row_type',
  timestamp: 'at',
  day: 'toDate32(at)',
  received_at: `at + toIntervalMillisecond(5 + toUInt32(400 * ${random(2)}))`,
  event_id: 'lower(hex(sipHash128(number)))',
  user_id: "if(person % 3 = 0, person_id, '')",
  anonymous_id: "if(person % 3 = 0, '', person_id)",
  user_key: 'xxHash64(person_id)',
  session_id: 'lower(hex(cityHash64(person, toDate32(at))))',
  source: `'web'`,
  bot: `${random(3)} < 0.02`,
  url: `concat('https://shop.example', row_path)`,
  host: `'shop.example'`,
  path: 'row_path',
  referrer: `if(arrival = '', '', concat('https://', arrival, '/'))`,
  referrer_host: 'arrival',
  channel: `multiIf(arrival = '', 'direct', arrival IN ('www.google.com', 'www.bing.com'), 'search', 'social')`,
  utm_source: `if(${random(4)} < 0.05, 'newsletter', '')`,
  title: `concat('Page ', toString(page))`,
  screen: oneOf(screens, 5, 1.5, 'person'),
  language: oneOf(languages, 6, 2, 'person'),
  app_version: `concat('4.', toString(intDiv(toUInt32(toDate32(at)), 14) % 20))`,
  os: oneOf(systems, 7, 1.5, 'person'),
  device: `if(cityHash64(person, 5) % 3 = 0, 'mobile', 'desktop')`,
  browser: oneOf(browsers, 8, 2, 'person'),
  country: oneOf(countries, 9, 2.5, 'person'),
  city: `concat('City ', toString(toUInt16(1500 * pow(${random(10, 'person')}, 2))))`,
  product_id: `if(row_type IN ('purchase', 'add_to_cart'), concat('p-', toString(page)), '')`,
  amount: `if(row_type = 'purchase', toDecimal64(toUInt32(50000 * ${random(11)}) / 100, 4), NULL)`,
  currency: `if(row_type = 'purchase', ${oneOf(['USD', 'EUR', 'GBP', 'JPY'], 12, 2, 'person')}, '')`,
  experiment_id: `if(person % 5 = 0, 'checkout', '')`,
  variant_key: `if(person % 5 = 0, ['control', 'short'][1 + person % 2], '')`,
  properties: `concat('{"plan":"', ['free', 'pro', 'team'][1 + person % 3], '","position":', toString(number % 40), '.0,"loadMs":', toString(toUInt32(3000 * ${random(13)})), '.0,"returning":', if(person % 2 = 0, 'true', 'false'), '}')`,
};

/** Conversions name one goal. */
const withGoal = `concat(if(row_type = 'CONVERSION', '{"goal":"paid",', '{'), substring(${values.properties}, 2))`;

/** Of who is in the experiment, when there is one. */
const typeInExperiment = (otherwise: string): string =>
  `multiIf(person % 5 <> 0 OR ${random(19)} >= 0.3, ${otherwise}, ${random(20)} < 0.5, 'EXPOSURE', 'CONVERSION')`;

/** Inserts the rows with these numbers. Rows of one statement lie close together in time. */
export function insertRows(
  { events, from, isExperiment = false }: DataSetShape,
  first: number,
  end: number,
): string {
  const columns = eventColumns.map(({ name }) => name);
  const unknown = Object.keys(values).filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw new Error(`events has no column ${unknown.join(', ')}`);
  const type = oneOf(types, 15, 3);
  const own = isExperiment ? { ...values, properties: withGoal } : values;
  const selected = columns.map((name) => `${own[name] ?? `''`} AS ${name}`);
  // evenly over the days, and within each day more at noon
  const place = `(number + ${random(1)}) * ${days / events}`;
  return `INSERT INTO events (${columns.join(', ')})
WITH ${place} AS place, floor(place) AS whole, place - whole AS part,
  fromUnixTimestamp64Milli(toInt64(${from} + ${dayMs} * (whole + part + 0.08 * sin(2 * pi() * part))), 'UTC') AS at,
  toUInt32(${people} * pow(${random(14)}, 2)) AS person,
  concat('person-', toString(person)) AS person_id,
  ${isExperiment ? typeInExperiment(type) : type} AS row_type,
  toUInt32(2000 * pow(${random(16)}, 3)) AS page,
  concat('/', ['products', 'guides', 'news'][1 + page % 3], '/', toString(page)) AS row_path,
  if(${random(17)} < 0.35, ${oneOf(referrers, 18, 2)}, '') AS arrival
SELECT ${selected.join(',\n  ')}
FROM numbers(${first}, ${end - first})`;
}
