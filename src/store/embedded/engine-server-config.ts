/**
 * How the engine itself is configured: a server configuration for a small machine, and the settings that hold for every
 * statement of every Session. Decisions: docs/decisions/020-engine-endpoint.md.
 */

export interface ServerLimits {
  /** Counts the mapped library too, so it is no cap for one question; those have `max_memory_usage`. */
  readonly serverMemoryBytes: number;
}

/**
 * Inserts, merges and other writes begin only where this much of the disk stays free, because the engine does not notice
 * when its writes fail (see part-watch.ts). MILLRACE_LOG_FREE_BYTES_MIN stops collecting earlier still.
 */
export const keptFreeBytes = 64 * 1024 * 1024;

/**
 * Parts that were merged stay for so long after the merge, or after a start: until the watch has measured what they were merged
 * into (part-watch.ts), and until the kernel has written it, which takes up to 35 seconds, since a merge is not synced.
 * The engine's own default is 0: they are gone within a minute, or at once. 15 of them a second cost 15 MB of memory.
 */
const sourcesKeptSeconds = { afterMerge: 45, afterStart: 40 };

/** A merge that came out short is set aside at a start; its sources are there, however large it was. */
const brokenBytesMax = 1024 ** 4;

/**
 * A part up to this size, before compression, is one file of all columns: some 16 files, where one for each column and path of
 * properties makes 300, all of them synced. An insert of 30,000 rows took half of the processor time; questions hardly differ.
 */
const compactBytesMax = 256 * 1024 * 1024;

/**
 * Parts are merged about so many at once. Each row is then rewritten half as often as with the engine's own 5: 50 inserts of
 * 30,000 rows cost 9.3 CPU-seconds a million instead of 12.0, and 200 small ones 42 merges instead of 118.
 */
const mergedAtOnce = 16;

/**
 * 8 MiB of compiled expressions and 200 threads: less of both tripled the time of an insert. Two background threads share
 * merges and mutations; the three `number_of_free_entries…` must be lowered with them, or mutations never run.
 */
export function serverConfig({ serverMemoryBytes }: ServerLimits): string {
  return `<clickhouse>
  <max_server_memory_usage>${serverMemoryBytes}</max_server_memory_usage>
  <mark_cache_size>16777216</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <compiled_expression_cache_size>8388608</compiled_expression_cache_size>
  <max_thread_pool_size>200</max_thread_pool_size>
  <background_pool_size>2</background_pool_size>
  <os_threads_nice_value_merge_mutate>10</os_threads_nice_value_merge_mutate>
  <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
  <storage_configuration>
    <disks>
      <default><keep_free_space_bytes>${keptFreeBytes}</keep_free_space_bytes></default>
    </disks>
  </storage_configuration>
  <merge_tree>
    <old_parts_lifetime>${sourcesKeptSeconds.afterMerge}</old_parts_lifetime>
    <merge_tree_clear_old_parts_interval_seconds>${sourcesKeptSeconds.afterStart}</merge_tree_clear_old_parts_interval_seconds>
    <max_suspicious_broken_parts_bytes>${brokenBytesMax}</max_suspicious_broken_parts_bytes>
    <min_bytes_for_wide_part>${compactBytesMax}</min_bytes_for_wide_part>
    <merge_selector_base>${mergedAtOnce}</merge_selector_base>
    <merge_max_block_size>4096</merge_max_block_size>
    <merge_max_block_size_bytes>4194304</merge_max_block_size_bytes>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}

/** The statement's own text, which the parser refuses beyond this. */
export const sqlBytesMax = 16 * 1024 * 1024;

/** For every Session, whatever a statement asks for besides. */
export const pinnedSettings: Readonly<Record<string, string>> = {
  async_insert: '0',
  insert_deduplicate: '0',
  deduplicate_insert: 'disable',
  max_query_size: String(sqlBytesMax),
  output_format_json_quote_64bit_integers: '1',
  session_timezone: 'UTC',
};
