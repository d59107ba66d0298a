/**
 * What ClickHouse says differently: literals, properties, sketches, buckets. Everything else is the base compiler's.
 */

import { identifier, stringLiteral } from '../sql/clickhouse-literal.ts';
import type { Range } from '../sql/cover.ts';
import type { PropertyType } from '../sql/filter-compiler.ts';
import { type ArmName, QuestionCompiler } from '../sql/question-compiler.ts';
import { storedPath } from './property-json.ts';
import { sketch } from './sketch.ts';

const types: Readonly<Record<PropertyType, string>> = {
  string: 'String',
  number: 'Float64',
  boolean: 'Bool',
};

/** What DateTime64(3) can hold. Bounds of ranges past it are cut to it: no row lies there. */
const instants = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2290, 0, 1) };

/** Ranges are named one by one up to this many; more are looked up in the sorted list of their borders. */
const rangesNamedMax = 8;

export class ClickHouseCompiler extends QuestionCompiler {
  readonly rowTime = 'toUnixTimestamp64Milli(timestamp)';
  readonly rollupTime = 'toUnixTimestamp64Second(start) * 1000';
  readonly distinctPersons = {
    name: 'users',
    rows: 'uniqExactIf(user_key, user_key <> 0)',
    partial: `${sketch.name}State(${sketch.precision})(user_key)`,
    rollup: `${sketch.name}Merge(${sketch.precision})(users)`,
    rollupPartial: `${sketch.name}MergeState(${sketch.precision})(users)`,
    merge: `${sketch.name}Merge(${sketch.precision})(users)`,
  };

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

  bucketOf(time: string, edges: readonly number[]): string {
    return edges.length === 2 ? `toInt64(${edges[0]})` : `roundDown(${time}, edges)`;
  }

  head(edges: readonly number[], top: string | undefined): string {
    const constants = [
      ...(edges.length === 2 ? [] : [`CAST([${edges.join(', ')}], 'Array(Int64)') AS edges`]),
      ...(top === undefined ? [] : [`${top} AS top`]),
    ];
    return constants.length === 0 ? '' : `WITH ${constants.join(', ')}\n`;
  }

  collect(select: string): string {
    return `(SELECT groupArray(CAST(key, 'String')) FROM (${select}))`;
  }

  placeOf(key: string): string {
    return `transform(${key}, top, arrayEnumerate(top), 0)`;
  }

  packedKeys(keys: readonly string[]): string {
    return `concat(${keys.map((key) => `toString(length(${key})), ':', ${key}`).join(', ')})`;
  }

  topRows(): string {
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

  propertyKey(path: string): string {
    const number = this.property(path, 'number');
    const boolean = this.property(path, 'boolean');
    // JavaScript writes 1e+21 where ClickHouse writes 1e21; otherwise both write the shortest text
    return `coalesce(concat('string:', ${this.property(path, 'string')}), concat('number:', replaceRegexpOne(toString(${number}), 'e(\\\\d)', 'e+\\\\1')), multiIf(${boolean}, 'boolean:true', NOT ${boolean}, 'boolean:false', 'null:null'))`;
  }

  afterColon(expression: string): string {
    return `substring(${expression}, position(${expression}, ':') + 1)`;
  }

  beforeColon(expression: string): string {
    return `substring(${expression}, 1, position(${expression}, ':') - 1)`;
  }

  inRanges(column: 'timestamp' | 'start', ranges: readonly Range[]): string {
    const outer = this.#inRange(column, { from: ranges[0]!.from, to: ranges.at(-1)!.to });
    if (ranges.length === 1) return outer;
    if (ranges.length <= rangesNamedMax) {
      return `${outer} AND (${ranges.map((range) => `(${this.#inRange(column, range)})`).join(' OR ')})`;
    }
    const time = column === 'start' ? this.rollupTime : this.rowTime;
    const borders = ranges.flatMap(({ from, to }) => [from, to]).join(', ');
    const starts = ranges.map(({ from }) => from).join(', ');
    return `${outer} AND roundDown(${time}, CAST([${borders}], 'Array(Int64)')) IN (${starts})`;
  }

  /** Raw rows are found by their day: it is in the table's order, the timestamp only after the person. */
  #inRange(column: 'timestamp' | 'start', { from, to }: Range): string {
    const exact = `${column} >= ${this.instant(from)} AND ${column} < ${this.instant(to)}`;
    if (column === 'start') return exact;
    return `${exact} AND day >= ${dayOf(from)} AND day <= ${dayOf(to - 1)}`;
  }

  outputs(values: {
    readonly arm: ArmName;
    readonly place: string;
    readonly bucket: string;
    readonly text: string;
    readonly events: string;
    readonly users: string;
    readonly amounts: readonly [count: string, sum: string, min: string, max: string] | undefined;
  }): string {
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

const subcolumn = (path: string): string => `getSubcolumn(properties, ${stringLiteral(path)})`;

const dayOf = (ms: number): string => {
  const cut = Math.min(Math.max(ms, instants.min), instants.max);
  return `toDate32('${new Date(cut).toISOString().slice(0, 'yyyy-mm-dd'.length)}')`;
};

function decimalText(tenThousandths: bigint): string {
  const digits = String(tenThousandths < 0n ? -tenThousandths : tenThousandths).padStart(5, '0');
  return `${tenThousandths < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
