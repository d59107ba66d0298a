/** What people call the values of fields. */

const regions = new Intl.DisplayNames(undefined, { type: 'region' });
const languages = new Intl.DisplayNames(undefined, { type: 'language' });

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

export function flag(country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) return '';
  return String.fromCodePoint(...Array.from(country, (letter) => 0x1f1a5 + letter.charCodeAt(0)));
}

export const countryName = (code: string) => named(regions, code);

const absent: Readonly<Record<string, string>> = {
  referrerHost: 'Direct or none',
  channel: 'Unknown',
  country: 'Unknown',
  browser: 'Unknown',
  os: 'Unknown',
  device: 'Unknown',
  language: 'Unknown',
};

/** How a value of a field reads; null: the field is absent. */
export function valueName(field: string, value: string | number | boolean | null): string {
  if (value === null) return absent[field] ?? 'none';
  const text = String(value);
  if (field === 'country') return countryName(text);
  if (field === 'language') return named(languages, text);
  if (field === 'channel' || field === 'device') return text.charAt(0).toUpperCase() + text.slice(1);
  return text;
}

export const fieldNames: Readonly<Record<string, string>> = {
  type: 'Event',
  path: 'Page',
  host: 'Host',
  referrerHost: 'Referrer',
  channel: 'Channel',
  utmSource: 'UTM source',
  utmMedium: 'UTM medium',
  utmCampaign: 'UTM campaign',
  country: 'Country',
  region: 'Region',
  city: 'City',
  device: 'Device',
  browser: 'Browser',
  os: 'System',
  language: 'Language',
  screen: 'Screen',
  productId: 'Product',
  title: 'Title',
  source: 'Sent by',
};

/** Those that are too rare, or not text, for the overview’s filter. */
const rareFieldNames: Readonly<Record<string, string>> = {
  userId: 'User id',
  anonymousId: 'Anonymous id',
  previousId: 'Previous id',
  sessionId: 'Session id',
  viewId: 'View id',
  eventId: 'Event id',
  url: 'Address',
  referrer: 'Referring page',
  utmTerm: 'UTM term',
  utmContent: 'UTM content',
  appVersion: 'App version',
  amount: 'Amount',
  currency: 'Currency',
  experimentId: 'Experiment',
  variantKey: 'Variant',
  timestamp: 'Time',
  receivedAt: 'Received',
  bot: 'Bot',
  entryPath: 'Entry page',
  exitPath: 'Exit page',
};

export const fieldName = (field: string) =>
  fieldNames[field] ?? rareFieldNames[field] ?? field.replace(/^properties\./, '');
