/**
 * How `events` is cut by time: calendar months, weeks (from Monday) or days, in UTC. What is older than `floor` is one piece, so that
 * a late import of old data cannot make thousands of tables. Pure arithmetic; make-pieces.ts makes the tables.
 */
import { millisecondsPerDay } from '../../clock.ts';

export type PieceInterval = 'month' | 'week' | 'day';

export interface Cut {
  readonly interval: PieceInterval;
  /** Epoch ms; the begin of a piece. */
  readonly floor: number;
}

/** Half-open, epoch ms; `from` is -Infinity for what is older than the floor. */
export interface Piece {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** How far back pieces are made, in days from now; months go back to 2010. */
const daysBack: Readonly<Record<Exclude<PieceInterval, 'month'>, number>> = { week: 2 * 365, day: 180 };
const firstMonth = Date.UTC(2010, 0, 1);
const olderName = 'events_before';
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * millisecondsPerDay;
const weekMs = 7 * millisecondsPerDay;

/** The cut of a database that is set up now. */
export function newCut(interval: PieceInterval, now: number): Cut {
  if (interval === 'month') return { interval, floor: firstMonth };
  return { interval, floor: beginOf(interval, now - daysBack[interval] * millisecondsPerDay) };
}

export function pieceOf({ interval, floor }: Cut, time: number): Piece {
  if (time < floor) return { name: olderName, from: Number.NEGATIVE_INFINITY, to: floor };
  const from = beginOf(interval, time);
  return { name: nameOf(interval, from), from, to: endOf(interval, from) };
}

/** The piece whose table has this name; undefined when it is none of ours. */
export function pieceNamed(cut: Cut, table: string): Piece | undefined {
  if (unnumbered(table) === olderName) return pieceOf(cut, Number.NEGATIVE_INFINITY);
  const [, year, month, day = '01'] =
    /^events_(?:week_)?(\d{4})_(\d\d)(?:_(\d\d))?$/.exec(unnumbered(table)) ?? [];
  const from = Date.parse(`${year}-${month}-${day}`);
  const piece = Number.isNaN(from) ? undefined : pieceOf(cut, from);
  return piece?.name === unnumbered(table) ? piece : undefined;
}

/** A table that is detached and not removed yet may still have the name: a newer one of the same time has a number behind it. */
export const numbered = (name: string, number: number): string =>
  number === 1 ? name : `${name}_x${number}`;
const unnumbered = (table: string): string => table.replace(/_x\d+$/, '');

/** The piece of `now` and those that follow it, until all of the next `days` days lie in one. */
export function piecesAhead(cut: Cut, now: number, days: number): readonly Piece[] {
  const pieces = [pieceOf(cut, now)];
  while (pieces.at(-1)!.to < now + days * millisecondsPerDay) pieces.push(pieceOf(cut, pieces.at(-1)!.to));
  return pieces;
}

function beginOf(interval: PieceInterval, time: number): number {
  switch (interval) {
    case 'month': {
      const date = new Date(time);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    }
    case 'week':
      return Math.floor((time - firstMonday) / weekMs) * weekMs + firstMonday;
    case 'day':
      return Math.floor(time / millisecondsPerDay) * millisecondsPerDay;
    default:
      return interval satisfies never;
  }
}

function endOf(interval: PieceInterval, from: number): number {
  switch (interval) {
    case 'month': {
      const date = new Date(from);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    }
    case 'week':
      return from + weekMs;
    case 'day':
      return from + millisecondsPerDay;
    default:
      return interval satisfies never;
  }
}

/** 'events_2025_06', 'events_2025_06_15', 'events_week_2025_06_16'. */
function nameOf(interval: PieceInterval, from: number): string {
  const [year, month, day] = new Date(from).toISOString().slice(0, 'yyyy-mm-dd'.length).split('-');
  switch (interval) {
    case 'month':
      return `events_${year}_${month}`;
    case 'week':
      return `events_week_${year}_${month}_${day}`;
    case 'day':
      return `events_${year}_${month}_${day}`;
    default:
      return interval satisfies never;
  }
}
