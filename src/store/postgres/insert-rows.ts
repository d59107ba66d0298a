/**
 * A batch in one transaction: the partition's row of `progress` first, which is the lock and the fence; then the rows by COPY, the
 * rollups and day versions that follow from them, and what goes to quarantine. All of it is there after the commit, or nothing.
 *
 * The rollups are made by the server of the rows that this transaction has written, so rows and rollups cannot mean different
 * things. They are added, never updated: batches of different partitions wait for nothing of each other.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { EventRow } from '../../event/event-row.ts';
import type { Connection } from '../../postgres/postgres-pool.ts';
import { linkTypes } from '../sql/link-types.ts';
import type { Batch, Quarantined } from '../store.ts';
import { copyEvents, copyPieces, type IdHash } from './copy-encoder.ts';
import type { Features } from './features.ts';
import { addedDays, addedRollups, changedDays, linkingProjects, rollupSource } from './rollups.ts';

/** Errors: those of the driver; RangeError or TypeError when a row does not fit the columns. */
export async function insertRows(
  connection: Connection,
  features: Features,
  { partition, rows, quarantined }: Batch,
  tools: { readonly idHash: IdHash; readonly signal: AbortSignal },
): Promise<void> {
  if (rows.length > 0) {
    const copy = connection.query(copyFrom(copyEvents));
    await pipeline(Readable.from(copyPieces(rows, tools.idHash)), copy, { signal: tools.signal });
    const linking = rows.filter(({ type }) => linkTypes.has(type)).map(({ project }) => project);
    await connection.query(rollupsOf(features, partition, rows), [[...new Set(linking)]]);
  }
  if (quarantined.length > 0) await insertQuarantined(connection, quarantined);
}

function rollupsOf(features: Features, partition: number, rows: readonly EventRow[]): string {
  const source = rollupSource(conditionOf(features, partition, rows));
  return `WITH batch AS MATERIALIZED (${source}),
${addedRollups(features, 'batch', true)}
${changedDays(partition, `${addedDays} UNION ALL ${linkingProjects('$1::text[]')}`)}`;
}

/**
 * SQL for the rows of this batch. Others of its window, stored before, may lie between its offsets: what this transaction wrote is
 * told by xmin, which the chunks of TimescaleDB do not have. The times let the planner leave out other partitions.
 */
function conditionOf({ pieces }: Features, partition: number, rows: readonly EventRow[]): string {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of rows) {
    if (timestamp < from) from = timestamp;
    if (timestamp > to) to = timestamp;
  }
  const time = (ms: number) => `'${new Date(ms).toISOString()}'`;
  const [first, last] = [rows[0]!.offset, rows.at(-1)!.offset];
  const own =
    pieces === 'partitions'
      ? 'xmin = pg_current_xact_id()::xid'
      : `_offset = ANY ('{${rows.map(({ offset }) => offset).join(',')}}')`;
  return `_partition = ${partition} AND _offset BETWEEN ${first} AND ${last}
AND timestamp BETWEEN ${time(from)} AND ${time(to)} AND ${own}`;
}

const quarantineColumns = '_partition, _offset, project, event_id, received_at, reason, detail, body';

/** The same place given again is kept once. */
async function insertQuarantined(connection: Connection, items: readonly Quarantined[]): Promise<void> {
  const column = <T>(value: (item: Quarantined) => T): T[] => items.map(value);
  await connection.query(
    `INSERT INTO quarantine (${quarantineColumns})
SELECT place, position, project, event_id, to_timestamp(received_ms / 1000.0), reason, detail, body
FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[])
  AS item (place, position, project, event_id, received_ms, reason, detail, body)
ON CONFLICT (_partition, _offset) DO NOTHING`,
    [
      column(({ partition }) => partition),
      column(({ offset }) => offset),
      column(({ project }) => kept(project)),
      column(({ eventId }) => kept(eventId)),
      column(({ receivedAt }) => receivedAt),
      column(({ reason }) => reason),
      column(({ detail }) => kept(detail)),
      column(({ body }) => kept(body)),
    ],
  );
}

/** What is quarantined may hold anything; PostgreSQL's text has no U+0000. */
const kept = (text: string): string => text.replaceAll('\0', '\ufffd');
