/**
 * Whole HTTP requests made ahead, so that sending one costs the client a copy: only the digits of the event ids are written
 * before each use, in place, because an id that came before would be a retry and not a new event.
 */
import { syntheticEvent } from '../synthetic.ts';

const digits = 12;
const blank = '0'.repeat(digits);

export class PreparedRequest {
  readonly bytes: Buffer;
  readonly #places: readonly number[];

  constructor(bytes: Buffer, mark: string) {
    this.bytes = bytes;
    const places: number[] = [];
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1))
      places.push(at + mark.length);
    this.#places = places;
  }

  get events(): number {
    return this.#places.length;
  }

  /** Numbers its events from `first`. */
  number(first: number): Buffer {
    const { bytes } = this;
    let n = first;
    for (const place of this.#places) {
      let rest = n++;
      for (let at = place + digits - 1; at >= place; at--) {
        bytes[at] = 0x30 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
    return bytes;
  }
}

export interface RequestShape {
  readonly key: string;
  readonly eventsPerRequest: number;
  /** Keeps the ids of this sender apart from those of others. */
  readonly tag: string;
}

/** `count` different requests. One event is sent as an object, several as an array. */
export function prepareRequests(
  { key, eventsPerRequest, tag }: RequestShape,
  count: number,
): PreparedRequest[] {
  const mark = `"eventId":"${tag}-`;
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const events = Array.from({ length: eventsPerRequest }, (_, at) =>
      syntheticEvent(index * eventsPerRequest + at, now - index, `${tag}-${blank}`),
    );
    const body = JSON.stringify(eventsPerRequest === 1 ? events[0] : events);
    const head = [
      'POST /api/collect HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ].join('\r\n');
    return new PreparedRequest(Buffer.from(`${head}\r\n\r\n${body}`), mark);
  });
}
