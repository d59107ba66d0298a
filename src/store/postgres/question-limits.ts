/**
 * A question's budget as PostgreSQL can be held to it. Time is the transaction's `statement_timeout`. Memory is not bound as a
 * whole: each step of a plan may use `work_mem` and goes on in temporary files, so the budget is divided among as many steps as a
 * plan of ours has at work at once; the files are bound where we may (`temp_file_limit` wants a superuser).
 */
import { failure, type MillraceError } from '../../errors.ts';
import { PostgresError } from '../../postgres/postgres-error.ts';
import type { Budget } from '../store.ts';

/** Steps that hold memory at once, of the processes that share a question. */
const stepsMax = 6;
/** Temporary files, as a multiple of the memory. */
const filesPerMemory = 10;
const workMemMinKb = 64;
const tempFileMaxKb = 2 ** 31 - 1;

/** Of the transaction, as columns of a SELECT. `jit` compiles longer than our statements run. */
export function limitColumns({ memoryBytes }: Budget): string {
  const kb = Math.floor(memoryBytes / 1024);
  const workMem = Math.max(workMemMinKb, Math.floor(kb / stepsMax));
  const files = Math.min(tempFileMaxKb, kb * filesPerMemory);
  return [
    `set_config('work_mem', '${workMem}kB', true)`,
    `set_config('hash_mem_multiplier', '1', true)`,
    `set_config('jit', 'off', true)`,
    `CASE WHEN current_setting('is_superuser') = 'on' THEN set_config('temp_file_limit', '${files}kB', true) END`,
  ].join(', ');
}

const overRows = ({ rowsMax }: Budget): MillraceError =>
  failure('over_rows', { setting: 'MILLRACE_QUESTION_ROWS_MAX', limitRows: rowsMax });

/** Errors: over_rows. */
export function assertRows(rows: number, budget: Budget): void {
  if (rows > budget.rowsMax) throw overRows(budget);
}

/** out_of_memory, and the files' own limit. */
const memoryStates: ReadonlySet<string | undefined> = new Set(['53200', '53400']);

/** Told apart while it is the driver's own: the pool would ask the primary once more. */
export function memoryFailure(error: unknown, { memoryBytes }: Budget): unknown {
  if (!memoryStates.has((error as { readonly code?: string }).code)) return error;
  const params = { setting: 'MILLRACE_QUESTION_MEMORY_BYTES', limitBytes: memoryBytes };
  return failure('over_memory', params, error);
}

/** A failure of the pool in the words of the contract. */
export function questionFailure(error: unknown, budget: Budget, signal: AbortSignal): unknown {
  if (!(error instanceof PostgresError))
    return signal.aborted ? failure('question_cancelled', {}, error) : error;
  switch (error.kind) {
    case 'cancelled':
      return failure('question_cancelled', {}, error);
    case 'timeout':
      return failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: budget.timeMs }, error);
    default:
      return failure('store_unavailable', { detail: error.message }, error);
  }
}
