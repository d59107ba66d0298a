/** Takes secrets out of whatever is about to be printed: keys in addresses and headers, passwords in URLs, and the given ones. */
const shown = '***';
const patterns: readonly [RegExp, string][] = [
  [/([?&](?:key|ticket|token|password)=)[^&\s"'#]+/gi, `$1${shown}`],
  [/(\bmr_(?:link|session|share|pass)_)[A-Za-z0-9_-]+/g, `$1${shown}`],
  [/(\bBearer\s+)[^\s"',]+/gi, `$1${shown}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+@/gi, `$1${shown}@`],
];
const secretNames = [
  /(^|[_-])(key|password|secret|token|authorization|cookie)$/i,
  /[a-z](Key|Password|Secret|Token)$/,
];
const depthMax = 4;

/** `secrets`: exact texts that must never appear, such as the keys of the settings. */
export function maskText(text: string, secrets: readonly string[] = []): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, shown);
  for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement);
  return masked;
}

/** The same for values inside objects; fields that are named like a secret are masked whole. */
export function maskValue(value: unknown, secrets: readonly string[] = [], depth = 0): unknown {
  if (typeof value === 'string') return maskText(value, secrets);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= depthMax) return '…';
  if (value instanceof Error) return maskText(value.message, secrets);
  if (Array.isArray(value)) return value.slice(0, 100).map((each) => maskValue(each, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretNames.some((each) => each.test(name)) && typeof each === 'string'
        ? shown
        : maskValue(each, secrets, depth + 1),
    ]),
  );
}
