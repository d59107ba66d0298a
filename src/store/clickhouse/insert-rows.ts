/**
 * Rows into `events`: plain acknowledged inserts of one block each, nothing buffered, nothing deduplicated by the engine
 * (its own deduplication lost batches in kill tests; offsets are compared instead). The materialized views run in it.
 */
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { Attempt } from './fenced-calls.ts';
import { eventColumns } from './schema.ts';

export const insertSettings = {
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

/** Blocks of `packRows`, one after the other. Errors: ClickHouseError. */
export async function insertBlocks(
  client: ClickHouseClient,
  calls: Pick<Attempt, 'run'>,
  blocks: readonly Uint8Array[],
): Promise<void> {
  for (const block of blocks)
    await calls.run((queryId) =>
      client.insertNative('events', names, block, { queryId, settings: insertSettings }),
    );
}
