/**
 * Records as Parquet, row group by row group: at most one group is held, and what the file's end must say of each group
 * (about 10 KB). Text, exact money among it, is UTF-8; times are milliseconds; properties are JSON.
 */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { rowGroups, type Stored } from './row-groups.ts';
import type { Column, Sheet } from './sheet.ts';

export async function* parquetBytes(sheet: Sheet): AsyncGenerator<Buffer> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(sheet.columns) });
  for await (const { rows, columns } of rowGroups(sheet)) {
    const columnData = columns.map(({ name, type, data }) => ({
      name,
      data: isWide(type) ? data.map(wide) : [...data],
      offsetIndex: false,
    }));
    await writer.write({ columnData, rowGroupSize: rows });
    yield taken(bytes);
  }
  await writer.finish();
  yield taken(bytes);
}

/** What was written since the last time. */
function taken(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes());
  writer.index = 0;
  return bytes;
}

/** INT64 are written from big integers. */
const isWide = (type: Column['type']): boolean => type === 'integer' || type === 'time';
const wide = (value: Stored): bigint | undefined => (value === undefined ? undefined : BigInt(value));

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
