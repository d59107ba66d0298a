/**
 * From the events that were taken to records of the log: grouped by partition, cut to the bound of a record, encoded; and
 * appended together. Many records are encoded in turns, so that other requests are served between them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeBatch } from '../event/codec.ts';
import type { Event } from '../event/event.ts';
import type { Hasher } from '../event/hasher.ts';
import { partitionOf } from '../event/partition.ts';
import type { Log } from '../log/log.ts';
import type { Candidate, CollectRequest } from './candidate.ts';
import { recordEventsMax } from './limits.ts';

export interface NewRecord {
  readonly partition: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

type Group = readonly [partition: number, events: readonly Event[]];
const noRecords: readonly NewRecord[] = [];

/** A promise only for more events than one record holds. */
export function cutRecords(
  taken: readonly Candidate[],
  request: CollectRequest,
  hasher: Hasher,
  partitions: number,
): readonly NewRecord[] | Promise<readonly NewRecord[]> {
  if (taken.length === 0) return noRecords;
  // addEventId has seen to the ids
  const events = taken.map(({ event }) => event as Event);
  const groups: readonly Group[] =
    partitions === 1 ? [[0, events]] : [...byPartition(events, request.project, hasher, partitions)];
  return taken.length <= recordEventsMax
    ? groups.map((group) => encode(group, request))
    : encodeInTurns(groups, request);
}

/** Waits for all appends, also when one has failed, so that none is left behind unheard. */
export async function appendAll(log: Log, records: readonly NewRecord[]): Promise<void> {
  const [only] = records;
  if (records.length === 1 && only !== undefined) {
    await log.append(only.partition, only.count, only.bytes);
    return;
  }
  const appends = records.map(({ partition, count, bytes }) => log.append(partition, count, bytes));
  const failed = (await Promise.allSettled(appends)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

async function encodeInTurns(
  groups: readonly Group[],
  request: CollectRequest,
): Promise<readonly NewRecord[]> {
  const records: NewRecord[] = [];
  for (const [partition, events] of groups) {
    for (let first = 0; first < events.length; first += recordEventsMax) {
      if (records.length > 0) await nextTurn();
      records.push(encode([partition, events.slice(first, first + recordEventsMax)], request));
    }
  }
  return records;
}

function encode([partition, events]: Group, { project, receivedAt }: CollectRequest): NewRecord {
  return { partition, count: events.length, bytes: encodeBatch({ project, receivedAt, events }) };
}

function byPartition(
  events: readonly Event[],
  project: string,
  hasher: Hasher,
  partitions: number,
): ReadonlyMap<number, Event[]> {
  const byPartition = new Map<number, Event[]>();
  for (const event of events) {
    const partition = partitionOf(hasher, project, event.eventId, partitions);
    const group = byPartition.get(partition);
    if (group === undefined) byPartition.set(partition, [event]);
    else group.push(event);
  }
  return byPartition;
}
