/**
 * What is written to a file or a socket: records with the columns that they may have, and the formats. A record leaves out
 * what is absent. Formats differ in what they keep of it: NDJSON everything, CSV text, Parquet and Arrow typed columns.
 */

export const formats = ['ndjson', 'csv', 'parquet', 'arrow'] as const;
export type Format = (typeof formats)[number];

export const contentTypes: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** `time` is ISO 8601 text in the record, `json` any value. */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'json';
}

export type Row = Readonly<Record<string, unknown>>;

export interface Sheet {
  readonly columns: readonly Column[];
  /** In pieces, so that nothing is held for long. */
  readonly rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
}
