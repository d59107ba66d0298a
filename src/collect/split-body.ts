/**
 * Finds the events in a body without parsing them: where each begins and ends. So the number of events and the size of
 * each are known before anything is built, and a large body can be parsed in slices while others are served.
 *
 *   body     = array / envelope / lines / event
 *   array    = "[" [ event *( "," event ) ] "]"
 *   envelope = "{" DQUOTE "events" DQUOTE ":" array "}"
 *   lines    = *( [ event ] LF )            ; NDJSON
 *
 * Whether an event is JSON is left to JSON.parse; where every part is, the whole is, so nothing is taken for an array that
 * is none.
 */
import { failure } from '../errors.ts';
import type { BodyForm } from './body-form.ts';
import { requestEventsMax } from './limits.ts';

export interface SplitBody {
  /** Half-open byte ranges, in order: two numbers for each event. */
  readonly ranges: readonly number[];
  /** Each event is a document of its own (NDJSON), so that a broken one costs no other. */
  readonly isLines: boolean;
}
type Ranges = number[];

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** White space may stand between all parts; more of it than this before the list is not looked through. */
const envelopeHeadBytesMax = 256;
const envelopeHead = /^\s*\{\s*"events"\s*:\s*\[/;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The events of a body. Errors: body_empty, body_malformed, too_many_events. */
export function splitBody(body: Buffer, form: BodyForm): SplitBody {
  const first = skipSpace(
    body,
    byteOrderMark.every((byte, at) => body[at] === byte) ? byteOrderMark.length : 0,
  );
  const isLines = form === 'lines' || (form === 'either' && hasMoreLines(body, first));
  const ranges = isLines ? splitLines(body, first) : splitDocument(body, first);
  if (ranges.length === 0) throw failure('body_empty', {});
  return { ranges, isLines };
}

function splitDocument(body: Buffer, first: number): Ranges {
  if (first === body.length) return [];
  if (body[first] === openBracket) return splitArray(body, first + 1, false);
  const head = envelopeHead.exec(body.toString('latin1', first, first + envelopeHeadBytesMax));
  if (head !== null) return splitArray(body, first + head[0].length, true);
  return [first, body.length];
}

/** Lines that are empty or white are no events. */
function splitLines(body: Buffer, start: number): Ranges {
  const ranges: Ranges = [];
  let first = start;
  while (first < body.length) {
    const feed = body.indexOf(lineFeed, first);
    const end = feed < 0 ? body.length : feed;
    add(ranges, first, end);
    first = skipSpace(body, end);
  }
  return ranges;
}

/** `start` stands behind the bracket. */
function splitArray(body: Buffer, start: number, inEnvelope: boolean): Ranges {
  const ranges: Ranges = [];
  let first = skipSpace(body, start);
  let end = first;
  if (body[first] !== closeBracket) {
    do {
      end = endOfElement(body, first);
      add(ranges, first, end);
      first = skipSpace(body, end + 1);
    } while (body[end] === comma);
  }
  if (body[end] !== closeBracket) throw malformed('the array of events is not closed');
  checkTail(body, end + 1, inEnvelope);
  return ranges;
}

function checkTail(body: Buffer, start: number, inEnvelope: boolean): void {
  let at = skipSpace(body, start);
  if (inEnvelope) {
    if (body[at] !== closeBrace) throw malformed('{"events": [...]} must hold nothing else');
    at = skipSpace(body, at + 1);
  }
  if (at < body.length) throw malformed('something follows the end of the JSON');
}

/** The place of the comma or bracket that ends the element, or the end of the body. */
function endOfElement(body: Buffer, start: number): number {
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte === comma || byte === closeBracket || byte === closeBrace) return at;
    if (byte === quote) at = endOfText(body, at);
    else if (byte === openBrace || byte === openBracket) at = closeOf(body, at);
  }
  return body.length;
}

/** The place of the bracket that closes the one at `start`, or the end of the body. */
function closeOf(body: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte === quote) at = endOfText(body, at);
    else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return body.length;
}

/** The place of the quote that ends the text whose first quote is at `start`, or the end of the body. */
function endOfText(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === quote) return at;
    if (byte === backslash) at += 1;
  }
  return body.length;
}

/** Whether another value follows the first one on a line of its own, as no single JSON document has it. */
function hasMoreLines(body: Buffer, start: number): boolean {
  if (body[start] !== openBrace) return false;
  const end = closeOf(body, start);
  const next = skipSpace(body, end + 1);
  return body[next] === openBrace && body.subarray(end, next).includes(lineFeed);
}

function skipSpace(body: Buffer, start: number): number {
  let at = start;
  for (; at < body.length; at++) {
    const byte = body[at];
    if (byte !== space && byte !== lineFeed && byte !== carriageReturn && byte !== tab) break;
  }
  return at;
}

function add(ranges: Ranges, first: number, end: number): void {
  if (ranges.length === 2 * requestEventsMax) {
    throw failure('too_many_events', { eventsMax: requestEventsMax });
  }
  ranges.push(first, end);
}

function malformed(detail: string) {
  return failure('body_malformed', { detail });
}
