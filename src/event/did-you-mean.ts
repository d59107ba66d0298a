/** Finds the field that was meant by a name that is none: another spelling of it, a usual synonym, or a slip of the keys. */

const slipsMax = 2;
/** Longer names are nobody's slip, and comparing them costs. */
const comparedCharactersMax = 32;

const synonyms = new Map([
  ['event', 'type'],
  ['eventname', 'type'],
  ['eventtype', 'type'],
  ['name', 'type'],
  ['time', 'timestamp'],
  ['ts', 'timestamp'],
  ['date', 'timestamp'],
  ['createdat', 'timestamp'],
  ['id', 'eventId'],
  ['messageid', 'eventId'],
  ['uuid', 'eventId'],
  ['user', 'userId'],
  ['uid', 'userId'],
  ['distinctid', 'userId'],
  ['visitorid', 'anonymousId'],
  ['deviceid', 'anonymousId'],
  ['anonid', 'anonymousId'],
  ['props', 'properties'],
  ['data', 'properties'],
  ['metadata', 'properties'],
  ['params', 'properties'],
  ['payload', 'properties'],
  ['price', 'amount'],
  ['revenue', 'amount'],
  ['value', 'amount'],
  ['ipaddress', 'ip'],
  ['ua', 'userAgent'],
  ['page', 'url'],
  ['href', 'url'],
  ['referer', 'referrer'],
  ['locale', 'language'],
  ['experiment', 'experimentId'],
  ['variant', 'variantKey'],
  ['variantid', 'variantKey'],
  ['product', 'productId'],
  ['sku', 'productId'],
  ['session', 'sessionId'],
]);

export function didYouMean(name: string, names: readonly string[]): string | undefined {
  if (name.length > comparedCharactersMax) return undefined;
  const plain = plainOf(name);
  const same = names.find((candidate) => plainOf(candidate) === plain) ?? synonyms.get(plain);
  if (same !== undefined) return same;
  let best: string | undefined;
  let fewest = slipsMax + 1;
  for (const candidate of names) {
    const slips = distance(plain, plainOf(candidate));
    // two slips in a word of four letters make another word
    if (slips < fewest && slips * 3 <= candidate.length) [best, fewest] = [candidate, slips];
  }
  return best;
}

function plainOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein's distance: how many letters must be added, removed or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change));
    }
    row = next;
  }
  return row[b.length]!;
}
