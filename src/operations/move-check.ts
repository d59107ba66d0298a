/**
 * Compares two stores event by event: for each project, day and type the number of events, of persons, and a checksum over
 * everything that the events hold. Both are read in the same order, a piece at a time.
 */
import { createHash } from 'node:crypto';
import type { EventRow } from '../event/event-row.ts';
import type { Store } from '../store/store.ts';
import { everythingOf, moveBudget } from './move.ts';

export interface MoveDifference {
  readonly project: string;
  /** UTC: 2026-01-31. */
  readonly day: string;
  readonly type: string;
  readonly detail: string;
}

export interface MoveCheck {
  readonly events: number;
  readonly days: number;
  readonly differences: readonly MoveDifference[];
}

interface Tally {
  events: number;
  readonly persons: Set<bigint>;
  /** The sum of the checksums of the events, which does not depend on their order. */
  checksum: bigint;
}

const differencesMax = 1_000;
const dayLength = 'yyyy-mm-dd'.length;

/** Errors: those of the stores. */
export async function compareStores(
  from: Store,
  to: Store,
  projects: readonly string[],
  signal: AbortSignal,
): Promise<MoveCheck> {
  let events = 0;
  const days = new Set<string>();
  const differences: MoveDifference[] = [];
  for (const project of projects) {
    const there = daysOf(to, project, signal)[Symbol.asyncIterator]();
    let other = await there.next();
    const tell = (day: string, type: string, detail: string): void => {
      if (differences.length < differencesMax) differences.push({ project, day, type, detail });
    };
    for await (const { day, tallies } of daysOf(from, project, signal)) {
      days.add(day);
      for (const { events: count } of tallies.values()) events += count;
      for (; !other.done && other.value.day < day; other = await there.next())
        compareDay(new Map(), other.value.tallies, (type, detail) => tell(other.value.day, type, detail));
      const same = !other.done && other.value.day === day;
      compareDay(tallies, same ? other.value.tallies : new Map(), (type, detail) => tell(day, type, detail));
      if (same) other = await there.next();
    }
    for (; !other.done; other = await there.next())
      compareDay(new Map(), other.value.tallies, (type, detail) => tell(other.value.day, type, detail));
  }
  return { events, days: days.size, differences };
}

type Tallies = ReadonlyMap<string, Tally>;

function compareDay(here: Tallies, there: Tallies, tell: (type: string, detail: string) => void): void {
  for (const type of new Set([...here.keys(), ...there.keys()])) {
    const [a, b] = [here.get(type) ?? emptyTally(), there.get(type) ?? emptyTally()];
    if (a.events !== b.events) tell(type, `${a.events} events, and ${b.events} after the move`);
    else if (a.persons.size !== b.persons.size)
      tell(type, `${a.persons.size} persons, and ${b.persons.size} after the move`);
    else if (a.checksum !== b.checksum) tell(type, 'the same number of events, which are not the same');
  }
}

const emptyTally = (): Tally => ({ events: 0, persons: new Set(), checksum: 0n });

/** Day by day, ascending. */
async function* daysOf(
  store: Store,
  project: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly day: string; readonly tallies: Tallies }> {
  let day = '';
  let tallies = new Map<string, Tally>();
  const question = { scope: everythingOf(project), order: 'asc' } as const;
  for await (const rows of store.events(question, moveBudget, signal)) {
    for (const row of rows) {
      const own = new Date(row.timestamp).toISOString().slice(0, dayLength);
      if (own !== day) {
        if (tallies.size > 0) yield { day, tallies };
        day = own;
        tallies = new Map();
      }
      add(tallies, row);
    }
  }
  if (tallies.size > 0) yield { day, tallies };
}

function add(tallies: Map<string, Tally>, row: EventRow): void {
  const tally = tallies.get(row.type) ?? emptyTally();
  tallies.set(row.type, tally);
  tally.events++;
  if (row.personKey !== 0n) tally.persons.add(row.personKey);
  tally.checksum = BigInt.asUintN(64, tally.checksum + checksumOf(row));
}

/** Over the fields by name: each store makes its rows in an order of its own. */
function checksumOf(row: EventRow): bigint {
  const fields = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(fields, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return createHash('sha1').update(text).digest().readBigUInt64LE(0);
}
