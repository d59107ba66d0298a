/**
 * Brings tables to the newest version: numbered steps, each in a transaction with the note that it was taken. When two processes
 * start at once, one takes the steps and the other waits and finds them taken: the lock ends with the transaction.
 */
import { failure } from '../errors.ts';
import type { Connection } from './postgres-pool.ts';
import type { PostgresPools } from './postgres-pools.ts';

/** A step that was released is never changed: add another. */
export interface MigrationStep {
  /** 1 for the first, with no gaps. */
  readonly version: number;
  /** Statements, or work on the connection. */
  readonly take: readonly string[] | ((connection: Connection) => Promise<void>);
}

/** A step may move all rows. */
const stepMsMax = 60 * 60_000;
/** For `pg_advisory_xact_lock`: one number for each part, so that they do not wait for each other. */
const lockSpace = 0x6d72; // 'mr'

/**
 * `part`: 'store', 'catalog'; each counts its own versions. Errors: PostgresError; schema_newer, when a newer version was here.
 */
export async function migrate(
  { config, write }: PostgresPools,
  part: string,
  steps: readonly MigrationStep[],
): Promise<void> {
  const options = { timeoutMs: stepMsMax, totalMs: stepMsMax };
  const known = steps.length;
  if ((await write.transaction((connection) => taken(connection, config.schema, part))) === known) return;
  for (let done = false; !done; ) {
    done = await write.transaction(async (connection) => {
      await connection.query(`SELECT pg_advisory_xact_lock(${lockSpace}, hashtext($1))`, [config.schema]);
      await makeHouse(connection, config.schema);
      const found = await taken(connection, config.schema, part);
      if (found > known) {
        const path = `the ${part} in schema ${config.schema} of database ${config.primary.database}`;
        throw failure('schema_newer', { path, found, known });
      }
      const step = steps[found];
      if (step === undefined) return true;
      if (typeof step.take === 'function') await step.take(connection);
      else for (const statement of step.take) await connection.query(statement);
      await connection.query('INSERT INTO migrations (part, version) VALUES ($1, $2)', [part, step.version]);
      return step.version === known;
    }, options);
  }
}

/** How many steps this part has taken; 0 when there is nothing yet. */
async function taken(connection: Connection, schema: string, part: string): Promise<number> {
  const table = await connection.query('SELECT to_regclass($1) IS NOT NULL AS there', [
    `${schema}.migrations`,
  ]);
  if (!table.rows[0].there) return 0;
  const counted = await connection.query(
    `SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations WHERE part = $1`,
    [part],
  );
  return counted.rows[0].version as number;
}

/** `CREATE … IF NOT EXISTS` wants the right to create even when there is nothing to do, so it is asked first. */
async function makeHouse(connection: Connection, schema: string): Promise<void> {
  const { rows } = await connection.query(
    'SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS migrations',
    [schema, `${schema}.migrations`],
  );
  if (!rows[0].schema) await connection.query(`CREATE SCHEMA ${schema}`);
  if (rows[0].migrations) return;
  await connection.query(`CREATE TABLE ${schema}.migrations (
    part text NOT NULL,
    version integer NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (part, version)
  )`);
}
