/**
 * Where an event stands among all others: by its time, and by its place in the log where times are equal. Total, and an
 * event never moves, so that a list that is read page by page neither repeats nor leaves out one while others arrive.
 */

export interface Position {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly partition: number;
  readonly offset: number;
}

/** Negative when `a` is the earlier. */
export const comparePositions = (a: Position, b: Position): number =>
  a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset;

/** A position as an opaque text that fits an address. */
export function cursorOf({ timestamp, partition, offset }: Position): string {
  return Buffer.from(`1.${timestamp}.${partition}.${offset}`).toString('base64url');
}

export const cursorLengthMax = 100;
const pattern = /^1\.(-?\d{1,15})\.(\d{1,5})\.(\d{1,16})$/;

/** Undefined when `text` is no cursor. */
export function positionOf(text: string): Position | undefined {
  if (text.length > cursorLengthMax) return undefined;
  const [, timestamp, partition, offset] =
    pattern.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (offset === undefined || !Number.isSafeInteger(Number(offset))) return undefined;
  return { timestamp: Number(timestamp), partition: Number(partition), offset: Number(offset) };
}
