/** Where an export goes: a file or a stream. Each write waits until there is room, so that memory stays flat. */
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Output } from './context.ts';

export interface ExportTarget {
  readonly isFile: boolean;
  /** False: nobody reads any more (`| head`). */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

export function streamTarget(output: Output): ExportTarget {
  const stream = output as unknown as Writable;
  return {
    isFile: false,
    async write(bytes) {
      if (stream.destroyed) return false;
      if (bytes.byteLength > 0 && !stream.write(bytes) && stream.writableNeedDrain) await drained(stream);
      return !stream.destroyed;
    },
    close: async () => {},
  };
}

export function fileTarget(file: FileHandle): ExportTarget {
  return {
    isFile: true,
    async write(bytes) {
      await file.writeFile(bytes);
      return true;
    },
    async close() {
      await file.sync();
      await file.close();
    },
  };
}

async function drained(stream: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).catch(() => {});
  over.abort();
}
