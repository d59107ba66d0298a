/** What a transaction reads, piece by piece as it is taken: the transaction goes on while somebody asks for more. */
import { failure } from '../../errors.ts';
import type { Connection, PostgresPool, TransactionOptions } from '../../postgres/postgres-pool.ts';

/** Errors: those of `work` and of the pool. Whoever takes no more ends the transaction. */
export async function* streamed<T>(
  pool: PostgresPool,
  options: TransactionOptions,
  work: (connection: Connection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const { readable, writable } = new TransformStream<T, T>();
  const writer = writable.getWriter();
  let isGiven = false;
  const give = async (connection: Connection): Promise<void> => {
    // a replica broke off, and what was given cannot be given again
    if (isGiven)
      throw failure('store_unavailable', { detail: 'the server broke off in the middle of an answer' });
    for await (const piece of work(connection)) {
      isGiven = true;
      await writer.write(piece);
    }
  };
  const done = pool
    .transaction(give, { ...options, signal })
    .then(
      () => writer.close(),
      (error: unknown) => writer.abort(error),
    )
    // nobody takes any more
    .catch(() => {});
  try {
    yield* readable;
  } finally {
    left.abort();
    await done;
  }
}
