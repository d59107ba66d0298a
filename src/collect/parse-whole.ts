/**
 * The quick way for a body that is small and right, as nearly all are: parsed at once instead of found and parsed event by event.
 * Whatever is not plainly one event or a list of them is left to split-body.ts, which decides what it is and what is wrong
 * with it.
 */
import { isAscii } from 'node:buffer';
import type { BodyForm } from './body-form.ts';
import { requestEventsMax, sliceBytesMax } from './limits.ts';

/** The events as parsed; undefined: look closer. `body` must be UTF-8. */
export function parseWhole(body: Buffer, form: BodyForm): readonly unknown[] | undefined {
  // no larger than what is worked on without a pause, and so than an event may be
  if (form === 'lines' || body.byteLength > sliceBytesMax) return undefined;
  let sent: unknown;
  try {
    // nearly all are ASCII, and asking costs less than decoding
    sent = JSON.parse(body.toString(isAscii(body) ? 'latin1' : 'utf8'));
  } catch {
    return undefined;
  }
  if (Array.isArray(sent)) return sent.length > 0 && sent.length <= requestEventsMax ? sent : undefined;
  // of two members called "events" the parser keeps one
  return typeof sent === 'object' && sent !== null && !('events' in sent) ? [sent] : undefined;
}
