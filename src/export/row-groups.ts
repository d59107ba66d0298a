/** Rows of a sheet turned into columns, group by group, so that at most one group is held. For formats that keep columns. */
import type { Column, Row, Sheet } from './sheet.ts';

/** A group ends at either. */
export const groupRowsMax = 20_000;
export const groupCharactersMax = 16 * 1024 * 1024;

export type Stored = string | number | boolean | undefined;

export interface ColumnData extends Column {
  /** As long as the group; undefined where a row has nothing. JSON is text, a time is epoch milliseconds. */
  readonly data: readonly Stored[];
}

export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly ColumnData[];
}

export async function* rowGroups({ columns, rows }: Sheet): AsyncGenerator<RowGroup> {
  let group = new Group(columns);
  for await (const some of rows) {
    for (const row of some) {
      group.add(row);
      if (group.rows < groupRowsMax && group.characters < groupCharactersMax) continue;
      yield group;
      group = new Group(columns);
    }
  }
  if (group.rows > 0) yield group;
}

class Group implements RowGroup {
  rows = 0;
  /** About; short values cost little. */
  characters = 0;
  readonly columns: readonly (Column & { readonly data: Stored[] })[];

  constructor(columns: readonly Column[]) {
    this.columns = columns.map((column) => ({ ...column, data: [] }));
  }

  add(row: Row): void {
    this.rows += 1;
    for (const { name, type, data } of this.columns) {
      const value = stored(type, row[name]);
      if (typeof value === 'string') this.characters += value.length;
      data.push(value);
    }
  }
}

function stored(type: Column['type'], value: unknown): Stored {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'text':
      return String(value);
    case 'json':
      return JSON.stringify(value);
    case 'time':
      return Date.parse(value as string);
    case 'integer':
    case 'boolean':
    case 'number':
      return value as Stored;
    default:
      return type satisfies never;
  }
}
