/**
 * Who is the same person: what `identify` and `alias` events say, over all of a project's events, whenever they came.
 *
 *  - `identify` says that its `anonymousId` is its `userId`; `alias` that its `previousId` is its `userId`, else its `anonymousId`.
 *  - Of what is said of one id, the earliest link counts: an id is of the first person that it was given to, so that two people on
 *    one device stay two.
 *  - `properties.undo: true` on a later event of the same two ids takes their link back, until it is said again.
 *  - Links are followed from id to id. Where they lead round in a circle, its smallest key stands for all.
 */
import type { EventRow } from '../../event/event-row.ts';
import { comparePositions } from '../../plan/position.ts';

/** xxHash64 (seed 0) of UTF-8, as the writer makes the keys of persons. */
export type Hash64 = (text: string) => bigint;
/** The key that stands for a person, for any of theirs. */
export type Identity = (key: bigint) => bigint;

interface Link {
  readonly to: bigint;
  /** Its place in the order of events. */
  readonly since: number;
}

/** `rows`: all of one project. */
export function identityOf(rows: readonly EventRow[], hash64: Hash64): Identity {
  const links = new Map<bigint, Map<bigint, Link>>();
  for (const [since, row] of rows.filter(isLink).toSorted(comparePositions).entries()) {
    const from = hash64(isAlias(row) ? row.previousId : row.anonymousId);
    const to = row.personKey;
    const own = links.get(from) ?? new Map<bigint, Link>();
    links.set(from, own);
    if (row.properties.undo === true) own.delete(to);
    else if (from !== to && !own.has(to)) own.set(to, { to, since });
  }
  const firsts = new Map<bigint, bigint>();
  for (const [from, own] of links) {
    const [first] = [...own.values()].sort((a, b) => a.since - b.since);
    if (first !== undefined) firsts.set(from, first.to);
  }
  return (key) => followed(key, firsts);
}

const isAlias = ({ type }: EventRow): boolean => type === 'alias' || type === 'ALIAS';
const isIdentify = ({ type }: EventRow): boolean => type === 'identify' || type === 'IDENTIFY';

/** Whether the event says that two ids are one person, or that they are not. */
export function isLink(row: EventRow): boolean {
  if (row.personKey === 0n) return false;
  return isAlias(row)
    ? row.previousId !== ''
    : isIdentify(row) && row.userId !== '' && row.anonymousId !== '';
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : 1);

function followed(key: bigint, links: ReadonlyMap<bigint, bigint>): bigint {
  const seen = [key];
  for (let next = links.get(key); next !== undefined; next = links.get(next)) {
    const at = seen.indexOf(next);
    if (at >= 0) return seen.slice(at).sort(ascending)[0]!;
    seen.push(next);
  }
  return seen.at(-1)!;
}

/** The rows with each person's one key, project by project. */
export function withIdentity(rows: readonly EventRow[], hash64: Hash64 | undefined): readonly EventRow[] {
  if (hash64 === undefined || !rows.some(isLink)) return rows;
  const identities = new Map(
    [...Map.groupBy(rows, (row) => row.project)].map(([project, own]) => [project, identityOf(own, hash64)]),
  );
  return rows.map((row) =>
    row.personKey === 0n ? row : { ...row, personKey: identities.get(row.project)!(row.personKey) },
  );
}
