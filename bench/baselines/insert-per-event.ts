/**
 * The baseline's process: makes the tables of normalized-tables.ts in an empty database and inserts events over a pool of 20, as
 * fast as they commit, for so long. URL and milliseconds as arguments; says when it begins and how many events were committed.
 */
import pg from 'pg';
import { syntheticEvent } from '../synthetic.ts';
import { insertEvent, normalizedTables, type PlainEvent } from './normalized-tables.ts';

const connections = 20;
/** As many as the load generator has, and the same. */
const differentEvents = 40_000;
/** So that plans are made and caches are filled. */
const warmUpMs = 2_000;

const [url, ms] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url, max: connections });
for (const statement of normalizedTables) await pool.query(statement);
const now = Date.now();
const different = Array.from({ length: differentEvents }, (_, n) =>
  syntheticEvent(n, now - Math.floor(n / 100)),
);
let numbered = 0;

/** How many events were committed. */
async function insertFor(durationMs: number): Promise<{ events: number; elapsedMs: number }> {
  const startedAt = performance.now();
  let events = 0;
  const work = async () => {
    const client = await pool.connect();
    try {
      while (performance.now() - startedAt < durationMs) {
        const n = numbered++;
        const event = different[n % different.length] as PlainEvent;
        await insertEvent(client, { ...event, eventId: `n-${n}` });
        events++;
      }
    } finally {
      client.release();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { events, elapsedMs: performance.now() - startedAt };
}

await insertFor(warmUpMs);
const cpuBefore = process.cpuUsage();
process.send?.('begin');
const inserted = await insertFor(Number(ms));
const { user, system } = process.cpuUsage(cpuBefore);
process.send?.({ ...inserted, cpuSeconds: (user + system) / 1e6 });
await pool.end();
process.disconnect?.();
