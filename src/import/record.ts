/** One row of an input on its way to the server: an event, or the reason why it is none. */
import { isUtf8 } from 'node:buffer';
import { eventBytesMax } from '../event/limits.ts';
import type { Line } from './lines.ts';

export type SentEvent = Readonly<Record<string, unknown>>;

export interface Row {
  /** Its line, from 1; of a Parquet file its row. */
  readonly line: number;
  /** As it stands in the input. */
  readonly raw: Buffer | string;
}
/** `salt` stands before `raw` when it is hashed into an eventId: what else decides what the event is. */
export type Readable = Row & { readonly event: SentEvent; readonly salt: string };
export type Unreadable = Row & { readonly reason: string; readonly message: string };
export type InputRecord = Readable | Unreadable;

/** Records in groups, each as large as the reader finds good. */
export type Records = AsyncIterable<readonly InputRecord[]>;

/** What the server takes as one event is the longest line worth reading. */
export const lineBytesMax = eventBytesMax;

/** Of a line that is too long; nobody repairs it by hand. */
const shownBytesMax = 1_000;

/** Why a line is no text that could hold an event; undefined when it is one. */
export function refuseLine({ number, bytes, length }: Line, isLatin1: boolean): Unreadable | undefined {
  const row = { line: number, raw: bytes };
  if (length > bytes.length) {
    const message = `the line has ${length} bytes; it may have at most ${lineBytesMax}`;
    return {
      line: number,
      raw: bytes.toString('latin1', 0, shownBytesMax),
      reason: 'line_too_long',
      message,
    };
  }
  if (isLatin1 || isUtf8(bytes)) return undefined;
  const message = 'the line is not UTF-8; if the file is in an older encoding, say --encoding latin1';
  return { ...row, reason: 'not_utf8', message };
}

export const textOf = (bytes: Buffer, isLatin1: boolean) => bytes.toString(isLatin1 ? 'latin1' : 'utf8');
