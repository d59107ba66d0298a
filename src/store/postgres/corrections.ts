/** What became of events after the writer had counted them: numbers that only grow, changed in the transaction that they tell of. */
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Corrections } from '../store.ts';

/** A statement that counts the rows of `gone`, which have `_partition`, under `kind`. */
export const correct = (gone: string, kind: keyof Corrections): string =>
  `INSERT INTO corrections AS known (_partition, kind, events)
SELECT _partition, '${kind}', count(*) FROM ${gone} GROUP BY _partition ORDER BY _partition
ON CONFLICT (_partition, kind) DO UPDATE SET events = known.events + excluded.events`;

export async function correctionsOf(pool: PostgresPool, partition: number): Promise<Corrections> {
  const { rows } = await pool.query<{ kind: keyof Corrections; events: string }>(
    'SELECT kind, events FROM corrections WHERE _partition = $1',
    [partition],
  );
  const corrections = { replayed: 0, duplicate: 0, discarded: 0, expired: 0, deleted: 0 };
  for (const { kind, events } of rows) corrections[kind] = Number(events);
  return corrections;
}
