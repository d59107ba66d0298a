/**
 * One process at a time, for work that is longer than a transaction: a transaction that does nothing else holds an advisory lock for
 * it. The lock goes with its connection, so a process that dies bars nobody, and PgBouncer keeps its hands off. It holds no
 * snapshot meanwhile: VACUUM and the like do not wait for it.
 */
import type { PostgresPool } from './postgres-pool.ts';

/** Well within what the pool allows a transaction in which nothing happens. */
const beatMs = 15_000;
const totalMs = 24 * 60 * 60_000;

/**
 * Runs `work` unless another process of this schema is at work under the same name; undefined: one is. Where the connection of the
 * lock breaks, the work goes on without it: take care that two at once cost time and nothing else.
 */
export async function exclusively<T>(
  pool: PostgresPool,
  name: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  let done: { readonly result: T } | undefined;
  let failed: { readonly error: unknown } | undefined;
  const holding = pool.transaction(
    async (connection) => {
      const { rows } = await connection.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_xact_lock(hashtext($1), hashtext(current_schema())) AS taken',
        [`millrace exclusively ${name}`],
      );
      if (!rows[0]!.taken) return;
      let beat: Promise<unknown> = Promise.resolve();
      const beating = setInterval(() => {
        beat = connection.query('SELECT').catch(() => {});
      }, beatMs);
      try {
        done = { result: await work() };
      } catch (error) {
        failed = { error };
      } finally {
        clearInterval(beating);
        await beat;
      }
    },
    { totalMs },
  );
  await holding.catch((error) => {
    if (done === undefined) failed ??= { error };
  });
  if (failed !== undefined) throw failed.error;
  return done;
}
