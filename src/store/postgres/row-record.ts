/** A row of `events` as a SELECT gives it, and back: the one place that knows which value stands where. */
import type { JsonObject, JsonValue } from '../../event/event.ts';
import type { EventRow } from '../../event/event-row.ts';
import { nestedProperties } from '../../plan/field.ts';
import { compareBytes } from '../../plan/text.ts';
import { type ColumnKind, eventColumns } from './schema.ts';

type Value = string | number | boolean | null | JsonObject;
/** Values in the order of `rowColumns`, as the driver reads them. */
export type RowRecord = readonly Value[];

const columns = eventColumns.filter(({ field }) => field !== undefined && field !== 'project');

/** The columns of a SELECT whose rows `rowOfRecord` reads; `ownKey`: what has the key of the row itself. */
export const rowColumns = (ownKey: string): string =>
  columns
    .map(({ name, kind }) => {
      if (kind === 'instant') return `date_part('epoch', ${name})`;
      return name === 'user_key' ? ownKey : name;
    })
    .join(', ');

/** A row with every field: copies of it keep their shape, which objects that grow key by key do not. */
const blank = Object.fromEntries(eventColumns.map(({ field }) => [field ?? 'project', undefined]));

export function rowOfRecord(record: RowRecord, project: string): EventRow {
  const row: Record<string, unknown> = { ...blank, project };
  for (let i = 0; i < columns.length; i++) row[columns[i]!.field!] = read(columns[i]!.kind, record[i]!);
  return row as unknown as EventRow;
}

function read(kind: ColumnKind, value: Value): unknown {
  switch (kind) {
    case 'instant':
      return Math.round(Number(value) * 1_000);
    case 'bigint':
      return Number(value);
    case 'key':
      return BigInt.asUintN(64, BigInt(value as string));
    case 'amount':
      return value === null ? null : tenThousandths(value as string);
    case 'properties':
      return ordered(value as JsonObject);
    default:
      return value;
  }
}

/** '-12.5000' is -125000n: the column has four places. */
const tenThousandths = (text: string): bigint => BigInt(text.replace('.', ''));

/** Properties in the form of `canonicalProperties`: they are kept by whole paths, in an order of the server's own. */
const ordered = (kept: JsonObject): JsonObject =>
  nestedProperties(
    Object.entries(kept)
      .map(([path, value]) => [path, withinArray(value)] as const)
      .sort(([a], [b]) => compareBytes(a, b)),
  );

/** Objects within arrays are canonical but for the order of their keys. */
function withinArray(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withinArray);
  const object: Record<string, JsonValue> = Object.create(null);
  for (const [key, inner] of Object.entries(value).sort(([a], [b]) => compareBytes(a, b)))
    object[key] = withinArray(inner as JsonValue);
  return object;
}
