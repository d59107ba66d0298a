/** A collector over a log in memory, with a clock that stands and ids that count; and what the log then holds. */
import type { Clock } from '../../src/clock.ts';
import { type CollectOptions, Collector, type CollectRequest } from '../../src/collect/collect.ts';
import { decodeBatch } from '../../src/event/codec.ts';
import type { Event, EventBatch } from '../../src/event/event.ts';
import { openHasher } from '../../src/event/hasher.ts';
import type { Log } from '../../src/log/log.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

export const receivedAt = Date.UTC(2026, 0, 15, 12);
export const hasher = await openHasher();
export const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const clock: Clock = { now: () => receivedAt, monotonic: () => performance.now(), sleep: async () => {} };

export interface Opened {
  readonly collector: Collector;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Collects one body, as of a browser at 203.0.113.7 unless told otherwise. */
  collect(body: unknown, changes?: Partial<CollectRequest>): ReturnType<Collector['collect']>;
  /** Every record of the log. */
  records(): Promise<readonly Uint8Array[]>;
  batches(): Promise<readonly EventBatch[]>;
  events(): Promise<readonly Event[]>;
}

export function openCollector(changes: Partial<CollectOptions> = {}): Opened {
  let ids = 0;
  const telemetry = new Telemetry();
  const log = openMemoryLog({ partitions: 4 });
  const collector = new Collector({
    log,
    hasher,
    clock,
    telemetry,
    newId: () => `made-${ids++}`,
    salt: async () => Buffer.alloc(32, 1),
    places: undefined,
    ...changes,
  });
  const records = () => readAll(changes.log ?? log);
  const batches = async () => (await records()).map(decodeBatch);
  return {
    collector,
    log: changes.log ?? log,
    telemetry,
    collect: (body, given) =>
      collector.collect({
        project: 'p',
        receivedAt,
        contentType: 'application/json',
        body: typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body as string) : toJson(body),
        address: '203.0.113.7',
        userAgent: browser,
        ...given,
      }),
    records,
    batches,
    events: async () => (await batches()).flatMap((batch) => batch.events),
  };
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function readAll(log: Log): Promise<readonly Uint8Array[]> {
  const records: Uint8Array[] = [];
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, next } = log.ends(partition);
    for (let from = first; from < next; ) {
      const read = await log.read(partition, from, { eventsMax: 1_000_000, bytesMax: 100_000_000 });
      for (const record of read) records.push(record.bytes);
      const last = read.at(-1)!;
      from = last.offset + last.count;
    }
  }
  return records;
}
