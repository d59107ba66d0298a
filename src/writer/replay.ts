/**
 * Quarantined events once more on their way into the store: read from their quarantine, prepared by this version, inserted
 * without progress. Exactly once by place: what a broken-off attempt has stored is read back first, and after every
 * failure again. Rows that are refused are halved until they stand alone; their events stay, with the newer reason.
 */
import { Buffer } from 'node:buffer';
import type { Clock } from '../clock.ts';
import { isFailure } from '../errors.ts';
import { decodeBatch } from '../event/codec.ts';
import type { Event } from '../event/event.ts';
import type { Quarantined, Store } from '../store/store.ts';
import { type BackoffBounds, backoffMs } from './backoff.ts';
import { OffsetSet } from './offset-set.ts';
import { type PrepareTools, prepareRow } from './prepare.ts';
import { quarantineEvent } from './quarantine.ts';
import { byMonths, type Prepared } from './window.ts';

export interface ReplayOptions {
  readonly partition: number;
  /** Of the lease. */
  readonly token: number;
  readonly store: Pick<Store, 'insert' | 'reconcile' | 'known'>;
  readonly clock: Clock;
  readonly tools: PrepareTools;
  readonly bounds: BackoffBounds;
  readonly random: () => number;
}

/** What became of each item; `refused` holds them as they now stand in quarantine. */
export interface Replayed {
  readonly stored: readonly Quarantined[];
  /** Their event is stored already, from another place. */
  readonly duplicates: readonly Quarantined[];
  readonly refused: readonly Quarantined[];
}

/** An item with the event that was read from it. */
interface Candidate {
  readonly item: Quarantined;
  readonly event: Event;
  readonly project: string;
  readonly receivedAt: number;
}

const attemptsMax = 5;

/**
 * `items`: of this partition, ascending by offset, the undecodable ones of a record all together. When it resolves, stored
 * ones are durable and counted, and still in quarantine: the caller releases them. Errors: store_unavailable, store_unclear.
 */
export async function replayItems(items: readonly Quarantined[], options: ReplayOptions): Promise<Replayed> {
  const { partition, token, store } = options;
  if (items.length === 0) return { stored: [], duplicates: [], refused: [] };
  const from = items[0]!.offset;
  const to = items.at(-1)!.offset + 1;
  const landed = new OffsetSet(await store.reconcile(partition, from, to));
  const stored = items.filter(({ offset }) => landed.has(offset));
  const refused: Quarantined[] = [];
  const candidates = readItems(
    items.filter(({ offset }) => !landed.has(offset)),
    refused,
  );
  const { fresh, duplicates } = await leaveOutCopies(candidates, options);
  const byOffset = new Map(fresh.map((each) => [each.item.offset, each]));
  const again: Quarantined[] = [];
  const prepared = prepare(fresh, options, again);
  await insertAll(prepared, { from, to }, options, again);
  if (again.length > 0) await store.insert({ partition, token, rows: [], quarantined: again });
  const unstored = new Set(again.map(({ offset }) => offset));
  for (const [offset, { item }] of byOffset) if (!unstored.has(offset)) stored.push(item);
  return { stored, duplicates, refused: [...refused, ...again] };
}

/** Copies are held against rows: in quarantine each item would find itself. The first of two wins. */
async function leaveOutCopies(candidates: readonly Candidate[], { store }: ReplayOptions) {
  const keys = candidates.map(({ project, event }) => ({ project, eventId: event.eventId }));
  const known = await store.known(keys, 'rows');
  const seen = new Set<string>();
  const fresh: Candidate[] = [];
  const duplicates: Quarantined[] = [];
  for (const [index, each] of candidates.entries()) {
    const name = JSON.stringify([each.project, each.event.eventId]);
    if (known[index] || seen.has(name)) duplicates.push(each.item);
    else fresh.push(each);
    seen.add(name);
  }
  return { fresh, duplicates };
}

function prepare(candidates: readonly Candidate[], options: ReplayOptions, again: Quarantined[]): Prepared[] {
  const prepared: Prepared[] = [];
  for (const { item, event, project, receivedAt } of candidates) {
    const origin = { partition: item.partition, offset: item.offset, project, receivedAt };
    try {
      prepared.push({ row: prepareRow(event, origin, options.tools), event });
    } catch (error) {
      again.push(quarantineEvent(event, origin, 'unpreparable', error));
    }
  }
  return prepared;
}

async function insertAll(
  prepared: readonly Prepared[],
  { from, to }: { readonly from: number; readonly to: number },
  { partition, token, store, clock, bounds, random }: ReplayOptions,
  again: Quarantined[],
): Promise<void> {
  let work = byMonths(prepared);
  let attempts = 0;
  while (work.length > 0) {
    const part = work[0]!;
    try {
      await store.insert({ partition, token, rows: part.map(({ row }) => row), quarantined: [] });
      work.shift();
      attempts = 0;
    } catch (error) {
      const isRefusal = isFailure(error, 'store_refused');
      if (!isRefusal) {
        if (++attempts === attemptsMax) throw error;
        await clock.sleep(backoffMs(attempts, bounds, random));
      }
      const landed = new OffsetSet(await store.reconcile(partition, from, to));
      work = work.map((group) => group.filter(({ row }) => !landed.has(row.offset)));
      if (isRefusal) work.splice(0, 1, ...halves(work[0]!, again, error));
      work = work.filter((group) => group.length > 0);
    }
  }
}

function halves(part: Prepared[], again: Quarantined[], error: unknown): Prepared[][] {
  const [first] = part;
  if (first === undefined) return [];
  if (part.length > 1) return [part.slice(0, part.length >>> 1), part.slice(part.length >>> 1)];
  again.push(quarantineEvent(first.event, first.row, 'refused', error));
  return [];
}

/** Items whose body this version cannot read stay as they are. */
function readItems(items: readonly Quarantined[], refused: Quarantined[]): Candidate[] {
  const candidates: Candidate[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    if (item.reason !== 'undecodable') {
      const event = parseEvent(item.body);
      const { project, receivedAt } = item;
      if (event === undefined) refused.push(item);
      else candidates.push({ item, event, project, receivedAt });
      continue;
    }
    // a record: its first item has the bytes, those behind it have none
    let end = index + 1;
    while (end < items.length && items[end]!.reason === 'undecodable' && items[end]!.body === '') end++;
    const ofRecord = readRecord(items.slice(index, end));
    if (ofRecord === undefined) refused.push(...items.slice(index, end));
    else candidates.push(...ofRecord);
    index = end - 1;
  }
  return candidates;
}

/** Undefined when the record cannot be decoded still, or not all of its events are here, so that nobody knows which are. */
function readRecord(items: readonly Quarantined[]): Candidate[] | undefined {
  try {
    const { project, receivedAt, events } = decodeBatch(Buffer.from(items[0]!.body, 'base64'));
    if (events.length !== items.length) return undefined;
    return items.map((item, index) => ({ item, event: events[index]!, project, receivedAt }));
  } catch {
    return undefined;
  }
}

function parseEvent(body: string): Event | undefined {
  try {
    return JSON.parse(body) as Event;
  } catch {
    return undefined;
  }
}
