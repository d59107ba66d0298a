/**
 * The real access log of the demo (see NOTICE), moved by whole days so that its last day is today. Lines whose time has not come
 * yet are left for the live stream.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { eventOfLine } from '../../src/import/access-log.ts';
import type { DemoEvent } from './send.ts';

const file = new URL('./apache-access.log.gz', import.meta.url);
const lastDay = Date.UTC(2015, 4, 20);

/** All 10,000 in the order of time. `today`: the midnight (UTC) of the day that becomes the last; epoch milliseconds. */
export function webLogEvents(today: number): DemoEvent[] {
  const seen = new Map<string, number>();
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const occurrence = seen.get(line) ?? 0;
      seen.set(line, occurrence + 1);
      const event = eventOfLine(line, { site: 'http://www.semicomplete.com', visitor: 'address' });
      if (event === undefined) return [];
      const { timestamp } = event as { timestamp: string };
      const eventId = createHash('sha256').update(`${occurrence}\n${line}`).digest('hex').slice(0, 32);
      return [{ ...event, eventId, timestamp: Date.parse(timestamp) + today - lastDay } as DemoEvent];
    })
    .sort((a, b) => a.timestamp - b.timestamp);
}
