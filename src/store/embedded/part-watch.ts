/**
 * Compares what the engine wrote with what is on disk. It ignores an error of write(2): on a full disk it syncs, renames and
 * counts parts whose files are empty or short, answers as if all were well, and sets those parts aside at its next start. So
 * its new parts are measured before any write is answered, and now and then those that it merged. It must not live on with
 * one that is short: a new start goes on without it, or with the parts that it was merged from, which are kept for a while.
 */
import { basename } from 'node:path';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { Lane } from './engine-sessions.ts';
import { isWholePart } from './part-files.ts';

/** Much less than the time for which the sources of a merge are kept (engine-server-config.ts). */
const lookIntervalMs = 5_000;

interface ActivePart {
  readonly path: string;
  readonly bytes: number;
  readonly table: string;
}

export class PartWatch {
  readonly #lane: Lane;
  readonly #question: string;
  readonly #end: (reason: string) => void;
  /** Paths of active parts that were found whole. */
  #whole: ReadonlySet<string> = new Set();
  #looking: Promise<unknown> = Promise.resolve();

  /** `end` must end the process. */
  constructor(lane: Lane, database: string, end: (reason: string) => void) {
    this.#lane = lane;
    this.#end = end;
    this.#question = `SELECT path, bytes_on_disk, table FROM system.parts WHERE active AND database = ${stringLiteral(database)}`;
  }

  /** Takes what the engine has loaded as whole, because it measures each part when it starts; then looks from time to time. */
  async begin(): Promise<void> {
    this.#whole = new Set((await this.#active()).map(({ path }) => path));
    setInterval(() => void this.assertWhole().catch(() => {}), lookIntervalMs).unref();
  }

  /**
   * Measures all parts that are new. When one is short it ends the process and never settles: an answer would be the sign
   * to read back what landed, and the rows of that part would be found. Errors: the engine's.
   */
  async assertWhole(): Promise<void> {
    const looking = this.#looking.then(() => this.#look());
    this.#looking = looking.catch(() => {});
    const short = await looking;
    if (short.length === 0) return;
    const names = short.map(({ table, path }) => `${table}/${basename(path)}`).join(', ');
    this.#end(`parts of tables were not written whole, as when the disk is full: ${names}`);
    await new Promise<never>(() => {});
  }

  /** The active parts that are short, among those that are new since the last look. */
  async #look(): Promise<readonly ActivePart[]> {
    const parts = await this.#active();
    const suspects = parts.filter(({ path, bytes }) => !this.#whole.has(path) && !isWholePart(path, bytes));
    // one that is gone by now was dropped or replaced while it was measured
    const left = new Set(suspects.length === 0 ? [] : (await this.#active()).map(({ path }) => path));
    const short = suspects.filter(({ path }) => left.has(path));
    this.#whole = new Set(parts.filter((part) => !short.includes(part)).map(({ path }) => path));
    return short;
  }

  async #active(): Promise<readonly ActivePart[]> {
    const answer = await this.#lane.run(this.#question, 'JSONCompact');
    const { data } = JSON.parse(answer.text()) as { readonly data: readonly [string, string, string][] };
    return data.map(([path, bytes, table]) => ({ path, bytes: Number(bytes), table }));
  }
}
