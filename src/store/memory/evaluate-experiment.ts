/**
 * What the numbers of an experiment mean, over an array of rows, written to be read:
 *
 *  - An exposure is an event of type `EXPOSURE` (or `exposure`) of the experiment that names a variant and matches the filter.
 *  - A unit is a person, or a session, with an exposure. Its conversions and amounts count at or after the time of its first
 *    exposure, also of the same millisecond: events that were sent together arrive in any order.
 *  - A unit that saw several variants is mixed: left out, or counted for each variant from its first exposure to that one.
 */
import type { EventRow } from '../../event/event-row.ts';
import {
  conversionTypes,
  exposureTypes,
  goalsMax,
  pageviewTypes,
  variantsMax,
} from '../../plan/experiment.ts';
import type { Scope } from '../../plan/plan.ts';
import { compareBytes } from '../../plan/text.ts';
import type { ExperimentQuestion, ExperimentRows, MoneyCell, Reach, VariantCell } from '../experiments.ts';
import { rowsOf } from './evaluate.ts';
import { sessionsOf } from './evaluate-sessions.ts';

/** `rows`: with each person's one key. */
export function evaluateExperiment(question: ExperimentQuestion, rows: readonly EventRow[]): ExperimentRows {
  const { scope, per } = question;
  const { filter: _, ...whole } = scope;
  const inRange = rowsOf(whole, rows);
  const exposures = new Set(
    rowsOf(scope, rows).filter(
      (row) => exposureTypes.includes(row.type) && row.experimentId === question.experiment,
    ),
  );
  const isExposure = (row: EventRow): boolean => exposures.has(row) && row.variantKey !== '';
  const sessionOf = sessionsOf(inRange);
  const personOf = (row: EventRow) => (row.personKey === 0n ? undefined : `${row.personKey}`);
  const users = unitsOf(inRange, personOf, isExposure);
  const sessions = unitsOf(inRange, sessionOf, isExposure);
  const units = per === 'user' ? users : sessions;
  const earlier = per === 'user' ? Map.groupBy(rowsOf(before(whole), rows), personOf) : new Map();
  const chosen = variantsOf(question.reach ? [...users, ...sessions] : units, units);
  const goals = question.goals ?? firstGoals(question, units);
  return {
    variants: chosen.map((variant) => {
      const own = seenBy(question, units, variant);
      return {
        variant,
        ...(question.reach && { users: reachOf(variant, users), sessions: reachOf(variant, sessions) }),
        ...numbersOf(question, goals, own, (unit) => earlier.get(unit.name) ?? []),
      };
    }),
    goals,
    mixed: units.filter((unit) => unit.variants.size > 1).length,
    unassigned: [...exposures].filter((row) => row.variantKey === '').length,
    rowsRead: rows.length,
    source: 'rows',
  };
}

interface Unit {
  readonly name: string;
  /** All of its events in the range. */
  readonly events: readonly EventRow[];
  /** The time of the first exposure to each. */
  readonly variants: ReadonlyMap<string, number>;
}

/** A unit in one variant. */
interface Seen extends Unit {
  readonly since: number;
}

/** The range that is as long, right before. */
const before = ({ from, to, ...rest }: Scope): Scope => ({ ...rest, from: from - (to - from), to: from });

function unitsOf(
  rows: readonly EventRow[],
  unitOf: (row: EventRow) => string | undefined,
  isExposure: (row: EventRow) => boolean,
): readonly Unit[] {
  return [...Map.groupBy(rows, unitOf)].flatMap(([name, events]) => {
    const variants = new Map<string, number>();
    for (const { variantKey, timestamp } of events.filter(isExposure))
      variants.set(variantKey, Math.min(timestamp, variants.get(variantKey) ?? Number.POSITIVE_INFINITY));
    return name === undefined || variants.size === 0 ? [] : [{ name, events, variants }];
  });
}

/** Those that were seen, by bytes: the first `variantsMax` of them by their units. */
function variantsOf(seen: readonly Unit[], units: readonly Unit[]): readonly string[] {
  const sizeOf = (variant: string): number => units.filter(({ variants }) => variants.has(variant)).length;
  return [...new Set(seen.flatMap(({ variants }) => [...variants.keys()]))]
    .map((variant) => ({ variant, size: sizeOf(variant) }))
    .sort((a, b) => b.size - a.size || compareBytes(a.variant, b.variant))
    .slice(0, variantsMax)
    .map(({ variant }) => variant)
    .sort(compareBytes);
}

function seenBy(
  { includeMixed }: ExperimentQuestion,
  units: readonly Unit[],
  variant: string,
): readonly Seen[] {
  return units.flatMap((unit) => {
    const since = unit.variants.get(variant);
    return since !== undefined && (includeMixed || unit.variants.size === 1) ? [{ ...unit, since }] : [];
  });
}

function reachOf(variant: string, units: readonly Unit[]): Reach {
  const exposed = units.filter(({ variants }) => variants.has(variant));
  const having = (types: readonly string[]): number =>
    exposed.filter(({ events }) => events.some(({ type }) => types.includes(type))).length;
  return { exposed: exposed.length, pageviews: having(pageviewTypes), conversions: having(conversionTypes) };
}

/** Anything that is no text is no goal. */
const goalOf = ({ properties: { goal } }: EventRow): string => (typeof goal === 'string' ? goal : '');

/** In no order. */
function conversionsOf({ goals }: ExperimentQuestion, { events, since }: Seen): readonly EventRow[] {
  return events.filter(
    (row) =>
      conversionTypes.includes(row.type) &&
      row.timestamp >= since &&
      (goals === undefined || goals.includes(goalOf(row))),
  );
}

function firstGoals(question: ExperimentQuestion, units: readonly Unit[]): readonly string[] {
  const variants = new Set(units.flatMap((unit) => [...unit.variants.keys()]));
  const reached = [...variants].flatMap((variant) =>
    seenBy(question, units, variant).flatMap((one) => [...new Set(conversionsOf(question, one).map(goalOf))]),
  );
  return [...Map.groupBy(reached, (goal) => goal)]
    .sort(([a, one], [b, other]) => other.length - one.length || compareBytes(a, b))
    .slice(0, goalsMax)
    .map(([goal]) => goal);
}

function numbersOf(
  question: ExperimentQuestion,
  goals: readonly string[],
  units: readonly Seen[],
  earlier: (unit: Unit) => readonly EventRow[],
): Omit<VariantCell, 'variant' | 'users' | 'sessions'> {
  const { edges, money } = question;
  const conversions = units.map((unit) => conversionsOf(question, unit));
  const firsts = conversions
    .filter((own) => own.length > 0)
    .map((own) => Math.min(...own.map(({ timestamp }) => timestamp)));
  const byBucket = (times: readonly number[]): readonly number[] =>
    edges.slice(0, -1).map((edge, i) => times.filter((time) => time >= edge && time < edges[i + 1]!).length);
  return {
    units: units.length,
    converted: firsts.length,
    goals: goals.map((goal) => conversions.filter((own) => own.some((row) => goalOf(row) === goal)).length),
    money: money ? moneyOf(units, earlier) : [],
    entered: byBucket(units.map(({ since }) => since)),
    convertedFirst: byBucket(firsts),
  };
}

/** Currencies in which somebody has an amount, after the exposure or in the time before. */
function moneyOf(units: readonly Seen[], earlier: (unit: Unit) => readonly EventRow[]): readonly MoneyCell[] {
  const having = (rows: readonly EventRow[]) => rows.filter(({ amount }) => amount !== null);
  const own = units.map((unit) => ({
    after: having(unit.events.filter(({ timestamp }) => timestamp >= unit.since)),
    before: having(earlier(unit)),
  }));
  const currencies = new Set(
    own.flatMap(({ after, before }) => [...after, ...before]).map((row) => row.currency),
  );
  return [...currencies].sort(compareBytes).map((currency) => {
    const cell = { units: 0, sum: 0n, squares: 0n, before: 0n, beforeSquares: 0n, products: 0n };
    for (const { after, before } of own) {
      const of = (rows: readonly EventRow[]) => rows.filter((row) => row.currency === currency);
      const [x, y] = [total(of(after)), total(of(before))];
      cell.units += of(after).length > 0 ? 1 : 0;
      cell.sum += x;
      cell.squares += x * x;
      cell.before += y;
      cell.beforeSquares += y * y;
      cell.products += x * y;
    }
    return { currency, ...cell };
  });
}

const total = (rows: readonly EventRow[]): bigint => rows.reduce((sum, { amount }) => sum + amount!, 0n);
