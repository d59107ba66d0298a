/**
 * How many rows of `events` a statement has to look at, before it does: the rollups know how many events each slot has, so
 * this is the true number at the grain of 15 minutes (and of types, where the filter names some), at the cost of a rollup.
 */
import { millisecondsPerSlot } from '../../clock.ts';
import type { Cohort, Filter } from '../../plan/plan.ts';
import { cover, type Range, type Tier, tierMs } from '../sql/cover.ts';
import type { PostgresCompiler, Scan } from './postgres-compiler.ts';

/** What the rollups know of a scope. */
interface Counted {
  readonly project: string;
  readonly filter?: Filter | undefined;
}

const tiers = Object.keys(tierMs) as Tier[];

/** An SQL expression. */
export function rowsToRead(
  compiler: PostgresCompiler,
  { project, filter }: Counted,
  readings: readonly Scan[],
): string {
  const scans = [
    ...readings.map(({ ranges, isWhole }) => ({
      project,
      ranges: ranges.filter(({ from, to }) => from < to),
      filter: isWhole ? undefined : filter,
    })),
    ...cohortsOf(filter).map((cohort) => ({ ...cohort, ranges: [cohort] })),
  ].filter(({ ranges }) => ranges.length > 0);
  const counts = scans.map(
    (scan) =>
      `(SELECT coalesce(sum(events), 0) FROM rollup_counts WHERE ${countedSlots(compiler, scan, scan.ranges).join(' AND ')})`,
  );
  return counts.length === 0 ? '0' : counts.join(' + ');
}

/** Conditions on `rollup_counts`: the pieces, of the largest tiers, that hold the ranges. */
function countedSlots(
  compiler: PostgresCompiler,
  { project, filter }: Counted,
  ranges: readonly Range[],
): readonly string[] {
  const covers = wholeSlots(ranges).map(({ from, to }) => cover([from, to], tiers, []));
  const pieces = tiers
    .map((tier) => ({ tier, ranges: covers.flatMap((one) => one.tiers[tier]) }))
    .filter((piece) => piece.ranges.length > 0)
    .map((piece) => `(tier = ${tierMs[piece.tier] / 1000} AND ${compiler.inRanges('start', piece.ranges)})`);
  // a range that ends before anything can be stored has no piece
  const held = pieces.length === 0 ? 'false' : `(${pieces.join(' OR ')})`;
  return [...countedProject(compiler, { project, filter }), held];
}

/** Conditions on `rollup_counts`: whose rows a scan looks at. An index leads to those of some types. */
export function countedProject(compiler: PostgresCompiler, { project, filter }: Counted): readonly string[] {
  const types = filter && typesOf(filter);
  return [
    `project = ${compiler.text(project)}`,
    ...(types === undefined ? [] : [compiler.filter({ field: 'type', op: 'in', value: types })]),
  ];
}

/** The types that all rows asked for are of, or undefined when the filter does not say. */
function typesOf(filter: Filter): readonly string[] | undefined {
  if ('and' in filter) return filter.and.map(typesOf).find((types) => types !== undefined);
  if ('or' in filter) {
    const all = filter.or.map(typesOf);
    return all.every((types) => types !== undefined) ? all.flat() : undefined;
  }
  if (!('field' in filter) || filter.field !== 'type') return undefined;
  const values = filter.op === 'eq' ? [filter.value] : filter.op === 'in' ? filter.value : undefined;
  return values?.filter((value) => typeof value === 'string');
}

function cohortsOf(filter: Filter | undefined): readonly Cohort[] {
  if (filter === undefined) return [];
  if ('and' in filter) return filter.and.flatMap(cohortsOf);
  if ('or' in filter) return filter.or.flatMap(cohortsOf);
  if ('not' in filter) return cohortsOf(filter.not);
  return 'cohort' in filter ? [filter.cohort, ...cohortsOf(filter.cohort.filter)] : [];
}

/** The ranges widened to slots; what then touches is one. */
function wholeSlots(ranges: readonly Range[]): readonly Range[] {
  const whole: Range[] = [];
  for (const range of ranges) {
    const from = Math.floor(range.from / millisecondsPerSlot) * millisecondsPerSlot;
    const to = Math.ceil(range.to / millisecondsPerSlot) * millisecondsPerSlot;
    const last = whole.at(-1);
    if (last !== undefined && from <= last.to) whole[whole.length - 1] = { from: last.from, to };
    else whole.push({ from, to });
  }
  return whole;
}
