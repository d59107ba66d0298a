/**
 * The few calls that the disk log makes of a file system, so that tests can fail each of them and see their order.
 * `nodeFiles` is the real one. Errors are Node's own, with `code`.
 */
import { mkdir, open, readdir, stat, statfs, unlink } from 'node:fs/promises';

export interface LogFile {
  /** Bytes read into `buffer` from `position` of the file; 0 at its end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** The pieces stand behind one another. Bytes written, which may be fewer than given. */
  write(pieces: readonly Uint8Array[], position: number): Promise<number>;
  /** fdatasync: resolves when all that was written is on the disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly bytes: number;
  /** Epoch milliseconds of the last write. */
  readonly modifiedAt: number;
}

export interface FileSystem {
  /** `read`: must exist; `write`: must exist, is read and written; `create`: made when missing. */
  open(path: string, mode: 'read' | 'write' | 'create'): Promise<LogFile>;
  stat(path: string): Promise<FileStat>;
  list(directory: string): Promise<readonly string[]>;
  makeDirectory(path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** What the file system still has for this process, in bytes. */
  freeBytes(path: string): Promise<number>;
}

const flags = { read: 'r', write: 'r+', create: 'a+' } as const;

export const nodeFiles: FileSystem = {
  async open(path, mode) {
    // Appending mode would ignore positions on Linux: make the file, then open it for writing in place.
    if (mode === 'create') await (await open(path, flags.create)).close();
    const file = await open(path, mode === 'read' ? flags.read : flags.write);
    return {
      read: async (buffer, position) => (await file.read(buffer, 0, buffer.byteLength, position)).bytesRead,
      write: async (pieces, position) => {
        const [only] = pieces;
        const { bytesWritten } =
          pieces.length === 1 && only !== undefined
            ? await file.write(only, 0, only.byteLength, position)
            : await file.writev(pieces, position);
        return bytesWritten;
      },
      sync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
    };
  },
  async stat(path) {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modifiedAt: mtimeMs };
  },
  list: (directory) => readdir(directory),
  async makeDirectory(path) {
    await mkdir(path, { recursive: true });
  },
  async syncDirectory(path) {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  remove: (path) => unlink(path),
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** The system's own name of an error ('ENOSPC'), or '' when it has none. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
