/**
 * Rows into `events`: plain acknowledged inserts of one block each, nothing buffered, nothing deduplicated by the engine
 * (its own deduplication lost batches in kill tests; offsets are compared instead). The materialized views run in it.
 */
import type { EventRow } from '../../event/event-row.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { Attempt } from './fenced-calls.ts';
import { nativeBlock } from './native-block.ts';
import { eventColumns } from './schema.ts';

/** More rows than this are inserted as several blocks, … */
export const blockRowsMax = 100_000;
/** … and so are rows whose block would be larger: properties may take 90 times what they took in the log. */
export const blockBytesMax = 64 * 1024 * 1024;

const settings = {
  async_insert: 0,
  wait_end_of_query: 1,
  deduplicate_insert: 'disable',
  deduplicate_blocks_in_dependent_materialized_views: 0,
  materialized_views_ignore_errors: 0,
  // nothing in properties is guessed to be a date or a number
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_try_infer_numbers_from_strings: 0,
  type_json_skip_duplicated_paths: 1,
};
const names = eventColumns.map(({ name }) => name);

/** Errors: ClickHouseError; RangeError or TypeError when a row does not fit the columns. */
export async function insertRows(
  client: ClickHouseClient,
  calls: Pick<Attempt, 'run'>,
  rows: readonly EventRow[],
): Promise<void> {
  for (const block of blocksOf(rows, blockBytesMax))
    await calls.run((queryId) => client.insertNative('events', names, block, { queryId, settings }));
}

/** All rows in their order, in blocks within the bounds; a row that is larger than `bytesMax` has one by itself. */
export function* blocksOf(rows: readonly EventRow[], bytesMax: number): Generator<Buffer> {
  for (let from = 0; from < rows.length; from += blockRowsMax)
    yield* halved(rows.slice(from, from + blockRowsMax), bytesMax);
}

function* halved(rows: readonly EventRow[], bytesMax: number): Generator<Buffer> {
  const block = nativeBlock(eventColumns, rows, rows.length === 1 ? undefined : bytesMax);
  if (block !== undefined) {
    yield block;
    return;
  }
  const half = rows.length >>> 1;
  yield* halved(rows.slice(0, half), bytesMax);
  yield* halved(rows.slice(half), bytesMax);
}
