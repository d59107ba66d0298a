/** Filters of the options `--filter`: the grammar of plan/filter-text.ts, with errors for who typed them. */
import { FilterTextInvalid, parseFilterTexts } from '../plan/filter-text.ts';
import { UsageError } from './context.ts';

export type FilterText = string;

/** All must match; undefined when there is none. Fields and types are checked by the server. Errors: UsageError. */
export function parseFilters(texts: readonly FilterText[]): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseFilterTexts(texts);
  } catch (error) {
    if (error instanceof FilterTextInvalid) throw new UsageError(`--filter ${error.message}`);
    throw error;
  }
}
