/** All rows, in the order of the table. */
import type { Row } from './row.ts';
import { analysesRow, experimentsRow } from './rows/analyses.ts';
import { diskRow } from './rows/disk.ts';
import { durableRows } from './rows/durable.ts';
import { lagRow } from './rows/lag.ts';
import { memoryRow } from './rows/memory.ts';
import { postgresRows } from './rows/postgres.ts';
import { postgresAnalysesRow } from './rows/postgres-analyses.ts';
import { postgresInsertRow } from './rows/postgres-insert.ts';
import { questionsRow } from './rows/questions.ts';
import { restartRow } from './rows/restart.ts';
import { sustainedRow } from './rows/sustained.ts';

export const rows: readonly Row[] = [
  ...durableRows,
  sustainedRow,
  postgresInsertRow,
  lagRow,
  memoryRow,
  diskRow,
  restartRow,
  questionsRow,
  analysesRow,
  experimentsRow,
  ...postgresRows,
  postgresAnalysesRow,
];
