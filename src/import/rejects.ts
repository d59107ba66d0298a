/**
 * Keeps the rows that are no events, with their line and reason, as NDJSON. They are written beside the file's place and put there at the
 * end, so that two imports of one file do not mix theirs; a file without rejects leaves none.
 */

import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { failure } from '../errors.ts';
import type { Row } from './record.ts';

/** After this many only their number is kept: a file in the wrong format must not fill the disk a second time. */
export const rejectsKeptMax = 100_000;

export class Rejects {
  readonly path: string;
  readonly #temporary: string;
  #file: number | undefined;
  #count = 0;

  /** `unique` tells this import from others of the same input. */
  constructor(path: string, unique: string) {
    this.path = path;
    this.#temporary = `${path}.${unique}.part`;
  }

  /** All, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** Errors: import_stopped, when it cannot be written. */
  add({ line, raw }: Row, reason: string, message: string): void {
    this.#count += 1;
    if (this.#count > rejectsKeptMax) return;
    const text =
      typeof raw === 'string' || isUtf8(raw) ? { text: raw.toString() } : { base64: raw.toString('base64') };
    this.#try(() => {
      this.#file ??= openSync(this.#temporary, 'w');
      writeSync(this.#file, `${JSON.stringify({ line, reason, message, ...text })}\n`);
    });
  }

  /** Puts the file in its place. Errors: import_stopped. */
  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    this.#try(() => {
      closeSync(file);
      renameSync(this.#temporary, this.path);
    });
  }

  #try(write: () => void): void {
    try {
      write();
    } catch (cause) {
      rmSync(this.#temporary, { force: true });
      const { code } = cause as NodeJS.ErrnoException;
      throw failure(
        'import_stopped',
        {
          detail: `the rejected lines cannot be written to ${this.path} (${code}); make room or say --rejects FILE, and run it again`,
        },
        cause,
      );
    }
  }
}
