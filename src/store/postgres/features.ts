/**
 * What this database has been set up with, once, when its tables were made: kept in `store_features`, since the tables'
 * shape follows from it and an extension that comes later does not change them.
 */
import type { Connection } from '../../postgres/postgres-pool.ts';
import { type Asked, ask } from './ask.ts';
import { type Cut, newCut, type PieceInterval } from './piece.ts';

export interface Features {
  /** How persons are counted in `rollup_users`: by sketches of the extension hll, or by a list of them, exactly. */
  readonly users: 'hll' | 'list';
  /** Who cuts `events` into pieces of time: partitions of our own, or the extension timescaledb. */
  readonly pieces: 'partitions' | 'timescale';
}

export interface SetUp extends Features {
  readonly cut: Cut;
}

export interface SetUpOptions {
  readonly interval: PieceInterval;
  /** Epoch ms. */
  readonly now: number;
  /** False: extensions are left alone, even where they could be had. */
  readonly extensions: boolean;
}

export const featuresTable = 'CREATE TABLE store_features (name text PRIMARY KEY, value text NOT NULL)';

/** Decides and writes down what this database is set up with; within the transaction that makes the tables. */
export async function setUp(connection: Connection, options: SetUpOptions): Promise<SetUp> {
  const { extensions, interval, now } = options;
  const chosen: SetUp = {
    users: extensions && (await canSketch(connection)) ? 'hll' : 'list',
    pieces: extensions && (await hasTimescale(connection)) ? 'timescale' : 'partitions',
    cut: newCut(interval, now),
  };
  await connection.query(featuresTable);
  await connection.query('INSERT INTO store_features SELECT * FROM unnest($1::text[], $2::text[])', [
    ['users', 'pieces', 'interval', 'floor'],
    [chosen.users, chosen.pieces, interval, String(chosen.cut.floor)],
  ]);
  return chosen;
}

export async function readSetUp(of: Asked): Promise<SetUp> {
  const rows = await ask<{ name: string; value: string }>(of, 'SELECT name, value FROM store_features');
  const values = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  return {
    users: values.users === 'hll' ? 'hll' : 'list',
    pieces: values.pieces === 'timescale' ? 'timescale' : 'partitions',
    cut: { interval: values.interval as PieceInterval, floor: Number(values.floor) },
  };
}

/** Makes the extension where that is allowed; the transaction goes on when it is not. */
async function canSketch(connection: Connection): Promise<boolean> {
  await connection.query('SAVEPOINT extension');
  try {
    await connection.query('CREATE EXTENSION IF NOT EXISTS hll');
    const { rows } = await connection.query<{ there: boolean }>(
      `SELECT to_regtype('hll') IS NOT NULL AS there`,
    );
    return rows[0]!.there;
  } catch {
    await connection.query('ROLLBACK TO SAVEPOINT extension');
    return false;
  }
}

/** Only where somebody has made it already: it must be loaded by the server, too. */
async function hasTimescale(connection: Connection): Promise<boolean> {
  const { rowCount } = await connection.query(`SELECT FROM pg_extension WHERE extname = 'timescaledb'`);
  return rowCount === 1;
}
