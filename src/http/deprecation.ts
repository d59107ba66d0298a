/**
 * How a route says that it goes away: in each answer `Deprecation` (RFC 9745) with the day since when, `Sunset` (RFC 8594) with the day
 * after which it may be gone, and `Link` to what to do instead.
 */

export interface Deprecated {
  /** Epoch ms from which on nobody should build on it. */
  readonly since: number;
  /** Epoch ms after which it may be gone; not before `since`. */
  readonly sunset?: number;
  /** A page that says what to use instead. */
  readonly link?: string;
}

export function deprecationHeaders({ since, sunset, link }: Deprecated): Record<string, string> {
  return {
    deprecation: `@${Math.floor(since / 1000)}`,
    ...(sunset !== undefined && { sunset: new Date(sunset).toUTCString() }),
    ...(link !== undefined && { link: `<${link}>; rel="deprecation"; type="text/html"` }),
  };
}
