/**
 * What is done to one connection of the driver: broken off, kept from beginning more, its errors told from those of others. The
 * driver's own inside is touched here alone.
 */
import pg from 'pg';
import { PostgresError } from './postgres-error.ts';
import type { Connection } from './postgres-pool.ts';

export type Client = pg.PoolClient & { readonly processID: number; readonly secretKey: number };

/** The same connection, which begins nothing more once the signal came. */
export function stoppable(client: Client, signal: AbortSignal | undefined): Connection {
  if (signal === undefined) return client;
  const query = (...given: unknown[]) => {
    signal.throwIfAborted();
    return (client.query as (...args: unknown[]) => unknown)(...given);
  };
  return { query: query as Connection['query'] };
}

export function stopped(signal: AbortSignal, cause: unknown): PostgresError {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return timedOut
    ? new PostgresError('timeout', 'the statement took too long and was stopped', { cause })
    : new PostgresError('cancelled', 'the asker went away, so the statement was stopped', { cause });
}

/** Whatever waits for it fails at once. */
export function destroy(client: Client, why: string): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(error: Error): void } } };
  connection.stream.destroy(Object.assign(new Error(why), { code: 'ECONNRESET' }));
}

/** Of a statement or of the connection, rather than of whoever used it. */
export function isDriverError(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return true;
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as NodeJS.ErrnoException;
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|Client was closed)/.test(error.message)
  );
}
