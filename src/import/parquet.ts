/** The rows of a Parquet file, one row group at a time: its columns are what is held in memory, and only those that the mapping names. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { isFailure } from '../errors.ts';
import { inputInvalid } from './input.ts';
import { addConstants, bindMapping, type Mapping, mapRow } from './mapping.ts';
import type { InputRecord, Records } from './record.ts';

/** Unpacked, as the file says. JavaScript takes several times that for the values. */
const rowGroupBytesMax = 1024 ** 3;
const groupRows = 1_000;

/** Errors: import_option_invalid, for the mapping; import_input_invalid. */
export async function* readParquet(
  path: string,
  mapping: Mapping,
  onColumns: (columns: readonly string[], bound: Mapping, rows: number) => void,
): Records {
  try {
    yield* rowsOf(path, mapping, onColumns);
  } catch (error) {
    if (isFailure(error)) throw error;
    throw inputInvalid(path, `cannot be read as Parquet: ${(error as Error).message}`, error);
  }
}

async function* rowsOf(
  path: string,
  mapping: Mapping,
  onColumns: Parameters<typeof readParquet>[2],
): Records {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const bound = bindMapping(mapping, all, path);
  onColumns(all, bound, Number(metadata.num_rows));
  for (const { total_byte_size: bytes } of metadata.row_groups) {
    if (bytes > rowGroupBytesMax)
      throw inputInvalid(
        path,
        `has a row group of ${bytes} bytes, and one may have ${rowGroupBytesMax}; write it with smaller ones`,
      );
  }
  const columns = [...new Set(bound.columns.map(({ from }) => from))];
  const scan = await parquetScan({ file, metadata, columns, compressors });
  for (const range of scan.ranges) {
    const values = new Map<string, ArrayLike<unknown>>();
    for (const column of columns) values.set(column, await scan.readColumn({ column, ...range }));
    for (let first = range.rowStart; first < range.rowEnd; first += groupRows) {
      const records: InputRecord[] = [];
      for (let row = first; row < Math.min(first + groupRows, range.rowEnd); row++) {
        const event = mapRow(bound, (name) => values.get(name)?.[row - range.rowStart], false);
        const raw = JSON.stringify(event);
        records.push({ line: row + 1, raw, event: addConstants(event, bound), salt: bound.salt });
      }
      yield records;
    }
  }
}
