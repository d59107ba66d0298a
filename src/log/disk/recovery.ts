/**
 * What a segment holds, found by walking all of it; and the opening of a partition after any kind of end.
 * Only the newest segment can be torn: a segment is begun after the fsync of the one before. Its tail after the last whole
 * record was never acknowledged and is cut; a damaged place with a whole record behind it was durable once (groups are
 * written in order, and a clean close seals the end), so it stays as it is, is reported on read, and its offsets stay used.
 */
import { type FileStat, type FileSystem, systemCode } from './file-system.ts';
import { groupBytesMax } from './record-codec.ts';
import { Segment, segmentBase, segmentPath } from './segment.ts';
import { type DamageStep, SegmentReader } from './segment-reader.ts';

export interface SegmentScan {
  readonly records: number;
  readonly events: number;
  /** Where the last whole record begins and ends. */
  readonly last: number;
  readonly bytes: number;
  /** Whether the last whole record is a seal: the segment was closed in good order. */
  readonly sealed: boolean;
  readonly next: number;
  /** Damaged places with whole records behind them. */
  readonly damage: readonly DamageStep[];
  /** What follows the last whole record, if anything does. */
  readonly tail: DamageStep | undefined;
  readonly tailBytes: number;
}

export interface ScanOptions {
  /** See `Walk`. Opening a log must not: what the disk cannot read now is no torn tail that may be cut. */
  readonly aroundUnreadable: boolean;
  /** Is told of each whole record that carries events. */
  readonly found?: (offset: number, position: number) => void;
}

export async function scanSegment(
  files: FileSystem,
  path: string,
  base: number,
  { aroundUnreadable, found }: ScanOptions,
): Promise<SegmentScan> {
  const { bytes: end } = await files.stat(path);
  const file = await files.open(path, 'read');
  const scan = { records: 0, events: 0, last: 0, bytes: 0, sealed: false, next: base };
  const damage: DamageStep[] = [];
  let tail: DamageStep | undefined;
  try {
    const reader = new SegmentReader(file, { position: 0, end, offset: base, aroundUnreadable });
    for (
      let step = await reader.next();
      step.kind !== 'end';
      step = reader.buffered() ?? (await reader.next())
    ) {
      if (step.kind === 'damage') {
        if (step.nextOffset === undefined) tail = step;
        else damage.push(step);
        continue;
      }
      scan.last = step.position;
      scan.bytes = step.end;
      scan.sealed = step.count === 0;
      scan.next = step.offset + step.count;
      scan.events += step.count;
      if (step.count === 0) continue;
      scan.records++;
      found?.(step.offset, step.position);
    }
  } finally {
    await file.close();
  }
  return { ...scan, damage, tail, tailBytes: end - scan.bytes };
}

export interface Recovered {
  /** Oldest first. */
  readonly segments: Segment[];
  readonly next: number;
  readonly cutBytes: number;
  /** Damaged places of the newest segment; older ones are found when they are read. */
  readonly damage: readonly DamageStep[];
}

/** Opens what a partition's directory holds and cuts a torn tail, durably. Errors: the file system's own. */
export async function recoverPartition(files: FileSystem, directory: string): Promise<Recovered> {
  const segments = await listSegments(files, directory);
  const newest = segments.at(-1);
  if (newest === undefined) return { segments, next: 0, cutBytes: 0, damage: [] };
  const scan = await scanSegment(files, newest.path, newest.base, {
    aroundUnreadable: false,
    found: (offset, position) => newest.note(offset, position),
  });
  const cutBytes = scan.tailBytes;
  if (cutBytes > 0 || !scan.sealed) await settle(files, newest.path, scan);
  newest.bytes = scan.bytes;
  newest.next = scan.next;
  return { segments, next: scan.next, cutBytes, damage: scan.damage };
}

/** The segments of a directory, oldest first; `next` of the newest is not known yet. */
export async function listSegments(files: FileSystem, directory: string): Promise<Segment[]> {
  const bases = (await files.list(directory))
    .map(segmentBase)
    .filter((base) => base !== undefined)
    .sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const [i, base] of bases.entries()) {
    const path = segmentPath(directory, base);
    const stat = await statUnlessGone(files, path);
    if (stat !== undefined)
      segments.push(new Segment(path, base, bases[i + 1] ?? base, stat.bytes, stat.modifiedAt));
  }
  return segments;
}

/** Whoever only looks may meet a segment that its owner is removing. */
async function statUnlessGone(files: FileSystem, path: string): Promise<FileStat | undefined> {
  try {
    return await files.stat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Makes what will be handed out durable. The last group may never have been synced, and after a failed fsync the kernel may
 * show pages that the disk never got and believe them clean: so its bytes are written once more before they are synced.
 */
async function settle(files: FileSystem, path: string, { last, bytes }: SegmentScan): Promise<void> {
  const file = await files.open(path, 'write');
  try {
    await file.truncate(bytes);
    const from = Math.max(0, Math.min(last, bytes - groupBytesMax));
    const group = Buffer.allocUnsafeSlow(bytes - from);
    await transfer(group, (rest, at) => file.read(rest, from + at));
    await transfer(group, (rest, at) => file.write([rest], from + at));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function transfer(buffer: Buffer, step: (rest: Buffer, at: number) => Promise<number>): Promise<void> {
  for (let at = 0; at < buffer.byteLength; ) {
    const done = await step(buffer.subarray(at), at);
    if (done === 0) throw new Error('the file system gave nothing');
    at += done;
  }
}
