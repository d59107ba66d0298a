/** Reading one partition: finds the segment, walks it, and turns every way to fail into an error that says where to go on. */
import { failure, isFailure } from '../../errors.ts';
import type { LogRecord, ReadLimits } from '../log.ts';
import { type FileSystem, type LogFile, systemCode } from './file-system.ts';
import type { Segment } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';

/** Records from the one that holds `from`, out of one segment. Errors: log_corrupt, log_read_failed. */
export async function readSegment(
  files: FileSystem,
  segment: Segment,
  from: number,
  limits: ReadLimits,
): Promise<readonly LogRecord[]> {
  // What is durable now; the segment may grow while it is read.
  const end = { bytes: segment.bytes, next: segment.next };
  const start = segment.locate(from);
  let file: LogFile | undefined;
  try {
    file = await files.open(segment.path, 'read');
    const walk = { ...start, end: end.bytes, aroundUnreadable: true };
    return await collect(new SegmentReader(file, walk), segment, from, end, limits);
  } catch (error) {
    throw readFailure(error, segment, end.next);
  } finally {
    await file?.close();
  }
}

async function collect(
  reader: SegmentReader,
  segment: Segment,
  from: number,
  end: { readonly bytes: number; readonly next: number },
  limits: ReadLimits,
): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  let events = 0;
  let bytes = 0;
  for (;;) {
    const step = reader.buffered() ?? (await reader.next());
    if (step.kind === 'end') break;
    if (step.kind === 'damage') {
      const nextOffset = step.nextOffset ?? end.next;
      if (records.length > 0) break;
      if (nextOffset <= from) continue;
      const { position, detail } = step;
      throw failure('log_corrupt', { path: segment.path, byte: position, detail, nextOffset });
    }
    if (step.count === 0) continue;
    segment.note(step.offset, step.position);
    if (step.offset + step.count <= from) continue;
    records.push({ offset: step.offset, count: step.count, bytes: step.payload });
    events += step.count;
    bytes += step.payload.byteLength;
    if (events >= limits.eventsMax || bytes >= limits.bytesMax) break;
  }
  if (records.length > 0) return records;
  // Nothing but damage that could not be placed, or a file that is shorter than it was.
  const detail = `offset ${from} is missing`;
  throw failure('log_corrupt', { path: segment.path, byte: end.bytes, detail, nextOffset: end.next });
}

function readFailure(error: unknown, { path }: Segment, nextOffset: number): unknown {
  if (isFailure(error) || systemCode(error) === '') return error;
  if (systemCode(error) !== 'ENOENT') return failure('log_read_failed', { path }, error);
  return failure('log_corrupt', { path, byte: 0, detail: 'the file is gone', nextOffset }, error);
}
