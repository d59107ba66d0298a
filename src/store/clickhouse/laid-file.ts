/**
 * The data of an insert in a file beside the engine, which reads it from there: a body on the socket is copied five times on its
 * way into such a file, which took an eighth of the engine's processor time.
 */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClickHouseError } from './clickhouse-error.ts';

/** Less is sent in the body. */
export const laidBytesMin = 64 * 1024;
/** The URL parameter with the file's name; the endpoint of the embedded engine alone knows it (engine-body.ts). */
export const laidFileParameter = 'laid_file';

export interface LaidFile {
  readonly name: string;
  remove(): Promise<void>;
}

/** Errors: ClickHouseError (`refused`) when it cannot be written. */
export async function layFile(directory: string, bytes: Uint8Array): Promise<LaidFile> {
  const name = `laid-${randomUUID()}`;
  const path = join(directory, name);
  const remove = () => rm(path, { force: true });
  try {
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
    return { name, remove };
  } catch (error) {
    await remove().catch(() => {});
    const detail = error instanceof Error ? error.message : String(error);
    throw new ClickHouseError(`the rows could not be laid beside the engine: ${detail}`, 0, 'refused', error);
  }
}
