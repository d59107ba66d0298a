/**
 * The end of a partition that grows: which segment is written, when a new one is begun, and what a failure costs. A failed
 * write costs its group and leaves no bytes; a failed fsync ends the log, for nobody knows what the disk holds then. Callers
 * take turns: one call at a time.
 */
import type { Clock } from '../../clock.ts';
import { failure, type MillraceError } from '../../errors.ts';
import type { DiskLogConfig } from './disk-config.ts';
import { type FileSystem, systemCode } from './file-system.ts';
import { headerBytes } from './record-codec.ts';
import { Segment, segmentPath } from './segment.ts';
import { type Appended, SegmentWriter } from './segment-writer.ts';

export interface WriterContext {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly config: DiskLogConfig;
  /** A random number below 2^32. */
  readonly salt: () => number;
  /** Ends the whole log. */
  readonly fail: (error: MillraceError) => void;
}

export class PartitionWriter {
  readonly #context: WriterContext;
  readonly #directory: string;
  /** Shared with the partition: the last one is the one that grows. */
  readonly #segments: Segment[];
  #writer: SegmentWriter | undefined;
  #writerSince = 0;

  constructor(context: WriterContext, directory: string, segments: Segment[]) {
    this.#context = context;
    this.#directory = directory;
    this.#segments = segments;
  }

  /** Resolves with the offset of the group once it is durable. Errors: log_full, log_write_failed, log_sync_failed. */
  async append(group: readonly Appended[], bytes: number): Promise<number> {
    const writer = await this.#writerFor(bytes);
    const { path, next } = writer.segment;
    try {
      await writer.write(group);
    } catch (error) {
      await this.#undo(writer);
      throw writeFailure(error, path);
    }
    await this.#synced(path, () => writer.sync());
    writer.accept(group, this.#context.clock.now());
    return next;
  }

  /**
   * Every start of the log and every full segment begins a new file, so that an old one is never written again.
   * Errors: log_full, log_write_failed, log_sync_failed.
   */
  async beginSegment(): Promise<SegmentWriter> {
    const { files, clock, salt } = this.#context;
    const newest = this.#segments.at(-1);
    const base = newest?.next ?? 0;
    const path = segmentPath(this.#directory, base);
    // A segment that was begun and never got a record has this very name.
    const segment = newest?.base === base ? newest : new Segment(path, base, base, 0, clock.now());
    let writer: SegmentWriter;
    try {
      writer = await SegmentWriter.open(files, segment, salt());
    } catch (error) {
      throw writeFailure(error, path);
    }
    try {
      await this.#synced(this.#directory, () => files.syncDirectory(this.#directory));
    } catch (error) {
      await writer.close();
      throw error;
    }
    if (segment !== newest) this.#segments.push(segment);
    // All of the old file is durable already; what its closing says changes nothing.
    await this.#writer?.close().catch(() => {});
    this.#writer = writer;
    this.#writerSince = clock.monotonic();
    return writer;
  }

  /** With a seal: a whole record behind the last one tells the next start that a damaged end is no torn write. */
  async close(seal: boolean): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    try {
      if (seal && writer.segment.bytes > 0) {
        await writer.write([{ count: 0, payload: [], byteLength: headerBytes }]);
        await writer.sync();
      }
    } catch {
      // Everything acknowledged is durable without it.
    } finally {
      await writer.close();
    }
  }

  async #writerFor(bytes: number): Promise<SegmentWriter> {
    const { config, clock } = this.#context;
    const writer = this.#writer;
    if (writer === undefined) return this.beginSegment();
    const fits = writer.segment.bytes + bytes <= config.segmentBytes;
    const young = clock.monotonic() - this.#writerSince < config.segmentMs;
    return writer.segment.bytes === 0 || (fits && young) ? writer : this.beginSegment();
  }

  async #undo(writer: SegmentWriter): Promise<void> {
    try {
      await writer.undo();
    } catch (error) {
      // What stands behind the last durable record cannot be removed; only the next start can tell what it is.
      const failed = failure('log_write_failed', { path: writer.segment.path }, error);
      this.#context.fail(failed);
      throw failed;
    }
  }

  /** A failed fsync is never retried: the kernel may have dropped the pages and would report success. */
  async #synced(path: string, sync: () => Promise<void>): Promise<void> {
    try {
      await sync();
    } catch (error) {
      const failed = failure('log_sync_failed', { path }, error);
      this.#context.fail(failed);
      throw failed;
    }
  }
}

function writeFailure(error: unknown, path: string): MillraceError {
  const code = systemCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return failure('log_write_failed', { path }, error);
  return failure('log_full', { detail: `its disk has no room left for ${path}` }, error);
}
