/** ClickHouse's failures in the words of the contract. */
import { failure, type MillraceError } from '../../errors.ts';
import type { Budget } from '../store.ts';
import { ClickHouseError, clickhouseCodes } from './clickhouse-error.ts';

/** Numbers of ClickHouse that blame the values of an insert (src/Common/ErrorCodes.cpp). */
const rowFaults: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  33, // CANNOT_READ_ALL_DATA
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  131, // TOO_LARGE_STRING_SIZE
  306, // TOO_DEEP_RECURSION
  307, // TOO_MANY_BYTES: fewer rows may do
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  407, // DECIMAL_OVERFLOW
  469, // VIOLATED_CONSTRAINT
]);

/** For an insert or anything else that the writer may try again. */
export function writeFailure(error: unknown): MillraceError {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ClickHouseError) {
    if (rowFaults.has(error.clickhouseCode)) return failure('store_refused', { detail }, error);
    return failure(error.outcome === 'refused' ? 'store_unavailable' : 'store_unclear', { detail }, error);
  }
  // the encoder's own: a value that no column can hold
  if (error instanceof RangeError || error instanceof TypeError)
    return failure('store_refused', { detail }, error);
  return failure('store_unclear', { detail }, error);
}

/** For a question. */
export function questionFailure(error: unknown, budget: Budget, signal: AbortSignal): unknown {
  if (signal.aborted) return failure('question_cancelled', {}, error);
  if (!(error instanceof ClickHouseError)) return error;
  switch (error.clickhouseCode) {
    case clickhouseCodes.timeoutExceeded:
    case codes.tooSlow:
      return failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: budget.timeMs }, error);
    case clickhouseCodes.memoryLimitExceeded:
      return failure(
        'over_memory',
        { setting: 'MILLRACE_QUESTION_MEMORY_BYTES', limitBytes: budget.memoryBytes },
        error,
      );
    case clickhouseCodes.tooManyRows:
    case clickhouseCodes.tooManyBytes:
    case codes.tooManyRowsOrBytes:
      return failure(
        'over_rows',
        { setting: 'MILLRACE_QUESTION_ROWS_MAX', limitRows: budget.rowsMax },
        error,
      );
    case codes.cancelled:
      return failure('question_cancelled', {}, error);
    default:
      return failure('store_unavailable', { detail: error.message }, error);
  }
}

const codes = { tooSlow: 160, tooManyRowsOrBytes: 396, cancelled: clickhouseCodes.cancelled };
