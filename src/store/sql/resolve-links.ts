/** From id to id to the person: what the evaluator's `identityOf` says, for many ids at once. */

/** Where each of `keys` leads, by its place; `keys[i]` is linked to `targets[i]`. In a circle the smallest key stands for all. */
export function resolveLinks(keys: BigUint64Array, targets: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const places = new Map<bigint, number>();
  for (const [i, key] of keys.entries()) places.set(key, i);
  const persons = new BigUint64Array(keys.length);
  const isResolved = new Uint8Array(keys.length);
  for (let first = 0; first < keys.length; first++) {
    const path: number[] = [];
    const onPath = new Map<number, number>();
    let at: number | undefined = first;
    let person: bigint | undefined;
    while (person === undefined) {
      if (isResolved[at] === 1) person = persons[at]!;
      else if (onPath.has(at)) person = smallest(path.slice(onPath.get(at)).map((place) => keys[place]!));
      else {
        onPath.set(at, path.length);
        path.push(at);
        const target: bigint = targets[at]!;
        const next = places.get(target);
        if (next === undefined) person = target;
        else at = next;
      }
    }
    for (const place of path) {
      persons[place] = person;
      isResolved[place] = 1;
    }
  }
  return persons;
}

const smallest = (keys: readonly bigint[]): bigint => [...keys].sort((a, b) => (a < b ? -1 : 1))[0]!;
