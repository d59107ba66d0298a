/** A question's budget as settings of its statement. */
import type { Budget } from '../store.ts';

/** The client gives up a little after the engine should have, so that the engine's own word is heard. */
export const questionGraceMs = 5_000;

export const questionSettings = (budget: Budget): Readonly<Record<string, string | number>> => ({
  max_execution_time: Math.max(budget.timeMs / 1000, 0.001),
  timeout_overflow_mode: 'throw',
  max_memory_usage: budget.memoryBytes,
  max_rows_to_read: budget.rowsMax,
  read_overflow_mode: 'throw',
  // statements name every bucket's border
  max_query_size: 4 * 1024 * 1024,
  max_ast_elements: 500_000,
  max_expanded_ast_elements: 500_000,
});

/** For questions that hold each person or session: past a share of the memory, or half, their groups and orders go through the disk. */
export const spillingSettings = (budget: Budget, share = 0.5): Readonly<Record<string, string | number>> => ({
  ...questionSettings(budget),
  max_bytes_before_external_group_by: Math.floor(budget.memoryBytes * share),
  max_bytes_before_external_sort: Math.floor(budget.memoryBytes / 2),
  max_bytes_ratio_before_external_group_by: 0,
  max_bytes_ratio_before_external_sort: 0,
});
