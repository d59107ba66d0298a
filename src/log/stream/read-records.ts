/**
 * Records out of a stream, from an offset on. Entries are fetched some at a time; each record's CRC is compared, and that it follows
 * the one before it. What is whole is given; damage, or a hole, is the error of the read that begins there.
 */
import { failure } from '../../errors.ts';
import type { LogRecord, ReadLimits } from '../log.ts';
import type { PartitionView } from './partition-view.ts';
import {
  decodeParts,
  type Entry,
  type EntryId,
  parseEntry,
  parseId,
  partBytesMax,
  partsMax,
  recordId,
} from './stream-record.ts';
import { listOf, type Reply, type StreamService, textOf } from './stream-service.ts';

export interface ReadOptions {
  readonly service: Pick<StreamService, 'read' | 'where'>;
  /** Of the stream. */
  readonly key: string;
  readonly view: PartitionView;
}

/** How many entries are fetched at once: 64 parts of 64 KiB are 4 MiB, and small ones come by the thousand. */
const entriesMin = 64;
const entriesMax = 1024;
const chunkBytes = entriesMin * partBytesMax;

/** The entries of one place: a record, unless something is damaged. */
interface Piece {
  readonly id: EntryId;
  readonly entries: readonly Entry[];
}

/** `from` is within the view's ends. Errors: log_corrupt; those of the service. */
export async function readRecords(
  options: ReadOptions,
  from: number,
  limits: ReadLimits,
): Promise<readonly LogRecord[]> {
  const { view, key, service } = options;
  const { epochs } = view.look;
  const end = view.readableEnd();
  const records: LogRecord[] = [];
  let expected = from;
  let damage: string | undefined;
  const corrupt = (detail: string, nextOffset: number) =>
    failure('log_corrupt', { path: `${service.where} ${key}`, byte: 0, detail, nextOffset });
  let { eventsMax, bytesMax } = limits;
  for await (const pieces of piecesFrom(options, from)) {
    for (const piece of pieces) {
      const offset = epochs.offsetOf(piece.id);
      // of an epoch that was trimmed, or that nobody knows any more
      if (offset === undefined) continue;
      if (offset > expected) {
        if (records.length > 0) return records;
        throw corrupt(damage ?? `offsets ${expected} to ${offset - 1} are missing`, offset);
      }
      const record = decode(piece, offset);
      if (record === undefined) {
        damage = `the record at offset ${offset} is not what was written`;
        continue;
      }
      if (offset + record.count <= from) continue;
      records.push(record);
      expected = offset + record.count;
      eventsMax -= record.count;
      bytesMax -= record.bytes.byteLength;
      if (eventsMax <= 0 || bytesMax <= 0) return records;
    }
  }
  if (records.length === 0 && expected < end)
    throw corrupt(damage ?? `offsets ${expected} to ${end - 1} are missing`, end);
  return records;
}

function decode({ id, entries }: Piece, offset: number): LogRecord | undefined {
  const { header } = entries[0]!;
  if (id.part !== 0 || header === undefined || entries.some((entry, part) => entry.id.part !== part)) {
    return undefined;
  }
  const bytes = decodeParts(
    header,
    entries.map(({ data }) => data),
  );
  return bytes === undefined ? undefined : { offset, count: header.count, bytes };
}

/**
 * From the piece that may hold `from` to the end of the last epoch that is known and may be read, some at a time; each is given
 * once it is complete.
 */
async function* piecesFrom(options: ReadOptions, from: number): AsyncGenerator<readonly Piece[]> {
  const { view } = options;
  const lastEpoch = Math.min(view.readable, view.look.epochs.last.number);
  let begun: Entry[] = [];
  for await (const entries of entriesFrom(options, from)) {
    const pieces: Piece[] = [];
    for (const entry of entries.filter(({ id }) => id.epoch <= lastEpoch)) {
      const first = begun[0];
      if (first !== undefined && (entry.id.epoch !== first.id.epoch || entry.id.index !== first.id.index)) {
        pieces.push({ id: first.id, entries: begun });
        begun = [];
      }
      begun.push(entry);
    }
    const first = begun[0];
    if (first?.header?.parts === begun.length) {
      pieces.push({ id: first.id, entries: begun });
      begun = [];
    }
    yield pieces;
    if (entries.at(-1)!.id.epoch > lastEpoch) break;
  }
  const first = begun[0];
  if (first !== undefined) yield [{ id: first.id, entries: begun }];
}

async function* entriesFrom(
  { service, key, view }: ReadOptions,
  from: number,
): AsyncGenerator<readonly Entry[]> {
  const place = view.look.epochs.placeOf(from);
  let start = recordId(place.epoch, place.index);
  let count = entriesMin;
  for (let isFirst = true; ; isFirst = false) {
    let found = listOf(await service.read(['XRANGE', key, start, '+', 'COUNT', count]));
    if (isFirst && idOf(found[0]) !== start) {
      // it is inside a record, or there is a hole
      const before = await recordBefore(service, key, place.epoch, place.index);
      if (before !== undefined) {
        start = before;
        found = listOf(await service.read(['XRANGE', key, start, '+', 'COUNT', count]));
      }
    }
    const entries = found.flatMap((each) => parseEntry(each) ?? []);
    if (entries.length > 0) yield entries;
    if (found.length < count) return;
    start = `(${idOf(found.at(-1))}`;
    count = entriesWithin(entries);
  }
}

/** The id of the record that begins at or before the index, in the same epoch. */
async function recordBefore(
  service: ReadOptions['service'],
  key: string,
  epoch: number,
  index: number,
): Promise<string | undefined> {
  const highest = `${epoch}-${index * partsMax + partsMax - 1}`;
  const [found] = listOf(await service.read(['XREVRANGE', key, highest, `${epoch}-0`, 'COUNT', 1]));
  const id = found === undefined ? undefined : parseId(idOf(found));
  return id === undefined ? undefined : recordId(id.epoch, id.index);
}

function idOf(entry: Reply | undefined): string {
  return textOf(listOf(entry)[0]);
}

/** How many more of these sizes make a chunk. */
function entriesWithin(entries: readonly Entry[]): number {
  const bytes = entries.reduce((sum, { data }) => sum + sizeOf(data), 0);
  const fitting = Math.floor(chunkBytes / Math.max(1, bytes / Math.max(1, entries.length)));
  return Math.max(entriesMin, Math.min(entriesMax, fitting));
}

function sizeOf(data: Reply): number {
  return data instanceof Uint8Array ? data.byteLength : String(data).length;
}
