/**
 * Records as Parquet, row group by row group: at most one group is held, and what the file's end must say of each group
 * (about 10 KB). Text, exact money among it, is UTF-8; times are milliseconds; properties are JSON.
 */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Column, Row, Sheet } from './sheet.ts';

/** A group ends at either. */
const groupRowsMax = 20_000;
const groupCharactersMax = 16 * 1024 * 1024;

export async function* parquetBytes({ columns, rows }: Sheet): AsyncGenerator<Buffer> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns) });
  let group = new Group(columns);
  for await (const some of rows) {
    for (const row of some) group.add(row);
    if (group.rows < groupRowsMax && group.characters < groupCharactersMax) continue;
    await group.write(writer);
    yield taken(bytes);
    group = new Group(columns);
  }
  if (group.rows > 0) await group.write(writer);
  await writer.finish();
  yield taken(bytes);
}

/** What was written since the last time. */
function taken(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes());
  writer.index = 0;
  return bytes;
}

/** Rows turned into columns. */
class Group {
  rows = 0;
  /** About; short values cost little. */
  characters = 0;
  readonly #columns: readonly (Column & { readonly data: unknown[] })[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns.map((column) => ({ ...column, data: [] }));
  }

  add(row: Row): void {
    this.rows += 1;
    for (const { name, type, data } of this.#columns) {
      const value = storedValue(type, row[name]);
      if (typeof value === 'string') this.characters += value.length;
      data.push(value);
    }
  }

  async write(writer: ParquetWriter): Promise<void> {
    const columnData = this.#columns.map(({ name, data }) => ({ name, data, offsetIndex: false }));
    await writer.write({ columnData, rowGroupSize: this.rows });
  }
}

function storedValue(type: Column['type'], value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'text':
      return String(value);
    case 'json':
      return JSON.stringify(value);
    case 'integer':
      return BigInt(value as number);
    case 'time':
      return BigInt(Date.parse(value as string));
    case 'boolean':
    case 'number':
      return value;
    default:
      return type satisfies never;
  }
}

const elements: Readonly<Record<Column['type'], Pick<SchemaElement, 'type' | 'converted_type'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elements[type] }),
    ),
  ];
}
