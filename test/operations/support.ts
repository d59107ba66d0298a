/** A small house without HTTP: catalog on disk, log and store in memory, the real writer between them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { encodeBatch } from '../../src/event/codec.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { ProjectCare } from '../../src/operations/project-care.ts';
import { readSettings } from '../../src/settings.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openWriter } from '../../src/writer/writer.ts';
import { writerSettings } from '../../src/writer/writer-config.ts';

export const day = Date.UTC(2026, 2, 1);

/** Waits are cut short, so that nothing here depends on how long they are. */
export const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal),
};

export async function openCatalog(context: TestContext): Promise<SqliteCatalog> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-operations-'));
  const catalog = await SqliteCatalog.open({ path: join(directory, 'catalog.db'), random: randomBytes });
  context.after(async () => {
    await catalog.close();
    await rm(directory, { recursive: true });
  });
  return catalog;
}

export function careOf(catalog: SqliteCatalog, now = () => day): ProjectCare {
  return new ProjectCare({ catalog, random: randomBytes, now });
}

export async function openHouse(context: TestContext) {
  const catalog = await openCatalog(context);
  const telemetry = new Telemetry();
  const notes: Signals['note'][] = [];
  telemetry.subscribe('note', (note) => notes.push(note));
  const log = openMemoryLog({ partitions: 2 });
  const store = new MemoryStore();
  const config = { ...readSettings(writerSettings, {}), flushIntervalMs: 1 };
  const writer = await openWriter({ log, store, clock: systemClock, telemetry, config });
  context.after(async () => {
    await writer.close();
    await store.close();
    await log.close();
  });
  let ids = 0;
  const send = async (project: string, count: number, partition = 0) => {
    const events = Array.from({ length: count }, () => ({
      eventId: `event-${ids++}`,
      type: 'view',
      timestamp: day,
      source: 'server' as const,
    }));
    await log.append(partition, count, encodeBatch({ project, receivedAt: day, events }));
  };
  return { catalog, care: careOf(catalog), telemetry, notes, log, store, writer, send };
}

export async function countOf(store: Store, project: string): Promise<number> {
  const edges = [day - 1, day + 1] as const;
  const plan = {
    version: 1,
    kind: 'summary',
    project,
    from: edges[0],
    to: edges[1],
    timeZone: 'UTC',
    bots: 'include',
    metrics: ['events'],
    exact: false,
  } as const;
  const budget = { timeMs: 1_000, memoryBytes: 1e9, rowsMax: 1e9 };
  const { cells } = await store.run({ plan, edges }, budget, new AbortController().signal);
  return cells.reduce((sum, cell) => sum + cell.events, 0);
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
