/**
 * Reads every byte of a log on disk and says what it holds and what is damaged. Takes no lock and writes nothing, so it also
 * works beside the process that has the log: what is torn at the end of the newest segment is a write under way, no damage.
 */
import { join } from 'node:path';
import { type FileSystem, nodeFiles, systemCode } from './file-system.ts';
import { listSegments, type SegmentScan, scanSegment } from './recovery.ts';

export interface LogDamage {
  readonly byte: number;
  readonly detail: string;
  /** Where reading goes on; equal to the segment's `next` when nothing in it follows. */
  readonly nextOffset: number;
}

export interface SegmentReport {
  readonly partition: number;
  readonly path: string;
  readonly records: number;
  readonly events: number;
  /** Bytes up to the end of the last whole record. */
  readonly bytes: number;
  readonly first: number;
  /** The first offset past the segment. */
  readonly next: number;
  readonly damage: readonly LogDamage[];
  /** Bytes behind the last whole record of the newest segment: a write under way, or torn by a crash. */
  readonly tornBytes: number;
}

/** One report a segment, by partition and offset. Errors: the file system's own when the directory cannot be read. */
export async function* verifyLog(
  directory: string,
  files: FileSystem = nodeFiles,
): AsyncGenerator<SegmentReport> {
  const partitions = (await files.list(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const partition of partitions.sort((a, b) => a - b)) {
    const segments = await listSegments(files, join(directory, String(partition)));
    for (const [i, { path, base }] of segments.entries()) {
      const scan = await scanUnlessTrimmed(files, path, base);
      if (scan !== undefined) yield report(partition, path, base, scan, segments[i + 1]?.base);
    }
  }
}

/** The log may trim a segment between the listing and the reading. */
async function scanUnlessTrimmed(
  files: FileSystem,
  path: string,
  base: number,
): Promise<SegmentScan | undefined> {
  try {
    return await scanSegment(files, path, base, { aroundUnreadable: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function report(
  partition: number,
  path: string,
  first: number,
  scan: SegmentScan,
  nextBase: number | undefined,
): SegmentReport {
  const next = nextBase ?? scan.next;
  const damage = scan.damage.map(({ position, detail, nextOffset }) => ({
    byte: position,
    detail,
    nextOffset: nextOffset ?? next,
  }));
  if (nextBase !== undefined && scan.tail !== undefined) {
    damage.push({ byte: scan.tail.position, detail: scan.tail.detail, nextOffset: next });
  } else if (scan.next !== next) {
    const detail = `offsets ${scan.next} to ${next - 1} are missing behind it`;
    damage.push({ byte: scan.bytes, detail, nextOffset: next });
  }
  const { records, events, bytes } = scan;
  const tornBytes = nextBase === undefined ? scan.tailBytes : 0;
  return { partition, path, records, events, bytes, first, next, damage, tornBytes };
}
