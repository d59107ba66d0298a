/** One statement, inside a transaction or by itself: the pool and a connection take it alike, which their types do not say. */
import type { QueryResultRow } from 'pg';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';

export type Asked = Pick<PostgresPool, 'query'> | Connection;

/** The rows. Errors: those of the pool or the driver. */
export async function ask<R extends QueryResultRow>(
  of: Asked,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  return (await (of as Pick<PostgresPool, 'query'>).query<R>(text, values)).rows;
}
