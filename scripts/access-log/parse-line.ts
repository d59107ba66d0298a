/** One line of an access log in the combined format, as an event. */
import { createHash } from 'node:crypto';

export interface LineOptions {
  /** What stands before the path in `url`, such as https://www.example.com. */
  readonly site: string;
  /** `address`: the visitor's address is the `anonymousId`; `derived`: the server makes one out of address and User-Agent. */
  readonly visitor: 'address' | 'derived';
}

const line =
  /^(\S+) \S+ \S+ \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/;
const moment = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * `occurrence`: how many equal lines came before, so that two equal requests in one second are two events, and the same file sent
 * again is the same events. Undefined: no line of an access log.
 */
export function eventOfLine(text: string, occurrence: number, options: LineOptions): object | undefined {
  const [, address, time, request, status, size, referrer = '-', userAgent = '-'] = line.exec(text) ?? [];
  const timestamp = time === undefined ? undefined : isoOf(time);
  if (address === undefined || request === undefined || timestamp === undefined) return undefined;
  const [method = '', target = ''] = unescaped(request).split(' ');
  return {
    type: 'pageview',
    timestamp,
    eventId: createHash('sha256').update(`${occurrence}\n${text}`).digest('hex').slice(0, 32),
    source: 'web',
    ip: address,
    ...(options.visitor === 'address' && { anonymousId: address }),
    ...(userAgent !== '-' && { userAgent: unescaped(userAgent) }),
    ...(target.startsWith('/') && { url: options.site + target }),
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

const unescaped = (text: string) => text.replace(/\\(["\\])/g, '$1');
