/** A row of `events` as a line of JSONCompactEachRow, and back: the one place that knows which value stands where. */
import type { EventRow } from '../../event/event-row.ts';
import { type ColumnKind, eventColumns } from './schema.ts';
import { readProperties } from './stored-properties.ts';

type Value = string | number | boolean | null;

const columns = eventColumns.filter(({ name, field }) => name !== 'day' && field !== 'project');

/** The columns of a SELECT whose lines `rowOfLine` reads. 64-bit integers must come quoted. */
export const rowColumns = columns.map(({ name, kind }) => `${selected(name, kind)} AS ${name}_`).join(', ');

function selected(name: string, kind: ColumnKind): string {
  switch (kind) {
    case 'milliseconds':
      return `toUnixTimestamp64Milli(${name})`;
    case 'amount':
      return `toString(${name})`;
    case 'json':
      return `toJSONString(${name})`;
    default:
      return name;
  }
}

/** A row with every field: copies of it keep their shape, which objects that grow key by key do not. */
const blank = Object.fromEntries(eventColumns.map(({ field }) => [field, undefined]));

export function rowOfLine(line: string, project: string): EventRow {
  const values = JSON.parse(line) as readonly Value[];
  const row: Record<string, unknown> = { ...blank, project };
  for (let i = 0; i < columns.length; i++) {
    const { field, kind } = columns[i]!;
    row[field] = field === 'personKey' ? BigInt(values[i]!) : read(kind, values[i]!);
  }
  return row as unknown as EventRow;
}

function read(kind: ColumnKind, value: Value): unknown {
  switch (kind) {
    case 'milliseconds':
    case 'uint64':
      return Number(value);
    case 'amount':
      return value === null ? null : tenThousandths(value as string);
    case 'json':
      return readProperties(value as string);
    default:
      return value;
  }
}

const amountPlaces = 4;

/** '-12.5' is -125000n. */
function tenThousandths(text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return BigInt(whole + fraction.padEnd(amountPlaces, '0'));
}
