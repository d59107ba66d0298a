/**
 * The rows of a SELECT as bytes, by COPY … TO STDOUT (FORMAT binary) (PostgreSQL's documentation, "COPY", binary format): nothing
 * is made an object, and no more is read than is taken. For rows of columns of fixed width that are never NULL.
 *
 *   answer   19 bytes, rows, int16 -1
 *   row      int16 number of fields, fields
 *   field    int32 length, the bytes
 */
import { to as copyTo } from 'pg-copy-streams';
import type { Connection } from '../../postgres/postgres-pool.ts';

/** Some whole rows, of `rowBytes` each. */
export interface RowBytes {
  readonly view: DataView;
  readonly rows: number;
}

/** Where the columns of such rows stand. */
export interface RowLayout {
  readonly rowBytes: number;
  /** Where each column begins in its row. */
  readonly columns: readonly number[];
}

const headerBytes = 19;
const trailerBytes = 2;
const fieldHeadBytes = 4;
const chunkBytes = 256 * 1024;
/** PostgreSQL counts from 2000-01-01, in microseconds. */
const epochMs = Date.UTC(2000, 0, 1);

/** `widths`: of the columns, in bytes. */
export function rowLayout(widths: readonly number[]): RowLayout {
  const columns: number[] = [];
  let at = 2;
  for (const width of widths) {
    columns.push(at + fieldHeadBytes);
    at += fieldHeadBytes + width;
  }
  return { rowBytes: at, columns };
}

/** `sql` has no parameters. Errors: those of the driver. */
export async function* copiedRows(
  connection: Connection,
  sql: string,
  { rowBytes }: RowLayout,
): AsyncGenerator<RowBytes> {
  const stream = connection.query(
    copyTo(`COPY (${sql}) TO STDOUT (FORMAT binary)`, { highWaterMark: chunkBytes }),
  );
  let skipped = 0;
  let rest: Buffer = Buffer.alloc(0);
  try {
    // destroyed, it would keep the connection's data to itself
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const skip = Math.min(headerBytes - skipped, chunk.length);
      skipped += skip;
      const bytes = rest.length === 0 ? chunk.subarray(skip) : Buffer.concat([rest, chunk.subarray(skip)]);
      const rows = Math.floor(bytes.length / rowBytes);
      if (rows > 0) yield { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), rows };
      rest = bytes.subarray(rows * rowBytes);
    }
    if (rest.length !== trailerBytes) throw new Error('the rows of COPY are not as long as they should be');
  } finally {
    // whoever leaves early has the statement stopped, of which the connection must hear
    stream.on('error', () => {});
    stream.resume();
  }
}

/** A timestamptz as epoch ms; exact for whole milliseconds. */
export const readInstant = (view: DataView, at: number): number =>
  (view.getInt32(at) * 4_294_967_296 + view.getUint32(at + 4)) / 1_000 + epochMs;
