/** The key with which the command line asks. */
import type { Config } from '../config.ts';
import { UsageError } from './context.ts';

/** What was typed, else what is set. Errors: UsageError, with how to make one. */
export function readKey({ key }: { readonly key?: string }, { keys }: Config): string {
  const found = key ?? keys.read ?? keys.admin;
  if (found === undefined) {
    throw new UsageError(
      'a read key is needed: set MILLRACE_READ_KEY, or make one with: millrace keys create read',
    );
  }
  return found;
}
