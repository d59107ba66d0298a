/** PostgreSQL's failures in the words of the contract. */
import { failure, MillraceError } from '../../errors.ts';
import { PostgresError } from '../../postgres/postgres-error.ts';

const states = {
  uniqueViolation: '23505',
  checkViolation: '23514',
  /** An index row or a statement is larger than the server takes: fewer rows, or none of this one. */
  programLimit: '54000',
} as const;

/** The rows are there already, or their partition is gone: neither is their fault. */
const notOfRows: ReadonlySet<string | undefined> = new Set([states.uniqueViolation, states.checkViolation]);

/** For an insert or anything else that the writer may try again. */
export function writeFailure(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  // the encoder's own: a value that no column can hold
  if (error instanceof RangeError || error instanceof TypeError)
    return failure('store_refused', { detail }, error);
  if (!(error instanceof PostgresError) || error.outcome === 'unclear')
    return failure('store_unclear', { detail }, error);
  if (isOfRows(error)) return failure('store_refused', { detail }, error);
  return failure('store_unavailable', { detail }, error);
}

function isOfRows({ kind, sqlState }: PostgresError): boolean {
  return (kind === 'data' && !notOfRows.has(sqlState)) || sqlState === states.programLimit;
}

/** A row had no partition: one that was known is gone. */
export const isWithoutPartition = (error: unknown): boolean =>
  error instanceof PostgresError && error.sqlState === states.checkViolation;

/** For anything else. */
export function unavailable(error: unknown): Error & { readonly code: string } {
  if (error instanceof MillraceError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return failure('store_unavailable', { detail }, error);
}
