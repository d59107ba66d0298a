/** One line of an access log in the common or combined format, as an event. */
import type { SentEvent } from './record.ts';

export interface AccessLogOptions {
  /** Stands before the path in `url`, such as https://www.example.com; without it `url` is the path alone. */
  readonly site: string;
  /**
   * `address`: the visitor's address is the `anonymousId`, kept as it is. `address+agent`: the server makes an id of address and User-Agent
   * that nobody can turn back.
   */
  readonly visitor: 'address' | 'address+agent';
}

const line =
  /^(\S+) \S+ (?:.*? )?\[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/;
const moment = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Undefined: no line of an access log. */
export function eventOfLine(text: string, { site, visitor }: AccessLogOptions): SentEvent | undefined {
  const [, address, time, request, status, size, referrer = '-', userAgent = '-'] = line.exec(text) ?? [];
  const timestamp = time === undefined ? undefined : isoOf(time);
  if (address === undefined || request === undefined || timestamp === undefined) return undefined;
  const [method = '', target = ''] = unescaped(request).split(' ');
  return {
    type: 'pageview',
    timestamp,
    source: 'web',
    ip: address,
    ...(visitor === 'address' && { anonymousId: address }),
    ...(userAgent !== '-' && { userAgent: unescaped(userAgent) }),
    ...(target.startsWith('/') && { url: site + target }),
    ...(/^https?:\/\//.test(referrer) && { referrer: unescaped(referrer) }),
    properties: { method, status: Number(status), bytes: size === '-' ? 0 : Number(size) },
  };
}

/** 17/May/2015:10:05:03 +0000 → 2015-05-17T10:05:03+00:00 */
function isoOf(time: string): string | undefined {
  const [, day, month, year, clock, hours, minutes] = moment.exec(time) ?? [];
  const number = months.indexOf(month ?? '') + 1;
  if (number === 0) return undefined;
  return `${year}-${String(number).padStart(2, '0')}-${day}T${clock}${hours}:${minutes}`;
}

const unescaped = (text: string) => (text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text);
