/**
 * Who is to have how many partitions: equally many each, and one more for some when it does not come out even. Those that have the
 * most keep the one more, so that nothing moves that need not. Everybody who looks at the same comes to the same.
 */

/** `holders`: by partition, '' where nobody is. Members that hold nothing count too. */
export function fairShares(
  holders: readonly string[],
  members: Iterable<string>,
): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const member of members) held.set(member, 0);
  // who holds but is no member is on its way out: its partitions will be free
  for (const holder of holders) if (held.has(holder)) held.set(holder, held.get(holder)! + 1);
  const order = [...held].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const least = Math.floor(holders.length / order.length);
  const more = holders.length % order.length;
  return new Map(order.map(([member], rank) => [member, least + (rank < more ? 1 : 0)]));
}
