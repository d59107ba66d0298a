/**
 * Everything of one store and catalog into another: projects, key hashes, salts, what people saved, events, quarantine, progress. Events keep their
 * places in the log, so that the same log goes on behind the move. What was moved is compared event by event afterwards.
 *
 * It may be broken off at any time: it goes on behind the last event of which it is certain, and finds by their places which
 * of the next ones had landed.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { savedKinds } from '../catalog/saved.ts';
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { EventRow } from '../event/event-row.ts';
import type { Scope } from '../plan/plan.ts';
import type { Position } from '../plan/position.ts';
import type { Budget, Progress, Store } from '../store/store.ts';
import { groupsOfMonths } from './move-batches.ts';

export interface MoveEnd {
  readonly store: Store;
  readonly catalog: Catalog;
}

/** How far it came; kept outside between two attempts. */
export interface MoveCursor {
  /** Projects whose events are all there. */
  readonly done: readonly string[];
  /** Of the next project: all up to here are there. */
  readonly project?: string;
  readonly after?: Position;
}

export interface MoveOptions {
  readonly from: MoveEnd;
  readonly to: MoveEnd;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly cursor?: MoveCursor;
  readonly keepCursor: (cursor: MoveCursor) => Promise<void>;
  readonly onProgress?: (progress: { readonly project: string; readonly events: number }) => void;
}

export interface MoveReport {
  readonly projects: number;
  readonly keys: number;
  /** Moved by this attempt. */
  readonly events: number;
  readonly quarantined: number;
  readonly partitions: number;
}

const batchRowsMax = 50_000;
const attemptsMax = 8;
const partitionsMax = 256;
const pageMax = 1_000;
const savedPageMax = 200;
const saltDays = { back: 2, ahead: 4 };
/** Of each piece that the source reads. */
export const moveBudget: Budget = { timeMs: 600_000, memoryBytes: 1_000_000_000, rowsMax: 1e15 };

/** Errors: conflict, when the other end has something already; those of the stores and catalogs. */
export async function move(options: MoveOptions): Promise<MoveReport> {
  const { from, to, cursor } = options;
  const projects = await from.catalog.projects();
  if (cursor === undefined)
    await assertEmpty(
      to,
      projects.map(({ id }) => id),
    );
  if (cursor === undefined) await options.keepCursor({ done: [] });
  const keys = await moveCatalog(options);
  let events = 0;
  const done = [...(cursor?.done ?? [])];
  for (const { id } of projects) {
    if (done.includes(id)) continue;
    events += await moveEvents(options, id, done);
    done.push(id);
    await options.keepCursor({ done });
  }
  const quarantined = await moveQuarantine(options);
  const partitions = await moveProgress(options);
  return { projects: projects.length, keys, events, quarantined, partitions };
}

/** The scope of all events of a project. */
export const everythingOf = (project: string): Scope => ({
  version: 1,
  project,
  from: Date.UTC(1900, 0, 1),
  to: Date.UTC(2290, 0, 1),
  timeZone: 'UTC',
  bots: 'include',
});

/** An event in the other store would be counted twice, or its place be another's. */
async function assertEmpty({ store }: MoveEnd, projects: readonly string[]): Promise<void> {
  for (const partition of range(partitionsMax)) {
    if ((await store.progress(partition)).next === 0) continue;
    const detail = 'the store to move to has events already; move into an empty one';
    throw failure('conflict', { detail });
  }
  for (const project of projects) {
    const question = { scope: everythingOf(project), order: 'asc', limit: 1 } as const;
    for await (const rows of store.events(question, moveBudget, new AbortController().signal)) {
      if (rows.length === 0) continue;
      const detail = `the store to move to has events of the project ${project}; move into an empty one, or go on with the file of a move that was broken off`;
      throw failure('conflict', { detail });
    }
  }
}

/** What the other catalog has already stays as it is. */
async function moveCatalog({ from, to, clock }: MoveOptions): Promise<number> {
  const now = clock.now();
  for (const project of await from.catalog.projects())
    await unlessThere(() => to.catalog.createProject(project));
  const keys = (await from.catalog.keys()).filter((key) => key.revokedAt === undefined);
  for (const key of keys) await unlessThere(() => to.catalog.createKey(key));
  for (const { id } of await from.catalog.projects()) await moveSaved(from, to, id);
  for (const { id } of await from.catalog.projects())
    for (const share of await from.catalog.shares.list(id))
      await unlessThere(() => to.catalog.shares.create(share, Number.MAX_SAFE_INTEGER));
  await movePeople(from, to);
  for (let day = -saltDays.back; day <= saltDays.ahead; day++) {
    const at = now + day * millisecondsPerDay;
    const salt = await from.catalog.salt(at, now);
    if (salt !== undefined) await to.catalog.keepSalt(at, salt);
  }
  return keys.length;
}

/** Without links and sessions: people sign in again. */
async function movePeople({ catalog: from }: MoveEnd, { catalog: to }: MoveEnd): Promise<void> {
  for (const person of await from.people.all()) {
    const password = await from.people.passwordOf(person.id);
    const whole = { ...person, ...(password !== undefined && { password }) };
    await unlessThere(() => to.people.create(whole, Number.MAX_SAFE_INTEGER));
  }
}

async function moveSaved(from: MoveEnd, to: MoveEnd, project: string): Promise<void> {
  for (const kind of savedKinds) {
    let after: string | undefined;
    do {
      const query = { project, kind, limit: savedPageMax, ...(after !== undefined && { after }) };
      const page = await from.catalog.saved.list(query);
      for (const saved of page)
        await unlessThere(() => to.catalog.saved.create(saved, Number.MAX_SAFE_INTEGER));
      after = page.length < savedPageMax ? undefined : page.at(-1)!.id;
    } while (after !== undefined);
  }
}

async function unlessThere(create: () => Promise<void>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isFailure(error, 'conflict')) throw error;
  }
}

async function moveEvents(options: MoveOptions, project: string, done: readonly string[]): Promise<number> {
  const { from, cursor, signal, keepCursor, onProgress } = options;
  let after = cursor?.project === project ? cursor.after : undefined;
  let isCertain = cursor === undefined;
  let events = 0;
  let batch: EventRow[] = [];
  const flush = async (): Promise<void> => {
    const last = batch.at(-1);
    if (last === undefined) return;
    await insertAll(options, batch, isCertain);
    isCertain = true;
    events += batch.length;
    batch = [];
    const { timestamp, partition, offset } = last;
    after = { timestamp, partition, offset };
    await keepCursor({ done, project, after });
    onProgress?.({ project, events });
  };
  const question = { scope: everythingOf(project), order: 'asc', ...(after && { after }) } as const;
  for await (const rows of from.store.events(question, moveBudget, signal)) {
    signal.throwIfAborted();
    batch.push(...rows);
    if (batch.length >= batchRowsMax) await flush();
  }
  await flush();
  return events;
}

/** `isCertain`: none of them can be there yet. */
async function insertAll(
  { to, clock }: MoveOptions,
  rows: readonly EventRow[],
  isCertain: boolean,
): Promise<void> {
  for (const [partition, own] of Map.groupBy(rows, (row) => row.partition)) {
    let missing = own.toSorted((a, b) => a.offset - b.offset);
    if (!isCertain) missing = await notLanded(to.store, partition, missing);
    for (let attempt = 1; missing.length > 0; attempt++) {
      try {
        for (const part of groupsOfMonths(missing))
          await to.store.insert({ partition, rows: part, quarantined: [] });
        break;
      } catch (error) {
        if (attempt === attemptsMax || isFailure(error, 'store_refused')) throw error;
        await clock.sleep(250 * 2 ** attempt);
        missing = await notLanded(to.store, partition, missing);
      }
    }
  }
}

async function notLanded(store: Store, partition: number, rows: readonly EventRow[]): Promise<EventRow[]> {
  const landed = await store.reconcile(partition, rows[0]!.offset, rows.at(-1)!.offset + 1);
  return rows.filter(({ offset }) => !landed.some(([from, to]) => offset >= from && offset < to));
}

async function moveQuarantine({ from, to, signal }: MoveOptions): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await from.store.quarantined({ limit: pageMax, ...(after !== undefined && { after }) });
    for (const [partition, quarantined] of Map.groupBy(page.items, (item) => item.partition))
      await to.store.insert({ partition, rows: [], quarantined });
    count += page.items.length;
    after = page.next;
  } while (after !== undefined);
  return count;
}

/**
 * The log goes on where it is. Of what was before, the new ledger knows what is there: what was removed since, by retention or by
 * hand, counts with the duplicates from now on.
 */
async function moveProgress({ from, to }: MoveOptions): Promise<number> {
  let partitions = 0;
  for (const partition of range(partitionsMax)) {
    const { next } = await from.store.progress(partition);
    if (next === 0) continue;
    partitions++;
    const stored = await to.store.rowsBelow(partition, next);
    const quarantined = await quarantinedBelow(to.store, partition, next);
    const progress: Progress = { next, stored, quarantined, duplicates: next - stored - quarantined };
    await to.store.insert({ partition, rows: [], quarantined: [], progress });
  }
  return partitions;
}

async function quarantinedBelow(store: Store, partition: number, next: number): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await store.quarantined({ limit: pageMax, ...(after !== undefined && { after }) });
    count += page.items.filter((item) => item.partition === partition && item.offset < next).length;
    after = page.next;
  } while (after !== undefined);
  return count;
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);
