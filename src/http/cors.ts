/** Which pages may read answers of the read routes: those of the origins in MILLRACE_CORS_ORIGINS. Collect has its own rule. */

const preflightSeconds = 600;

/** Headers of an ordinary answer. `Vary` stands even where the origin is not let in, for caches in between. */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  if (allowed.length === 0) return {};
  if (origin === undefined || !lets(origin, allowed)) return { vary: 'origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, retry-after, etag, deprecation, sunset, link, location',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'origin',
  };
}

/** What a preflight is told beside `corsHeaders`. */
export function preflightHeaders(
  origin: string | undefined,
  allowed: readonly string[],
  methods: readonly string[],
): Record<string, string> {
  if (origin === undefined || !lets(origin, allowed)) return {};
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers':
      'authorization, content-type, x-request-id, if-match, if-none-match, last-event-id',
    'access-control-max-age': String(preflightSeconds),
  };
}

function lets(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(origin.toLowerCase());
}
