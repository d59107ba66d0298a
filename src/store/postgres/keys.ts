/** Event ids that are stored or quarantined: are these, and which were received lately. */
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { EventKey } from '../store.ts';
import type { IdHash } from './copy-encoder.ts';

/** Ids in one statement. */
const keysInStatementMax = 1_000;
/** Ids of one piece of `recent`. */
const recentRowsMax = 10_000;
/** Of a whole reading: a busy day's ids take longer than any question may. */
const recentTimeoutMs = 60 * 60_000;

/** The hash finds the row in every partition; the full project and id decide. */
export async function knownKeys(
  pool: PostgresPool,
  idHash: IdHash,
  keys: readonly EventKey[],
  among?: 'rows',
): Promise<readonly boolean[]> {
  const found = new Set<string>();
  for (let from = 0; from < keys.length; from += keysInStatementMax) {
    const some = keys.slice(from, from + keysInStatementMax).filter(isStorable);
    const projects = some.map(({ project }) => project);
    const ids = some.map(({ eventId }) => eventId);
    const hashes = some.map((key) => String(BigInt.asIntN(64, idHash(key.project, key.eventId))));
    const { rows } = await pool.query<{ project: string; event_id: string }>(
      `SELECT events.project, events.event_id FROM events
JOIN unnest($1::text[], $2::text[]) AS asked (project, event_id) USING (project, event_id)
WHERE id_hash = ANY ($3::bigint[])
${among === 'rows' ? '' : quarantinedToo}`,
      [projects, ids, hashes],
    );
    for (const row of rows) found.add(nameOf({ project: row.project, eventId: row.event_id }));
  }
  return keys.map((key) => found.has(nameOf(key)));
}

const quarantinedToo = `UNION
SELECT project, event_id FROM quarantine
JOIN unnest($1::text[], $2::text[]) AS asked (project, event_id) USING (project, event_id)`;

interface RecentRow {
  readonly place: string;
  readonly project: string;
  readonly event_id: string;
  readonly received_ms: string;
}

/**
 * A page at a time by the place in the log, which a page of any size finds again at once; nothing is held between two. The first place is
 * looked for by the time of arrival, in whose order rows lie.
 */
export async function* recentKeys(
  pool: PostgresPool,
  partition: number,
  since: number,
): AsyncGenerator<readonly (EventKey & { readonly receivedAt: number })[]> {
  for (const table of ['events', 'quarantine']) {
    const received = `received_at >= to_timestamp(${Math.ceil(since)} / 1000.0)`;
    const isAsked = `_partition = ${partition} AND ${received} AND event_id <> ''`;
    const { rows } = await pool.query<{ first: string | null }>(
      `SELECT min(_offset) AS first FROM ${table} WHERE ${isAsked}`,
      [],
      { timeoutMs: recentTimeoutMs },
    );
    let from = rows[0]?.first ?? undefined;
    while (from !== undefined) {
      const page = await pool.query<RecentRow>(
        `SELECT _offset AS place, project, event_id, (extract(epoch FROM received_at) * 1000)::bigint AS received_ms
FROM ${table} WHERE ${isAsked} AND _offset >= ${from} ORDER BY _offset LIMIT ${recentRowsMax}`,
        [],
        { timeoutMs: recentTimeoutMs },
      );
      if (page.rows.length > 0) yield page.rows.map(recentOf);
      const last = page.rows.at(-1);
      from = page.rows.length < recentRowsMax ? undefined : String(BigInt(last!.place) + 1n);
    }
  }
}

const recentOf = ({ project, event_id, received_ms }: RecentRow) => ({
  project,
  eventId: event_id,
  receivedAt: Number(received_ms),
});

/** Text with U+0000 is in no row, and PostgreSQL takes none. */
const isStorable = ({ project, eventId }: EventKey): boolean =>
  !project.includes('\0') && !eventId.includes('\0');

const nameOf = ({ project, eventId }: EventKey): string => JSON.stringify([project, eventId]).toWellFormed();
