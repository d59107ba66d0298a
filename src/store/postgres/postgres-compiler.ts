/**
 * What PostgreSQL says differently. Raw rows are wide and a scan of them is dear, so each range of them is read once for counts and
 * once for persons: CTEs add them up to the columns that the rollups have, and all arms read those. Values are bound, never
 * written. One compiler serves one statement.
 */

import { type Grouping, groupingOf } from '../../plan/group.ts';
import type { FieldName, Filter, Plan, Scalar } from '../../plan/plan.ts';
import { sampleSteps } from '../../plan/sample.ts';
import { type Aggregate, amountAggregates, countedEvents } from '../sql/aggregates.ts';
import type { Sources } from '../sql/choose-source.ts';
import { type Range, type Tier, tierMs } from '../sql/cover.ts';
import type { PropertyType } from '../sql/filter-compiler.ts';
import {
  type CompiledQuestion,
  type FirstGroups,
  type Metrics,
  type Outputs,
  type PartSelect,
  QuestionCompiler,
  type Source,
} from '../sql/question-compiler.ts';
import { aliased, indent, select } from '../sql/select.ts';
import type { Question } from '../store.ts';
import type { Features } from './features.ts';
import { groupKey, keyOrder } from './group-keys.ts';
import { Parameters } from './parameters.ts';
import { personsOf } from './persons.ts';
import { holdsNul, withoutNul } from './without-nul.ts';

/** Ranges are named one by one up to this many; more are looked up in the sorted list of their borders. */
const rangesNamedMax = 8;

/** Raw rows of some ranges, added up: what of them is needed grows while the arms are compiled. */
interface Cells {
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly metrics: Set<Metrics>;
  /** Whether some arm tells groups apart. */
  isGrouped: boolean;
}

export interface PostgresQuestion extends CompiledQuestion {
  /** The ranges of each scan of `events`. */
  readonly scans: readonly (readonly Range[])[];
}

const rollupTables = ['rollup_counts', 'rollup_users'];
/**
 * Rows of the rollups that this connection has read, as the server counts them: an SQL expression whose growth says what a
 * statement has read.
 */
export const rollupRowsRead = [
  `(SELECT sum(pg_stat_get_xact_tuples_fetched(one)) FROM unnest('{${rollupTables.flatMap((one) => [one, `${one}_key`]).join(', ')}}'::regclass[]) AS one)`,
  ...rollupTables.map((one) => `pg_stat_get_xact_tuples_returned('${one}'::regclass)`),
].join(' + ');

const ofCells = (one: Aggregate): Aggregate => ({ ...one, rows: one.rollup, partial: one.rollupPartial });

export class PostgresCompiler extends QuestionCompiler {
  readonly parameters = new Parameters();
  protected readonly persons: Aggregate;
  protected override readonly events = ofCells(countedEvents);
  protected override readonly amounts = amountAggregates.map(ofCells);
  readonly #features: Features;
  /** Counts and amounts by group. */
  readonly #counts = new Map<string, Cells>();
  /** Persons, by the places of groups: those are few, where the groups themselves may be many. */
  readonly #persons = new Map<string, Cells>();

  constructor(features: Features) {
    super();
    this.#features = features;
    this.persons = personsOf(features);
  }

  override compile(question: Question, sources: Sources): PostgresQuestion {
    const compiled = super.compile(question, sources);
    const reads = `SELECT 'read', 0, 0, '', ${rollupRowsRead}, 0, 0, '0', '0', '0'`;
    return {
      ...compiled,
      sql: compiled.source === 'rows' ? compiled.sql : `${compiled.sql}\nUNION ALL\n${reads}`,
      values: this.parameters.values,
      sketched: compiled.sketched && this.#features.users === 'hll',
      scans: [...this.#counts.values(), ...this.#persons.values()].map(({ ranges }) => ranges),
    };
  }

  override filter(filter: Filter): string {
    return super.filter(withoutNul(filter));
  }

  text(value: string): string {
    return this.parameters.bind(value, 'text');
  }

  double(value: number): string {
    return this.parameters.bind(String(value), 'float8');
  }

  instant(ms: number): string {
    return this.parameters.instant(ms);
  }

  amount(tenThousandths: bigint): string {
    return `${this.parameters.bind(String(tenThousandths), 'numeric')} / 10000`;
  }

  property(path: string, type: PropertyType): string {
    const value = this.#json(path);
    const typed = {
      string: `(properties ->> ${this.text(path)}) COLLATE "C"`,
      number: `(${value})::float8`,
      boolean: `(${value})::boolean`,
    }[type];
    return `CASE WHEN jsonb_typeof(${value}) = '${type}' THEN ${typed} END`;
  }

  #json(path: string): string {
    return holdsNul(path) ? 'NULL::jsonb' : `properties -> ${this.text(path)}`;
  }

  /** By containment, which the index on properties knows. */
  protected override propertyEquals(path: string, value: Scalar): string {
    return `properties @> ${this.parameters.bind(JSON.stringify({ [path]: value }), 'jsonb')}`;
  }

  /** Kept by whole paths: what is under this one begins with it and a dot. */
  propertyExists(path: string): string {
    const below = `EXISTS (SELECT FROM jsonb_object_keys(properties) AS key WHERE starts_with(key, ${this.text(`${path}.`)}))`;
    return `(properties ? ${this.text(path)} OR ${below})`;
  }

  contains(expression: string, value: string): string {
    return `strpos(${expression}, ${this.text(value)}) > 0`;
  }

  startsWith(expression: string, value: string): string {
    return `starts_with(${expression}, ${this.text(value)})`;
  }

  /** To PostgreSQL `\x` is followed by any number of digits, `\u` by four. */
  matches(expression: string, pattern: string): string {
    const read = pattern.replace(/\\(x2d|.)/gsu, (all, escaped) => (escaped === 'x2d' ? '\\u002d' : all));
    return `${expression} ~ ${this.text(read)}`;
  }

  /** A key is kept as a signed integer, and is divided as the unsigned one that it is. */
  inSample(steps: number): string {
    const wrapped = sampleSteps + Number(2n ** 64n % BigInt(sampleSteps));
    const key = `CASE WHEN user_key < 0 THEN (user_key % ${sampleSteps} + ${wrapped}) % ${sampleSteps} WHEN user_key > 0 THEN user_key % ${sampleSteps} ELSE _offset % ${sampleSteps} END`;
    return `${key} < ${steps}`;
  }

  /** Counted from 1. */
  protected bucketOf(column: 'timestamp' | 'start', edges: readonly number[]): string {
    return edges.length === 2
      ? '1'
      : `width_bucket(${column}, ${this.parameters.instants(edges.slice(0, -1))})`;
  }

  inRanges(column: 'timestamp' | 'start', ranges: readonly Range[]): string {
    const outer = this.#inRange(column, { from: ranges[0]!.from, to: ranges.at(-1)!.to });
    if (ranges.length === 1) return outer;
    if (ranges.length <= rangesNamedMax)
      return `${outer} AND (${ranges.map((range) => `(${this.#inRange(column, range)})`).join(' OR ')})`;
    const borders = this.parameters.instants(ranges.flatMap(({ from, to }) => [from, to]));
    return `${outer} AND width_bucket(${column}, ${borders}) % 2 = 1`;
  }

  #inRange(column: 'timestamp' | 'start', { from, to }: Range): string {
    return `${column} >= ${this.instant(from)} AND ${column} < ${this.instant(to)}`;
  }

  protected ofTier(_: Metrics, tier: Tier): readonly string[] {
    return [`tier = ${tierMs[tier] / 1000}`];
  }

  /** The cells of the ranges, with what this arm needs of them. */
  protected override rows(
    _: Question,
    ranges: readonly Range[],
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
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

  #countsSelect(question: Question, { ranges, metrics, isGrouped }: Cells): string {
    const { plan } = question;
    const hasAmounts = metrics.has('amounts');
    return this.#cellsSelect(question, ranges, {
      from: 'events',
      dimensions: [
        ...(isGrouped ? this.#keysOf(plan).map((key, i) => [`key_${i + 1}`, key] as const) : []),
        ...(hasAmounts ? [['currency', 'currency'] as const] : []),
      ],
      values: ['count(*) AS events', ...(hasAmounts ? amountsOfRows : [])],
      where: metrics.size === 1 && hasAmounts ? ['amount IS NOT NULL'] : [],
    });
  }

  #personsSelect(question: Question, { ranges, metrics, isGrouped }: Cells): string {
    const source = { from: 'events', where: [], bucket: '', keys: this.#keysOf(question.plan) };
    const { from, place } = isGrouped ? placedByArray(source) : { from: 'events', place: '' };
    return this.#cellsSelect(question, ranges, {
      from,
      dimensions: [...(isGrouped ? [['placed', place] as const] : []), ['user_key', 'user_key']],
      values: ['count(*) AS events'],
      where: metrics.size === 1 && metrics.has('users') ? ['user_key <> 0'] : [],
    });
  }

  #keysOf(plan: Plan): readonly string[] {
    return groupingOf(plan)?.fields.map((name) => this.groupKey(name)) ?? [];
  }

  #cellsSelect(
    { plan, edges }: Question,
    ranges: readonly Range[],
    { dimensions, from, values, where }: CellsSelect,
  ): string {
    const all = [['bucket', this.bucketOf('timestamp', edges)] as const, ...dimensions];
    return select(
      [...all.map(([name, value]) => aliased(value, name)), ...values],
      from,
      [...this.conditions(plan), this.inRanges('timestamp', ranges), ...where],
      all.map((_, i) => String(i + 1)),
    );
  }

  protected head(question: Question, top: string | undefined): string {
    const table = (name: string, sql: string): string => `${name} AS (\n${indent(sql)}\n)`;
    const tables = [
      ...[...this.#counts.values()].map((cells) => table(cells.name, this.#countsSelect(question, cells))),
      ...(top === undefined ? [] : [table('top', top)]),
      ...[...this.#persons.values()].map((cells) => table(cells.name, this.#personsSelect(question, cells))),
    ];
    return tables.length === 0 ? '' : `WITH ${tables.join(',\n')}\n`;
  }

  protected firstGroups({ parts, keys, order, limit }: FirstGroups): string {
    const place = `row_number() OVER (ORDER BY ${['sum(events) DESC', ...order].join(', ')}) AS nth`;
    const named = keys.map((key, i) => `${key} AS top_${i + 1}`);
    const from = this.nested(parts.join('\nUNION ALL\n'));
    return `${select([place, ...named], from, [], keys)}\nORDER BY nth LIMIT ${limit}`;
  }

  protected labelOf(keys: readonly string[]): string {
    return `jsonb_build_array(${keys.join(', ')})::text`;
  }

  protected topRows({ fields }: Grouping): string {
    return `SELECT ${this.outputs({
      arm: 'top',
      place: 'nth',
      bucket: '0',
      text: this.labelOf(fields.map((_, i) => `top_${i + 1}`)),
      events: '0',
      users: '0',
      amounts: undefined,
    })} FROM top`;
  }

  protected placed({ from, keys, place }: Source): Placed {
    if (place !== undefined) return { from, place };
    const same = keys.map((key, i) => `top_${i + 1} = ${key}`).join(' AND ');
    return { from: `${from} LEFT JOIN top ON ${same}`, place: 'coalesce(nth, 0)' };
  }

  protected groupKey(name: FieldName): string {
    return groupKey(name, () => this.#json(name.slice('properties.'.length)));
  }

  protected keyOrder(name: FieldName, key: string): readonly [text: string, type: string] {
    return keyOrder(name, key);
  }

  protected override nested(sql: string): string {
    return `${super.nested(sql)} AS part`;
  }

  /** Exact persons are counted in two steps, each of which is hashed; DISTINCT within an aggregate sorts. */
  protected override part(one: PartSelect): string {
    const { aggregates, dimensions, form, from, where } = one;
    const ofRows = form === 'rows' || form === 'partial';
    const counts = aggregates.includes(this.persons);
    const sketches = this.#features.users === 'hll' && form !== 'rows';
    if (!counts || sketches) return super.part(one);
    const names = dimensions.map(([name]) => name);
    const others = aggregates.filter((each) => each !== this.persons);
    const persons = select(
      [
        ...dimensions.map(([name, value]) => aliased(value, name)),
        'user_key',
        ...others.map((each) => aliased(ofRows ? each.partial : each.rollupPartial, each.name)),
      ],
      from,
      where,
      [...names, 'user_key'],
    );
    if (form === 'partial' || form === 'rollupPartial') return persons;
    const values = aggregates.map((each) =>
      aliased(each === this.persons ? each.rows : each.merge, each.name),
    );
    return select([...names, ...values], this.nested(persons), [], names);
  }

  protected outputs(values: Outputs): string {
    const [count, ...money] = values.amounts ?? ['0'];
    const [sum, min, max] = money.map((one) => `(${one} * 10000)::numeric(42, 0)::text`);
    return [
      `'${values.arm}' AS arm`,
      `${values.place}::bigint AS group_place`,
      `${values.bucket}::bigint AS bucket`,
      `${values.text}::text AS label`,
      `${values.events}::bigint AS n`,
      `${values.users}::bigint AS persons`,
      `${count}::bigint AS amounts`,
      `${sum ?? "'0'"} AS total`,
      `${min ?? "'0'"} AS least`,
      `${max ?? "'0'"} AS most`,
    ].join(', ');
  }
}

interface Placed {
  readonly from: string;
  readonly place: string;
}

/** What is to be added up, by which dimensions beside the bucket. */
interface CellsSelect {
  readonly from: string;
  readonly dimensions: readonly (readonly [name: string, expression: string])[];
  readonly values: readonly string[];
  readonly where: readonly string[];
}

const amountsOfRows = [
  'count(amount) AS amount_count',
  'sum(amount) AS amount_sum',
  'min(amount) AS amount_min',
  'max(amount) AS amount_max',
];

/** The first groups as arrays, since no worker of a parallel scan may read a CTE. */
function placedByArray({ from, keys }: Source): Placed {
  const arrays = keys.map((_, i) => `(SELECT array_agg(top_${i + 1} ORDER BY nth) FROM top)`).join(', ');
  const columns = keys.map((_, i) => `top_${i + 1}`).join(', ');
  const same = keys.map((key, i) => `top_${i + 1} = ${key}`).join(' AND ');
  return {
    from: `${from} LEFT JOIN unnest(${arrays}) WITH ORDINALITY AS place_of (${columns}, nth) ON ${same}`,
    place: 'coalesce(nth, 0)',
  };
}
