/** Finds the name that was most likely meant by one that does not exist. */

/** Longer names are not compared: the work grows with the square of their length. */
const lengthMax = 64;

/** The nearest of `names`, or undefined when none is within two letters, or a third of a long name's. */
export function suggest(wrong: string, names: Iterable<string>): string | undefined {
  if (wrong.length > lengthMax) return undefined;
  const plain = plainOf(wrong);
  let best: string | undefined;
  let least = (plain.length > 3 ? Math.max(2, Math.floor(plain.length / 3)) : 1) + 1;
  for (const name of names) {
    const distance = editDistance(plain, plainOf(name));
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** 'user_id', 'user-id' and 'UserID' are spellings of one name. */
const plainOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.]/g, '');

/** Levenshtein's distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
