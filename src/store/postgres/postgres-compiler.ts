/**
 * What PostgreSQL says differently. Values are bound, never written; raw rows are added up once for all arms (raw-cells.ts). One
 * compiler serves one statement.
 */

import { type Grouping, groupingOf } from '../../plan/group.ts';
import type { FieldName, Filter, Measure, Scalar, Scope } from '../../plan/plan.ts';
import { sampleSteps } from '../../plan/sample.ts';
import { type Aggregate, amountAggregates, countedEvents } from '../sql/aggregates.ts';
import type { Sources } from '../sql/choose-source.ts';
import { type Range, type Tier, tierMs } from '../sql/cover.ts';
import { decimalText } from '../sql/decimal-text.ts';
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
import { keysOf, type Linked } from './identity.ts';
import { linkedEvents, linkedLists } from './linked-tables.ts';
import { measured } from './measures.ts';
import { Parameters } from './parameters.ts';
import { personsOf } from './persons.ts';
import { type Placed, placedByTable, RawCells } from './raw-cells.ts';
import { holdsNul, withoutNul } from './without-nul.ts';

/** Ranges are named one by one up to this many; more are looked up in the sorted list of their borders. */
const rangesNamedMax = 8;

/** A reading of `events`. */
export interface Scan {
  readonly ranges: readonly Range[];
  /** Of all rows, whatever is filtered: sessions are cut before. */
  readonly isWhole: boolean;
}

export interface PostgresQuestion extends CompiledQuestion {
  readonly scans: readonly Scan[];
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
  readonly parameters: Parameters;
  protected readonly persons: Aggregate;
  protected override readonly events = ofCells(countedEvents);
  protected override readonly amounts = amountAggregates.map(ofCells);
  readonly #features: Features;
  readonly #cells = new RawCells();
  readonly #scans: Scan[] = [];
  readonly #linked: Linked | undefined;

  /** `linked`: whose keys stand for other persons. `parameters`: how values are given to the statement. */
  constructor(features: Features, linked?: Linked, parameters = new Parameters()) {
    super();
    this.#features = features;
    this.persons = personsOf(features);
    this.parameters = parameters;
    this.#linked = linked;
  }

  override compile(question: Question, sources: Sources): PostgresQuestion {
    const compiled = super.compile(question, sources);
    const reads = `SELECT 'read', 0, 0, '', ${rollupRowsRead}, 0, 0, '0', '0', '0'`;
    return {
      ...compiled,
      sql: compiled.source === 'rows' ? compiled.sql : `${compiled.sql}\nUNION ALL\n${reads}`,
      values: this.parameters.values,
      sketched: compiled.sketched && this.#features.users === 'hll',
      scans: [...this.#cells.scans().map((ranges) => ({ ranges, isWhole: false })), ...this.#scans],
    };
  }

  override get rowsTable(): string {
    return this.#linked === undefined ? 'events' : linkedEvents(this.parameters, this.#linked);
  }

  protected override get usersTable(): string {
    return this.#linked === undefined || this.#features.users === 'hll'
      ? 'rollup_users'
      : linkedLists(this.parameters, this.#linked);
  }

  /** The key that a raw row itself has. */
  get ownKey(): string {
    return this.#linked === undefined ? 'user_key' : 'own_key';
  }

  /** Conditions on raw rows: they are of one of these persons. An index knows their keys. */
  ofPersons(persons: readonly bigint[]): readonly string[] {
    const isOne = (column: string, keys: readonly bigint[]): string => {
      const list = `{${keys.map((key) => BigInt.asIntN(64, key)).join(',')}}`;
      return `${column} = ANY (${this.parameters.bind(list, 'bigint[]')})`;
    };
    const own = [isOne(this.ownKey, keysOf(persons, this.#linked)), `${this.ownKey} <> 0`];
    return this.#linked === undefined ? own : [...own, isOne('user_key', persons)];
  }

  /** Rows with their sessions: see `withSessions`. */
  sessionsOf(
    scope: Pick<Scope, 'project' | 'bots' | 'filter' | 'sample' | 'from' | 'to'>,
    columns: readonly (readonly [name: string, value: string])[],
  ): string {
    return this.withSessions(scope, columns);
  }

  /** A field as it is told apart in groups. */
  keyOf(name: FieldName): string {
    return this.groupKey(name);
  }

  /** Terms that put the keys of a field in the order of groups. */
  orderOf(name: FieldName, key: string): readonly string[] {
    return this.keyOrder(name, key);
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
    return this.parameters.bind(decimalText(tenThousandths), 'numeric');
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

  protected override rows(
    _: Question,
    ranges: readonly Range[],
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
    return this.#cells.source(ranges, metrics, grouping);
  }

  protected override rawRows(
    question: Question,
    ranges: readonly Range[],
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
    this.#scans.push({ ranges, isWhole: false });
    return super.rawRows(question, ranges, metrics, grouping);
  }

  protected override sessionRows(question: Question, grouping: Grouping | undefined): Source {
    const ranges = [{ from: question.edges[0]!, to: question.edges.at(-1)! }];
    // those that name their session are found apart from those that do not
    this.#scans.push({ ranges, isWhole: true }, { ranges, isWhole: true });
    return super.sessionRows(question, grouping);
  }

  protected override sinceBefore(): string {
    return `date_part('epoch', timestamp - lag(timestamp) OVER of_person) * 1000`;
  }

  protected override measured(measure: Measure): string {
    return measured(measure, {
      text: (value) => this.text(value),
      number: (path) => this.property(path, 'number'),
      json: (path) => this.#json(path),
    });
  }

  protected override joined(texts: readonly string[]): string {
    return `concat_ws(',', ${texts.join(', ')})`;
  }

  protected head({ plan, edges }: Question, top: string | undefined): string {
    const { counts, persons } = this.#rawCells(plan, edges);
    const tables = [...counts, ...(top === undefined ? [] : [['top', top] as const]), ...persons];
    if (tables.length === 0) return '';
    return `WITH ${tables.map(([name, sql]) => `${name} AS (\n${indent(sql)}\n)`).join(',\n')}\n`;
  }

  /** None is made where no row is read: it binds values, and each that is bound must stand in the statement. */
  #rawCells(plan: Question['plan'], edges: Question['edges']): ReturnType<RawCells['tables']> {
    if (this.#cells.scans().length === 0) return { counts: [], persons: [] };
    return this.#cells.tables({
      table: this.rowsTable,
      bucket: this.bucketOf('timestamp', edges),
      keys: groupingOf(plan)?.fields.map((name) => this.groupKey(name)) ?? [],
      where: (ranges) => [...this.conditions(plan), this.inRanges('timestamp', ranges)],
    });
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
    return place === undefined ? placedByTable(from, keys) : { from, place };
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
