/** Events that could not be stored, each place once; how their quarantine ended is counted in `corrections`. */
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Place, Quarantined, QuarantineEnd, QuarantineQuery } from '../store.ts';
import { correct } from './corrections.ts';

interface Row {
  readonly _partition: number;
  readonly _offset: string;
  readonly project: string;
  readonly event_id: string;
  readonly received_ms: string;
  readonly reason: string;
  readonly detail: string;
  readonly body: string;
}

/** Ascending by place; `after` is the `next` of the page before. */
export async function listQuarantined(
  pool: PostgresPool,
  query: QuarantineQuery,
): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }> {
  const { where, values } = conditionOf(query);
  const total = await pool.query<{ total: string }>(
    `SELECT count(*) AS total FROM quarantine WHERE ${where}`,
    values,
  );
  const [partition, offset] = (query.after ?? '').split(':').map(Number);
  const after =
    Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
      ? `(_partition, _offset) > (${partition}, ${offset})`
      : 'true';
  const { rows } = await pool.query<Row>(
    `SELECT _partition, _offset, project, event_id, (extract(epoch FROM received_at) * 1000)::bigint AS received_ms, reason, detail, body
FROM quarantine WHERE ${where} AND ${after} ORDER BY _partition, _offset LIMIT ${query.limit + 1}`,
    values,
  );
  const items = rows.slice(0, query.limit).map(itemOf);
  const last = items.at(-1);
  const counted = { items, total: Number(total.rows[0]!.total) };
  if (rows.length <= query.limit || last === undefined) return counted;
  return { ...counted, next: `${last.partition}:${last.offset}` };
}

/** The events go, and how many ended in this way is known for ever. Places that are not in quarantine change nothing. */
export async function releaseQuarantined(
  pool: PostgresPool,
  places: readonly Place[],
  end: QuarantineEnd,
): Promise<void> {
  if (places.length === 0) return;
  await pool.query(
    `WITH gone AS (
  DELETE FROM quarantine USING unnest($1::int[], $2::bigint[]) AS place (partition, position)
  WHERE _partition = partition AND _offset = position RETURNING _partition
) ${correct('gone', end)}`,
    [places.map(({ partition }) => partition), places.map(({ offset }) => offset)],
  );
}

function conditionOf({ project, withUnknown, reason, from, to, places }: QuarantineQuery): {
  readonly where: string;
  readonly values: readonly unknown[];
} {
  const values: unknown[] = [];
  const value = (each: unknown): string => `$${values.push(each)}`;
  const time = (ms: number): string => `to_timestamp(${value(Math.ceil(ms))}::float8 / 1000.0)`;
  const conditions = ['true'];
  if (project !== undefined) {
    const projects = withUnknown ? [project, ''] : [project];
    conditions.push(`project = ANY (${value(projects)}::text[])`);
  }
  if (reason !== undefined) conditions.push(`reason = ${value(reason)}`);
  if (from !== undefined) conditions.push(`received_at >= ${time(from)}`);
  if (to !== undefined) conditions.push(`received_at < ${time(to)}`);
  if (places !== undefined) {
    const partitions = value(places.map(({ partition }) => partition));
    const offsets = value(places.map(({ offset }) => offset));
    conditions.push(
      `(_partition, _offset) IN (SELECT * FROM unnest(${partitions}::int[], ${offsets}::bigint[]))`,
    );
  }
  return { where: conditions.join(' AND '), values };
}

const itemOf = (row: Row): Quarantined => ({
  partition: row._partition,
  offset: Number(row._offset),
  project: row.project,
  eventId: row.event_id,
  receivedAt: Number(row.received_ms),
  reason: row.reason,
  detail: row.detail,
  body: row.body,
});
