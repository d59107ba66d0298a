/**
 * The real access log of the demo (see NOTICE), moved by whole days so that its last day is today. Lines whose time has not come
 * yet are left for the live stream.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { eventOfLine } from '../access-log/parse-line.ts';

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly [field: string]: unknown;
}

const file = new URL('./apache-access.log.gz', import.meta.url);
const lastDay = Date.UTC(2015, 4, 20);

/** All 10,000 in the order of time. `today`: the midnight (UTC) of the day that becomes the last; epoch milliseconds. */
export function webLogEvents(today: number): LogEvent[] {
  const seen = new Map<string, number>();
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const occurrence = seen.get(line) ?? 0;
      seen.set(line, occurrence + 1);
      const event = eventOfLine(line, occurrence, {
        site: 'http://www.semicomplete.com',
        visitor: 'address',
      }) as { timestamp: string } | undefined;
      if (event === undefined) return [];
      return [{ ...event, timestamp: Date.parse(event.timestamp) + today - lastDay }];
    })
    .sort((a, b) => a.timestamp - b.timestamp);
}
