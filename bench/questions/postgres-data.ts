/**
 * A data set in a PostgreSQL, put there by the store itself: the benchmarks' events over 90 days, of 50 types, in batches as large as
 * the writer's. It takes some minutes for ten million, so a database that holds one already is taken as it is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import { isRefusal, parseEvent } from '../../src/event/parse-event.ts';
import type { Store } from '../../src/store/store.ts';
import { adapterParts, openStore } from '../../src/system/adapters.ts';
import { Opened } from '../../src/system/opened.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openPrepareTools, prepareRow } from '../../src/writer/prepare.ts';
import { onDatabase } from '../second-stage.ts';
import { syntheticEvent, syntheticTime } from '../synthetic.ts';
import { type DataSetShape, days, ownPartition, typeOf } from './rows-in-sql.ts';

const batchRows = 20_000;
const openPollMs = 50;
const dayMs = 86_400_000;

export async function postgresData(
  url: string,
  events: number,
  say: (text: string) => void,
): Promise<DataSetShape> {
  const there = await onDatabase(url, async (client) => {
    const { rows } = await client.query<{ note: DataSetShape | null }>(
      `SELECT shobj_description(oid, 'pg_database')::json AS note FROM pg_database WHERE datname = current_database()`,
    );
    return rows[0]?.note;
  });
  if (there?.events === events) return there;
  const shape = { events, from: (Math.floor(clock.now() / dayMs) - days) * dayMs };
  await load(url, shape, say);
  const name = new URL(url).pathname.slice(1);
  await onDatabase(url, (client) =>
    client.query(`COMMENT ON DATABASE ${name} IS '${JSON.stringify(shape)}'`),
  );
  return shape;
}

async function load(url: string, shape: DataSetShape, say: (text: string) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-load-'));
  const opened = new Opened();
  try {
    const config = loadConfig({ MILLRACE_DATA: directory, MILLRACE_STORE: url });
    const store = await openStore(config, adapterParts(new Telemetry(), clock, opened));
    while (store.state().status === 'starting') await clock.sleep(openPollMs);
    await store.progress(ownPartition, 0);
    await insertAll(store, shape, say);
    await store.maintain?.({ createPartitions: true, refreshViews: true, analyze: true, vacuum: true });
  } finally {
    await opened.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function insertAll(store: Store, shape: DataSetShape, say: (text: string) => void): Promise<void> {
  const rowOf = await rowMaker(shape);
  const startedAt = performance.now();
  for (let first = 0; first < shape.events; first += batchRows) {
    const end = Math.min(shape.events, first + batchRows);
    const rows = Array.from({ length: end - first }, (_, at) => rowOf(first + at));
    const progress = { next: end, stored: end, duplicates: 0, quarantined: 0 };
    await store.insert({ partition: ownPartition, token: 0, rows, quarantined: [], progress });
    const seconds = (performance.now() - startedAt) / 1000;
    if (end % (25 * batchRows) === 0 || end === shape.events)
      say(`${end} of ${shape.events} events are loaded, ${Math.round(end / seconds)} rows/s`);
  }
}

async function rowMaker({ events, from }: DataSetShape): Promise<(n: number) => EventRow> {
  const tools = await openPrepareTools();
  const to = from + days * dayMs;
  return (n) => {
    const sent = { ...syntheticEvent(n, syntheticTime(n, events, from, to)), type: typeOf(n) };
    const parsed = parseEvent(sent, to);
    if (isRefusal(parsed)) throw new Error(parsed.reason);
    const event = { ...parsed.event, eventId: parsed.event.eventId! };
    const origin = { partition: ownPartition, offset: n, project: 'default', receivedAt: event.timestamp };
    return prepareRow(event, origin, tools);
  };
}
