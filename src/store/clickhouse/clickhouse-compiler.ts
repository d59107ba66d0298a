/**
 * What ClickHouse says differently: literals, properties, sketches, buckets. Everything else is the base compiler's.
 */

import type { EventRow } from '../../event/event-row.ts';
import type { Grouping } from '../../plan/group.ts';
import type { FieldName, Measure, Aggregate as MeasureAggregate, Scope } from '../../plan/plan.ts';
import { sampleSteps } from '../../plan/sample.ts';
import type { Aggregate } from '../sql/aggregates.ts';
import { identifier, stringLiteral } from '../sql/clickhouse-literal.ts';
import { columnName } from '../sql/column-name.ts';
import type { Range, Tier } from '../sql/cover.ts';
import { tierMs } from '../sql/cover.ts';
import { decimalText } from '../sql/decimal-text.ts';
import type { PropertyType } from '../sql/filter-compiler.ts';
import {
  type FirstGroups,
  type JointPersons,
  type Metrics,
  type Outputs,
  places,
  QuestionCompiler,
  rowField,
  type Source,
} from '../sql/question-compiler.ts';
import { aliased, indent, select } from '../sql/select.ts';
import type { Question } from '../store.ts';
import { storedPath } from './property-json.ts';
import { sketch } from './sketch.ts';

const types: Readonly<Record<PropertyType, string>> = {
  string: 'String',
  number: 'Float64',
  boolean: 'Bool',
};

/** From raw rows by the person; from rollups by sketches of keys, where no key stands for another. */
const personsBy = (person: string): Aggregate => ({
  name: 'users',
  rows: `uniqExactIf(${person}, user_key <> 0)`,
  partial: `${sketch.name}State(${sketch.precision})(${person})`,
  rollup: `${sketch.name}Merge(${sketch.precision})(users)`,
  rollupPartial: `${sketch.name}MergeState(${sketch.precision})(users)`,
  merge: `${sketch.name}Merge(${sketch.precision})(users)`,
});

/** What DateTime64(3) can hold. Bounds of ranges past it are cut to it: no row lies there. */
const instants = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2290, 0, 1) };

/** Ranges are named one by one up to this many; more are looked up in the sorted list of their borders. */
const rangesNamedMax = 8;

/** Those whose key has this remainder. */
export interface Slice {
  readonly of: number;
  readonly remainder: number;
}

/** The key of a session that has a name. */
export const namedSessionKey = 'xxHash64(session_id)';

const times = {
  timestamp: 'toUnixTimestamp64Milli(timestamp)',
  start: 'toUnixTimestamp64Second(start) * 1000',
} as const;

export class ClickHouseCompiler extends QuestionCompiler {
  override readonly person: string;
  protected readonly persons: Aggregate;
  readonly #linked: string | undefined;

  /** `linked`: where the keys that stand for other persons are, and whose: an expression of two arrays (identity.ts). */
  constructor(linked?: string) {
    super();
    this.#linked = linked;
    this.person = this.personOf('user_key');
    this.persons = personsBy(this.person);
  }

  /** The person that a key stands for. */
  personOf(key: string): string {
    return this.#linked === undefined ? key : `transform(${key}, linked.1, linked.2, ${key})`;
  }

  /** What a statement begins with. */
  constants(more: readonly string[] = []): string {
    const all = [...(this.#linked === undefined ? [] : [`${this.#linked} AS linked`]), ...more];
    return all.length === 0 ? '' : `WITH ${all.join(', ')}\n`;
  }

  /** Which raw rows are asked for. */
  inScope(scope: Pick<Scope, 'project' | 'bots' | 'filter' | 'sample' | 'from' | 'to'>): readonly string[] {
    return [...this.conditions(scope), this.inRanges('timestamp', [scope])];
  }

  /** Rows with their sessions, `session`: see `withSessions`; of some of the sessions, or of all. */
  sessionsOf(
    scope: Pick<Scope, 'project' | 'bots' | 'filter' | 'sample' | 'from' | 'to'>,
    columns: readonly (readonly [name: string, value: string])[],
    { of, remainder }: Slice = { of: 1, remainder: 0 },
  ): string {
    if (of === 1) return this.withSessions(scope, columns);
    const sliced = (key: string): readonly string[] => [`${key} % ${of} = ${remainder}`];
    return this.withSessions(scope, columns, { named: sliced(namedSessionKey), cut: sliced(this.person) });
  }

  /** A field as a text that is told apart by value and type. */
  keyOf(name: FieldName): string {
    return this.groupKey(name);
  }

  /** Terms that put the keys of a field in the order of groups. */
  orderOf(name: FieldName, key: string): readonly string[] {
    return this.keyOrder(name, key);
  }

  protected override readonly sessions = 'uniqExact(session)';

  /** Sessions are told apart by 64 bits, as persons are: groups of texts take the engine several times as long. */
  protected override namedSession(): readonly string[] {
    return [aliased(namedSessionKey, 'session')];
  }

  protected override cutSession(number: string): readonly string[] {
    return [`cityHash64(owner, ${number}) AS session`];
  }

  protected override get joint(): JointPersons {
    return {
      state: `uniqExactIfState(${this.person}, user_key <> 0)`,
      withWhole: (groups) =>
        select(
          [
            'bucket',
            'shown AS place',
            `sumIf(events, shown <> ${places.all}) AS events`,
            'uniqExactIfMerge(users) AS users',
          ],
          `(SELECT bucket, place AS own, events, users FROM ${this.nested(groups)})\nARRAY JOIN [toInt64(own), toInt64(${places.all})] AS shown`,
          [],
          ['bucket', 'shown'],
        ),
    };
  }

  protected override sinceBefore(): string {
    return `${times.timestamp} - lagInFrame(${times.timestamp}, 1, ${times.timestamp}) OVER of_person`;
  }

  protected override measured({ agg, of, currency }: Measure): string {
    const ofCurrency = currency === undefined ? undefined : `currency = ${this.text(currency)}`;
    if (agg === 'distinct') {
      const { key, isThere } = this.#distinct(of);
      return `toString(uniqExactIf(${key}, ${isThere}))`;
    }
    const value =
      of === 'amount' ? 'toFloat64(amount)' : this.property(of.slice('properties.'.length), 'number');
    const condition = [`${value} IS NOT NULL`, ...(ofCurrency === undefined ? [] : [ofCurrency])].join(
      ' AND ',
    );
    const number = `assumeNotNull(${value})`;
    return `if(countIf(${condition}) = 0, '', toString(${aggregateOf(agg, number, condition)}))`;
  }

  /** A value and its type as one, and whether there is any. */
  #distinct(of: FieldName): { readonly key: string; readonly isThere: string } {
    const field = rowField(of);
    if (field === undefined) {
      const key = this.groupKey(of);
      return { key, isThere: `${key} <> 'null:null'` };
    }
    const column = columnName(field.name);
    // as the doubles that JavaScript sees
    if (field.type === 'decimal')
      return { key: `assumeNotNull(toFloat64(${column}))`, isThere: `${column} IS NOT NULL` };
    return { key: column, isThere: field.type === 'string' ? `${column} <> ''` : 'true' };
  }

  protected override joined(texts: readonly string[]): string {
    return texts.length === 1 ? texts[0]! : `concat(${texts.join(", ',', ")})`;
  }

  text(value: string): string {
    return stringLiteral(value);
  }

  /** By its bits: no reader of decimal text is trusted with the last one. */
  double(value: number): string {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    return `reinterpretAsFloat64(toUInt64(${bits.getBigUint64(0)}))`;
  }

  instant(ms: number): string {
    const cut = Math.min(Math.max(ms, instants.min), instants.max);
    return `toDateTime64('${new Date(cut).toISOString().replace('T', ' ').slice(0, -1)}', 3, 'UTC')`;
  }

  amount(tenThousandths: bigint): string {
    return `CAST(${stringLiteral(decimalText(tenThousandths))}, 'Decimal(38, 4)')`;
  }

  property(path: string, type: PropertyType): string {
    return subcolumn(`${storedPath(path)}.:\`${types[type]}\``);
  }

  /** An object at the path is seen by the paths under it; an array is a value of some other type than the three. */
  propertyExists(path: string): string {
    const stored = storedPath(path);
    const isObject = `notEmpty(JSONAllPaths(${subcolumn(`^${identifier(stored)}`)}))`;
    return `(${subcolumn(stored)} IS NOT NULL OR ${isObject})`;
  }

  contains(expression: string, value: string): string {
    return `position(${expression}, ${this.text(value)}) > 0`;
  }

  startsWith(expression: string, value: string): string {
    return `startsWith(${expression}, ${this.text(value)})`;
  }

  /** RE2, whose `.` and classes the pattern does not use. */
  matches(expression: string, pattern: string): string {
    return `match(${expression}, ${this.text(pattern)})`;
  }

  inSample(steps: number): string {
    return `if(user_key <> 0, ${this.person}, _offset) % ${sampleSteps} < ${steps}`;
  }

  /** The edge at or before the time. */
  protected bucketOf(column: 'timestamp' | 'start', edges: readonly number[]): string {
    return edges.length === 2 ? `toInt64(${edges[0]})` : `roundDown(${times[column]}, edges)`;
  }

  protected head({ edges }: Question, top: string | undefined): string {
    const constants = [
      ...(edges.length === 2 ? [] : [`CAST([${edges.join(', ')}], 'Array(Int64)') AS edges`]),
      ...(top === undefined ? [] : [`${top} AS top`]),
    ];
    return this.constants(constants);
  }

  /** An array of the groups' keys; answer.ts of this folder reads them. */
  protected firstGroups({ parts, keys, order, limit }: FirstGroups): string {
    const select = `SELECT ${aliased(packed(keys), 'key')} FROM (\n${indent(parts.join('\nUNION ALL\n'))}\n) GROUP BY ${keys.join(', ')} ORDER BY ${['sum(events) DESC', ...order].join(', ')} LIMIT ${limit}`;
    return `(SELECT groupArray(CAST(key, 'String')) FROM (${select}))`;
  }

  protected labelOf(keys: readonly string[]): string {
    return `CAST(${packed(keys)}, 'String')`;
  }

  protected placed({ from, keys }: Source): { readonly from: string; readonly place: string } {
    return { from, place: `transform(${packed(keys)}, top, arrayEnumerate(top), 0)` };
  }

  protected topRows(_: Grouping): string {
    return `SELECT ${this.outputs({
      arm: 'top',
      place: 'place',
      bucket: '0',
      text: 'top[place]',
      events: '0',
      users: '0',
      amounts: undefined,
    })} FROM (SELECT arrayJoin(arrayEnumerate(top)) AS place)`;
  }

  /** Text columns are their own key ('' when absent); anything else gets its type's name before it: 'null:null' when absent. */
  protected groupKey(name: FieldName): string {
    const field = rowField(name);
    if (field === undefined) return this.#propertyKey(name.slice('properties.'.length));
    const column = columnName(field.name as keyof EventRow);
    return field.type === 'boolean'
      ? `CASE WHEN ${column} THEN 'boolean:true' ELSE 'boolean:false' END`
      : column;
  }

  #propertyKey(path: string): string {
    const number = this.property(path, 'number');
    const boolean = this.property(path, 'boolean');
    // JavaScript writes 1e+21 where ClickHouse writes 1e21; otherwise both write the shortest text
    return `coalesce(concat('string:', ${this.property(path, 'string')}), concat('number:', replaceRegexpOne(toString(${number}), 'e(\\\\d)', 'e+\\\\1')), multiIf(${boolean}, 'boolean:true', NOT ${boolean}, 'boolean:false', 'null:null'))`;
  }

  protected keyOrder(name: FieldName, key: string): readonly [text: string, type: string] {
    return rowField(name)?.type === 'string'
      ? [
          `CASE WHEN ${key} = '' THEN 'null' ELSE ${key} END`,
          `CASE WHEN ${key} = '' THEN 'null' ELSE 'string' END`,
        ]
      : [`substring(${key}, position(${key}, ':') + 1)`, `substring(${key}, 1, position(${key}, ':') - 1)`];
  }

  /** Counts are kept by slot alone. */
  protected ofTier(metrics: Metrics, tier: Tier): readonly string[] {
    return metrics === 'users' ? [`tier = ${tierMs[tier] / 1000}`] : [];
  }

  inRanges(column: 'timestamp' | 'start', ranges: readonly Range[]): string {
    const outer = this.#inRange(column, { from: ranges[0]!.from, to: ranges.at(-1)!.to });
    if (ranges.length === 1) return outer;
    if (ranges.length <= rangesNamedMax) {
      return `${outer} AND (${ranges.map((range) => `(${this.#inRange(column, range)})`).join(' OR ')})`;
    }
    const time = times[column];
    const borders = ranges.flatMap(({ from, to }) => [from, to]).join(', ');
    const starts = ranges.map(({ from }) => from).join(', ');
    return `${outer} AND roundDown(${time}, CAST([${borders}], 'Array(Int64)')) IN (${starts})`;
  }

  /** Raw rows of whole UTC days. */
  inDays({ from, to }: Range): string {
    return `day >= ${dayOf(from)} AND day <= ${dayOf(to - 1)}`;
  }

  /** Raw rows are found by their day: it is in the table's order, the timestamp only after the person. */
  #inRange(column: 'timestamp' | 'start', { from, to }: Range): string {
    const exact = `${column} >= ${this.instant(from)} AND ${column} < ${this.instant(to)}`;
    if (column === 'start') return exact;
    return `${exact} AND ${this.inDays({ from, to })}`;
  }

  protected outputs(values: Outputs): string {
    const [count, ...money] = values.amounts ?? ['0'];
    const [sum, min, max] = money.map(
      (one) => `toString(reinterpretAsInt128(CAST(${one}, 'Decimal(38, 4)')))`,
    );
    return [
      `'${values.arm}' AS arm`,
      `toInt64(${values.place}) AS group_place`,
      `toInt64(${values.bucket}) AS edge`,
      `toString(${values.text}) AS label`,
      `toUInt64(${values.events}) AS n`,
      `toUInt64(${values.users}) AS persons`,
      `toUInt64(${count}) AS amounts`,
      `${sum ?? "'0'"} AS total`,
      `${min ?? "'0'"} AS least`,
      `${max ?? "'0'"} AS most`,
    ].join(', ');
  }
}

const shares: Readonly<Record<'median' | 'p90' | 'p95' | 'p99', number>> = {
  median: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

function aggregateOf(agg: Exclude<MeasureAggregate, 'distinct'>, value: string, condition: string): string {
  return agg in shares
    ? `quantileExactInclusiveIf(${shares[agg as keyof typeof shares]})(${value}, ${condition})`
    : `${agg}If(${value}, ${condition})`;
}

/** The keys of several fields as one text: each after its length in bytes and a colon. */
const packed = (keys: readonly string[]): string =>
  keys.length === 1
    ? keys[0]!
    : `concat(${keys.map((key) => `toString(length(${key})), ':', ${key}`).join(', ')})`;

const subcolumn = (path: string): string => `getSubcolumn(properties, ${stringLiteral(path)})`;

const dayOf = (ms: number): string => {
  const cut = Math.min(Math.max(ms, instants.min), instants.max);
  return `toDate32('${new Date(cut).toISOString().slice(0, 'yyyy-mm-dd'.length)}')`;
};
