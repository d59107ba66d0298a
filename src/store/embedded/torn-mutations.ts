/**
 * Removes what would bar the engine from its own data: a mutation (DELETE) whose file a full disk left empty or short. The
 * engine does not notice when it writes it (see part-watch.ts), and cannot open that table ever again. Nobody was told that the
 * mutation had ended; who asked for it asks again.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const mutation = /^(tmp_)?mutation_\d+\.txt$/;

/** Resolves with the paths that were removed. */
export function removeTornMutations(directory: string): readonly string[] {
  const torn: string[] = [];
  for (const table of tablesOf(join(directory, 'store'))) {
    for (const name of namesIn(table)) {
      const path = join(table, name);
      if (mutation.test(name) && !readFileSync(path, 'utf8').endsWith('\n')) torn.push(path);
    }
  }
  for (const path of torn) rmSync(path);
  return torn;
}

/** Each has a directory of its own, below one with the first letters of its name. */
const tablesOf = (store: string): readonly string[] =>
  namesIn(store).flatMap((group) => namesIn(join(store, group)).map((name) => join(store, group, name)));

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // no directory, or none yet
    return [];
  }
}
