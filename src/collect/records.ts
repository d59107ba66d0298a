/**
 * From the events that were taken to records of the log: grouped by partition, cut to the bound of a record, encoded; and
 * appended together. The sender's own text is kept wherever it can be, because writing an event anew costs as much as reading it:
 * the whole body when all of it goes into one record, else the pieces of it that the events stand in. Many records are encoded in
 * turns, so that other requests are served between them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeBatch, encodeSent, type SentBatch } from '../event/codec.ts';
import type { Event } from '../event/event.ts';
import type { Hasher } from '../event/hasher.ts';
import { partitionOf } from '../event/partition.ts';
import type { Log, RecordBytes } from '../log/log.ts';
import type { Candidate, CollectContext } from './candidate.ts';
import { recordEventsMax } from './limits.ts';

export interface NewRecord {
  readonly partition: number;
  readonly count: number;
  readonly bytes: RecordBytes;
}

type Group = readonly [partition: number, taken: readonly Candidate[]];
const noRecords: readonly NewRecord[] = [];

const openBracket = 0x5b;
const comma = 0x2c;
const closeBracket = 0x5d;

/** A promise only for more events than one record holds. */
export function cutRecords(
  taken: readonly Candidate[],
  context: CollectContext,
  hasher: Hasher,
  partitions: number,
): readonly NewRecord[] | Promise<readonly NewRecord[]> {
  if (taken.length === 0) return noRecords;
  const { project } = context.request;
  const groups: readonly Group[] =
    partitions === 1 ? [[0, taken]] : [...byPartition(taken, project, hasher, partitions)];
  return taken.length <= recordEventsMax
    ? groups.map((group) => encode(group, context))
    : encodeInTurns(groups, context);
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

function byPartition(
  taken: readonly Candidate[],
  project: string,
  hasher: Hasher,
  partitions: number,
): ReadonlyMap<number, Candidate[]> {
  const groups = new Map<number, Candidate[]>();
  for (const candidate of taken) {
    const partition = partitionOf(hasher, project, eventOf(candidate).eventId, partitions);
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

async function encodeInTurns(
  groups: readonly Group[],
  context: CollectContext,
): Promise<readonly NewRecord[]> {
  const records: NewRecord[] = [];
  for (const [partition, taken] of groups) {
    for (let first = 0; first < taken.length; first += recordEventsMax) {
      if (records.length > 0) await nextTurn();
      records.push(encode([partition, taken.slice(first, first + recordEventsMax)], context));
    }
  }
  return records;
}

function encode([partition, taken]: Group, context: CollectContext): NewRecord {
  const { project, receivedAt } = context.request;
  const text = textOf(taken, context);
  const bytes =
    text === undefined
      ? encodeBatch({ project, receivedAt, events: taken.map(eventOf) })
      : encodeSent({ project, receivedAt, text, changes: changesOf(taken) });
  return { partition, count: taken.length, bytes };
}

/** What the sender wrote of these events and of no others; undefined when it cannot be told apart or may not be kept. */
function textOf(taken: readonly Candidate[], { body, wholeEvents }: CollectContext): Uint8Array | undefined {
  if (taken.some(hasAddress)) return undefined;
  if (wholeEvents === 0) return pieces(taken, body);
  return taken.length === wholeEvents ? body : undefined;
}

/** An address is nowhere in the log. Of two members with the name, the parser keeps one, so its being null says nothing. */
function hasAddress({ changes }: Candidate): boolean {
  return changes !== undefined && 'ip' in changes;
}

/** The events as one array. */
function pieces(taken: readonly Candidate[], body: Buffer): Uint8Array {
  const text = Buffer.allocUnsafe(taken.reduce((sum, { first, end }) => sum + end - first + 1, 1));
  let at = 0;
  for (const { first, end } of taken) {
    text[at] = at === 0 ? openBracket : comma;
    at += 1 + body.copy(text, at + 1, first, end);
  }
  text[at] = closeBracket;
  return text;
}

function changesOf(taken: readonly Candidate[]): SentBatch['changes'] {
  const all: SentBatch['changes'][number][] = [];
  for (let index = 0; index < taken.length; index++) {
    const { changes } = taken[index]!;
    if (changes !== undefined) all.push([index, changes]);
  }
  return all;
}

/** addEventId has seen to the id. */
function eventOf({ event }: Candidate): Event {
  return event as Event;
}
