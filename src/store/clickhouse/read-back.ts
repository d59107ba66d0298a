/** What is stored of a window of offsets. */
import type { OffsetRanges } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';

/** The ranges are made by the engine, so that memory here is bound by their number, not by the window. */
export async function readBack(
  client: ClickHouseClient,
  partition: number,
  from: number,
  to: number,
): Promise<OffsetRanges> {
  const rows = await client.rows<[string, string]>(`SELECT min(place), max(place) + 1
FROM (
  SELECT place, place - row_number() OVER (ORDER BY place) AS island
  FROM (SELECT DISTINCT toInt64(_offset) AS place FROM events WHERE _partition = ${partition} AND _offset >= ${from} AND _offset < ${to})
)
GROUP BY island
ORDER BY min(place)`);
  return rows.map(([first, end]) => [Number(first), Number(end)] as const);
}
