/**
 * Bringing a partition's dedupe index up to the progress when its writer starts: the snapshot, then the ids that the log
 * has behind it. Without a usable snapshot the index is rebuilt from the store, which a person is told of. Where partitions move
 * between processes, that is done beside the writing: the index begins cold.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { decodeRecord } from './decode-record.ts';
import { Dedupe } from './dedupe.ts';
import { type DedupeBounds, dedupeBounds } from './dedupe-index.ts';
import { type DedupeSnapshot, SnapshotDamaged, type SnapshotFiles } from './dedupe-snapshot.ts';
import { walk } from './log-walk.ts';
import { WriterStopped } from './retry.ts';
import { Slices } from './slices.ts';

export interface DedupeRestoreOptions {
  readonly partition: number;
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Undefined: nothing is kept on disk. */
  readonly files: SnapshotFiles | undefined;
  readonly signal: AbortSignal;
  readonly bounds?: DedupeBounds;
}

const millisecondsPerMinute = 60_000;
const replayLimits = { eventsMax: 50_000, bytesMax: 16 * 1024 ** 2 };

/** Knows all ids below `next`, the progress. Errors: WriterStopped, those of the store and the log. */
export async function restoreDedupe(options: DedupeRestoreOptions, next: number): Promise<Dedupe> {
  const { partition, telemetry, bounds = dedupeBounds } = options;
  const found = await readSnapshot(options);
  const problem = typeof found === 'string' ? found : whyUseless(found, options, next);
  if (typeof found === 'object' && problem === undefined) {
    const dedupe = Dedupe.restore(found, bounds);
    await replay(options, dedupe, next);
    return dedupe;
  }
  options.files?.discard();
  if (options.log.supports.shared && next > 0) return Dedupe.cold(next, bounds);
  const dedupe = Dedupe.empty(0, bounds);
  if (next === 0) return dedupe;
  await rebuild(options, dedupe, next);
  dedupe.moveTo(next);
  const message = `the dedupe index of partition ${partition} was rebuilt from the store: ${problem}`;
  telemetry.publish('note', { level: 'warn', message, fields: { partition, ids: dedupe.usage().ids } });
  return dedupe;
}

/** Puts the ids from before a cold index into it: those of events below `next`. Errors: WriterStopped, those of the store. */
export async function warmUp(options: DedupeRestoreOptions, dedupe: Dedupe, next: number): Promise<void> {
  const older = dedupe.emptyLike();
  await rebuild(options, older, next);
  if (options.signal.aborted) throw new WriterStopped();
  dedupe.complete(older);
}

/** Remembers the ids in the log from where the index ends up to `next`. */
export async function replay(options: DedupeRestoreOptions, dedupe: Dedupe, next: number): Promise<void> {
  const { log, clock, partition, signal } = options;
  const slices = new Slices();
  while (dedupe.position < next) {
    if (signal.aborted) throw new WriterStopped();
    const stretch = await walk(log, clock, partition, dedupe.position, replayLimits);
    if (stretch.kind === 'lost') {
      // it was counted when its window was stored
      dedupe.moveTo(stretch.to);
      continue;
    }
    if (stretch.records.length === 0) return;
    for (const record of stretch.records) {
      await slices.step();
      if (record.offset < next) observeRecord(dedupe, record, next);
      dedupe.moveTo(Math.min(record.offset + record.count, next));
    }
  }
}

function observeRecord(dedupe: Dedupe, record: Parameters<typeof decodeRecord>[0], next: number): void {
  let batch: ReturnType<typeof decodeRecord>;
  try {
    batch = decodeRecord(record);
  } catch {
    // it is in quarantine, without ids
    return;
  }
  const { project, receivedAt, events } = batch;
  const stored = events.slice(0, Math.max(0, next - record.offset));
  dedupe.observe(stored.map(({ eventId }) => ({ project, eventId, receivedAt })));
}

async function readSnapshot({ files }: DedupeRestoreOptions): Promise<DedupeSnapshot | string> {
  if (files === undefined) return 'it is kept in memory only';
  try {
    return (await files.read()) ?? 'it has no snapshot';
  } catch (error) {
    if (error instanceof SnapshotDamaged) return `its snapshot is damaged: ${error.message}`;
    throw error;
  }
}

function whyUseless(
  snapshot: DedupeSnapshot,
  { log, partition }: DedupeRestoreOptions,
  progress: number,
): string | undefined {
  const { first, next } = log.ends(partition);
  const { position } = snapshot;
  if (position > next) return `its snapshot stands at offset ${position}, where the log ends at ${next}`;
  if (position < Math.min(first, progress))
    return `its snapshot stands at offset ${position}, and the log begins at ${first}`;
  return undefined;
}

/** First sees how many ids came when, then takes the newest that fit, oldest first, a generation at a time. */
async function rebuild(options: DedupeRestoreOptions, dedupe: Dedupe, next: number): Promise<void> {
  const { store, partition, signal, bounds = dedupeBounds } = options;
  const since = (await oldestUnread(options, next)) - bounds.ageMinMs;
  const perMinute = new Map<number, number>();
  for await (const ids of store.recent(partition, since)) {
    for (const { receivedAt } of ids) {
      const minute = Math.floor(receivedAt / millisecondsPerMinute);
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
    }
  }
  for (const [from, to] of generationSpans(perMinute, bounds)) {
    for await (const ids of store.recent(partition, Math.max(since, from))) {
      // a part of an index must never be taken for the whole
      if (signal.aborted) throw new WriterStopped();
      dedupe.load(ids.filter(({ receivedAt }) => receivedAt >= from && receivedAt < to));
      await setImmediate();
    }
    dedupe.endGeneration();
  }
}

/** Spans [from, to) of receivedAt, oldest first, of about one generation each, that hold the newest `idsMin` ids or more. */
export function generationSpans(
  perMinute: ReadonlyMap<number, number>,
  bounds: DedupeBounds,
): readonly (readonly [from: number, to: number])[] {
  const spans: [number, number][] = [];
  let total = 0;
  let inSpan = 0;
  for (const [minute, count] of [...perMinute].sort(([a], [b]) => b - a)) {
    if (total >= bounds.idsMin) break;
    const from = minute * millisecondsPerMinute;
    if (spans.length === 0 || inSpan + count > bounds.generationIdsMax) {
      spans.push([from, spans.at(-1)?.[0] ?? Number.POSITIVE_INFINITY]);
      inSpan = 0;
    }
    spans.at(-1)![0] = from;
    inSpan += count;
    total += count;
  }
  return spans.reverse();
}

/** Copies may come of anything in the log that is not stored yet, so what counts is the age at its time, not now. */
async function oldestUnread({ log, clock, partition }: DedupeRestoreOptions, next: number): Promise<number> {
  const now = clock.now();
  const stretch = await walk(log, clock, partition, next, { eventsMax: 1, bytesMax: 1 });
  const record = stretch.kind === 'records' ? stretch.records[0] : undefined;
  if (record === undefined) return now;
  try {
    return Math.min(now, decodeRecord(record).receivedAt);
  } catch {
    return now;
  }
}
