/** A sheet as bytes in one of the formats, as fast as they are taken. */
import { arrowBytes } from './arrow.ts';
import { csvHeader, csvLine } from './csv.ts';
import { parquetBytes } from './parquet.ts';
import type { Format, Row, Sheet } from './sheet.ts';

export interface WriteOptions {
  /** CSV: false when the bytes go on what was written before. Default true. */
  readonly header?: boolean;
}

/** Nothing is read ahead: a piece of rows becomes bytes when they are asked for. */
export function writeSheet(
  sheet: Sheet,
  format: Format,
  { header = true }: WriteOptions = {},
): AsyncGenerator<Buffer> {
  switch (format) {
    case 'ndjson':
      return textBytes(sheet, '', (row) => `${JSON.stringify(row)}\n`);
    case 'csv':
      return textBytes(sheet, header ? csvHeader(sheet.columns) : '', (row) => csvLine(sheet.columns, row));
    case 'parquet':
      return parquetBytes(sheet);
    case 'arrow':
      return arrowBytes(sheet);
    default:
      return format satisfies never;
  }
}

async function* textBytes(
  { rows }: Sheet,
  header: string,
  lineOf: (row: Row) => string,
): AsyncGenerator<Buffer> {
  let begin = header;
  for await (const some of rows) {
    yield Buffer.from(begin + some.map(lineOf).join(''));
    begin = '';
  }
  if (begin !== '') yield Buffer.from(begin);
}
