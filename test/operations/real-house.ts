/** The real store on the embedded engine with the real writer, in this process: what quarantine and retention are tried on. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { encodeBatch } from '../../src/event/codec.ts';
import type { Event } from '../../src/event/event.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { Doctor } from '../../src/operations/doctor.ts';
import { OneAtATime } from '../../src/operations/one-at-a-time.ts';
import { QuarantineCare } from '../../src/operations/quarantine-care.ts';
import { readSettings } from '../../src/settings.ts';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseStore } from '../../src/store/clickhouse/clickhouse-store.ts';
import { embeddedSettings } from '../../src/store/embedded/embedded-config.ts';
import { startEmbeddedEngine } from '../../src/store/embedded/embedded-engine.ts';
import type { Store } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openWriter } from '../../src/writer/writer.ts';
import { writerSettings } from '../../src/writer/writer-config.ts';

export type RealHouse = Awaited<ReturnType<typeof openRealHouse>>;

/** `seen` is the store as the writer and the quarantine see it: a test may put failures in between. */
export async function openRealHouse(seen: (store: ClickHouseStore) => Store = (store) => store) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-house-'));
  const telemetry = new Telemetry();
  const clock = systemClock;
  const engine = await startEmbeddedEngine({
    directory: join(directory, 'store'),
    settings: readSettings(embeddedSettings, {}),
    clock,
    telemetry,
  });
  await engine.ready();
  const client = new ClickHouseClient(() => engine.target());
  const openStore = () =>
    ClickHouseStore.open({ client, fence: (id) => engine.fence(id), clock, telemetry, makeId: randomUUID });
  const real = await openStore();
  const store = seen(real);
  const log = openMemoryLog();
  const config = { ...readSettings(writerSettings, {}), flushIntervalMs: 1 };
  const writer = await openWriter({ log, store, clock, telemetry, config });
  writer.start();
  const turns = new OneAtATime();
  const care = new QuarantineCare({ store, writer, turns, telemetry });
  const doctor = new Doctor({
    log,
    store: real,
    writer,
    catalog: { keys: async () => [], projects: async () => [] },
    verifyLog: async function* () {},
    disk: async () => ({ freeBytes: 1e12, bytes: 1e12 }),
    freeBytesMin: 0,
    keyLengths: { MILLRACE_ADMIN_KEY: 32 },
    notes: [],
    turns,
    clock,
  });
  return {
    client,
    store: real,
    openStore,
    log,
    writer,
    care,
    doctor,
    async send(project: string, events: readonly Event[]): Promise<void> {
      await log.append(0, events.length, encodeBatch({ project, receivedAt: Date.now(), events }));
      while (writer.status().ledger?.inFlight !== 0) await clock.sleep(5);
    },
    async close(): Promise<void> {
      await writer.close();
      await real.close();
      await engine.close();
      await log.close();
      await rm(directory, { recursive: true });
    },
  };
}

export const eventAt = (eventId: string, timestamp: number): Event => ({
  eventId,
  type: 'view',
  timestamp,
  source: 'server',
  userId: `u-${eventId}`,
});
