/** What is stored of a window of offsets. */
import type { Connection } from '../../postgres/postgres-pool.ts';
import type { OffsetRanges } from '../store.ts';

/** The ranges are made by the server, so that memory here is bound by their number, not by the window. */
export async function readBack(
  connection: Connection,
  partition: number,
  from: number,
  to: number,
): Promise<OffsetRanges> {
  const { rows } = await connection.query<{ first: string; last: string }>(
    `SELECT min(_offset) AS first, max(_offset) AS last FROM (
  SELECT _offset, _offset - row_number() OVER (ORDER BY _offset) AS island
  FROM events WHERE _partition = $1 AND _offset >= $2 AND _offset < $3
) AS places GROUP BY island ORDER BY min(_offset)`,
    [partition, from, to],
  );
  return rows.map(({ first, last }) => [Number(first), Number(last) + 1] as const);
}
