/**
 * Raw rows as a question reads them. They are wide and a scan of them is dear, so each range of them is read once for counts and once
 * for persons: CTEs add them up to the columns that the rollups have, and all arms of the statement read those.
 *
 *   counts_1    bucket, the keys of the group, currency, events, amounts
 *   persons_1   bucket, the place of the group among the first ones, user_key, events
 *
 * Persons are told apart by places and not by keys, since there may be as many keys as rows; so the first groups are known before.
 */
import type { Grouping } from '../../plan/group.ts';
import type { Range } from '../sql/cover.ts';
import type { Metrics, Source } from '../sql/question-compiler.ts';
import { aliased, select } from '../sql/select.ts';

/** What the compiler says of the rows of a question. */
export interface RawRows {
  /** What they are read from. */
  readonly table: string;
  readonly bucket: string;
  readonly keys: readonly string[];
  /** Conditions on the rows of these ranges. */
  where(ranges: readonly Range[]): readonly string[];
}

/** What is needed of them grows while the arms are compiled. */
interface Cells {
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly metrics: Set<Metrics>;
  /** Whether some arm tells groups apart. */
  isGrouped: boolean;
}

export interface Placed {
  readonly from: string;
  readonly place: string;
}

export class RawCells {
  readonly #counts = new Map<string, Cells>();
  readonly #persons = new Map<string, Cells>();

  /** Of these ranges, with what an arm of `metrics` needs. */
  source(ranges: readonly Range[], metrics: Metrics, grouping: Grouping | undefined): Source {
    const ofPersons = metrics === 'users' || metrics === 'both';
    const all = ofPersons ? this.#persons : this.#counts;
    const known = JSON.stringify(ranges);
    const cells = all.get(known) ?? {
      name: `${ofPersons ? 'persons' : 'counts'}_${all.size + 1}`,
      ranges,
      metrics: new Set(),
      isGrouped: false,
    };
    all.set(known, cells);
    cells.metrics.add(metrics);
    cells.isGrouped ||= grouping !== undefined;
    return {
      from: cells.name,
      where: metrics === 'users' ? ['user_key <> 0'] : metrics === 'amounts' ? ['amount_count > 0'] : [],
      bucket: 'bucket',
      keys: grouping?.fields.map((_, i) => `key_${i + 1}`) ?? [],
      ...(ofPersons && { place: 'placed' }),
    };
  }

  /** The ranges of each scan. */
  scans(): readonly (readonly Range[])[] {
    return [...this.#counts.values(), ...this.#persons.values()].map(({ ranges }) => ranges);
  }

  /** The CTEs by name: those that the first groups are found in, and those that know the first groups. */
  tables(
    rows: RawRows,
  ): Readonly<Record<'counts' | 'persons', readonly (readonly [name: string, sql: string])[]>> {
    return {
      counts: [...this.#counts.values()].map((cells) => [cells.name, countsOf(rows, cells)]),
      persons: [...this.#persons.values()].map((cells) => [cells.name, personsOf(rows, cells)]),
    };
  }
}

function countsOf(rows: RawRows, { ranges, metrics, isGrouped }: Cells): string {
  const hasAmounts = metrics.has('amounts');
  const keys = isGrouped ? rows.keys.map((key, i) => [`key_${i + 1}`, key] as const) : [];
  return added(rows.bucket, {
    from: rows.table,
    dimensions: [...keys, ...(hasAmounts ? [['currency', 'currency'] as const] : [])],
    values: ['count(*) AS events', ...(hasAmounts ? amounts : [])],
    where: [...rows.where(ranges), ...(hasAmounts && metrics.size === 1 ? ['amount IS NOT NULL'] : [])],
  });
}

function personsOf(rows: RawRows, { ranges, metrics, isGrouped }: Cells): string {
  const { from, place } = isGrouped ? placedByArray(rows.table, rows.keys) : { from: rows.table, place: '' };
  return added(rows.bucket, {
    from,
    dimensions: [...(isGrouped ? [['placed', place] as const] : []), ['user_key', 'user_key']],
    values: ['count(*) AS events'],
    where: [...rows.where(ranges), ...(metrics.has('both') ? [] : ['user_key <> 0'])],
  });
}

/** By position: a dimension may have the name of a column that it is not. */
function added(
  bucket: string,
  one: {
    readonly from: string;
    readonly dimensions: readonly (readonly [name: string, expression: string])[];
    readonly values: readonly string[];
    readonly where: readonly string[];
  },
): string {
  const dimensions = [['bucket', bucket] as const, ...one.dimensions];
  return select(
    [...dimensions.map(([name, value]) => aliased(value, name)), ...one.values],
    one.from,
    one.where,
    dimensions.map((_, i) => String(i + 1)),
  );
}

const amounts = [
  'count(amount) AS amount_count',
  'sum(amount) AS amount_sum',
  'min(amount) AS amount_min',
  'max(amount) AS amount_max',
];

/** The place of a row's group in the CTE `top`; 0 when it is not there. */
export const placedByTable = (from: string, keys: readonly string[]): Placed => ({
  from: `${from} LEFT JOIN top ON ${isSame(keys)}`,
  place: 'coalesce(nth, 0)',
});

/** The same by arrays, since no worker of a parallel scan may read a CTE. */
function placedByArray(from: string, keys: readonly string[]): Placed {
  const arrays = keys.map((_, i) => `(SELECT array_agg(top_${i + 1} ORDER BY nth) FROM top)`).join(', ');
  const columns = keys.map((_, i) => `top_${i + 1}`).join(', ');
  return {
    from: `${from} LEFT JOIN unnest(${arrays}) WITH ORDINALITY AS place_of (${columns}, nth) ON ${isSame(keys)}`,
    place: 'coalesce(nth, 0)',
  };
}

const isSame = (keys: readonly string[]): string =>
  keys.map((key, i) => `top_${i + 1} = ${key}`).join(' AND ');
