/**
 * COPY alone: rows that a store has in PostgreSQL, as PostgreSQL's own binary COPY gives them, into an empty table with the same
 * columns and indexes, in commits as large as the writer's. No rollups, no progress, nothing is parsed or checked.
 */
import { once } from 'node:events';
import type { ClientBase } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { onDatabase } from '../second-stage.ts';

/** The writer's MILLRACE_WRITER_BATCH_EVENTS_MAX. */
const commitRows = 50_000;
const commitsMax = 8;
const table = 'raw_copy';

/** Rows a second, of rows in the database's `events`. */
export function rawCopy(url: string): Promise<number> {
  return onDatabase(url, async (client) => {
    await client.query('SET search_path TO millrace');
    // else a scan begins where the one before has ended, and OFFSET counts from there
    await client.query('SET synchronize_seqscans TO off');
    const piece = await largestPiece(client);
    const columns = await columnsOf(client, piece);
    await client.query(`CREATE TABLE ${table} (LIKE ${piece} INCLUDING ALL)`);
    try {
      const parts: { bytes: Buffer; rows: number }[] = [];
      for (let first = 0; parts.length < commitsMax; first += commitRows) {
        const part = await read(
          client,
          `SELECT ${columns} FROM ${piece} OFFSET ${first} LIMIT ${commitRows}`,
        );
        if (part.rows < commitRows && parts.length > 0) break;
        parts.push(part);
      }
      const startedAt = performance.now();
      for (const { bytes } of parts) await write(client, `${table} (${columns})`, bytes);
      const seconds = (performance.now() - startedAt) / 1000;
      return parts.reduce((sum, { rows }) => sum + rows, 0) / seconds;
    } finally {
      await client.query(`DROP TABLE ${table}`);
    }
  });
}

async function largestPiece(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relid::regclass::text AS name FROM pg_partition_tree('events') WHERE isleaf ORDER BY pg_relation_size(relid) DESC LIMIT 1`,
  );
  return rows[0]?.name ?? 'events';
}

async function columnsOf(client: ClientBase, relation: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [relation],
  );
  return rows[0]!.columns;
}

async function read(client: ClientBase, select: string): Promise<{ bytes: Buffer; rows: number }> {
  const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { bytes: Buffer.concat(chunks), rows: stream.rowCount };
}

async function write(client: ClientBase, into: string, bytes: Buffer): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${into} FROM STDIN (FORMAT binary)`));
  const finished = once(stream, 'finish');
  stream.end(bytes);
  await finished;
}
