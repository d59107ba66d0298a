/**
 * Takes a project away with everything it sent, and survives being interrupted:
 *   mark → its keys stop → settle → the writer passes what the log held → its events leave the store → its record goes.
 * The mark is durable, so a start resumes whatever was marked. `settleMs` covers the requests that had passed the key's check
 * and the collectors that still held the key: without it an event could land after its project was gone.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Writer } from '../writer/writer.ts';

export interface ProjectRemovalOptions {
  readonly catalog: Catalog;
  readonly log: Pick<Log, 'ends' | 'partitions'>;
  readonly writer: Pick<Writer, 'status'>;
  readonly store: Pick<Store, 'deleteProject'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Called once the mark is durable, so that this process's copy of the keys is read again. */
  readonly keysChanged: () => Promise<void>;
  readonly settleMs: number;
}

/** Marks the project, and its keys have stopped here. Whoever writes goes on from the mark. Errors: not_found. */
export async function markProject(
  id: string,
  { catalog, clock, keysChanged }: Pick<ProjectRemovalOptions, 'catalog' | 'clock' | 'keysChanged'>,
): Promise<void> {
  if (!(await catalog.projects()).some((project) => project.id === id))
    throw failure('not_found', { detail: `there is no project ${id}` });
  await catalog.markProjectDeleting(id, clock.now());
  await keysChanged();
}

const pollIntervalMs = 100;
const watchIntervalMs = 1_000;
const retryDelayMs = 5_000;
/** A large project may take the store minutes, which nobody who stops a server waits for. */
const closeMsMax = 5_000;

export class ProjectRemoval {
  readonly #options: ProjectRemovalOptions;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  #watching: Promise<void> | undefined;

  constructor(options: ProjectRemovalOptions) {
    this.#options = options;
  }

  /** Goes on with whatever is marked: by an earlier process, or from now on by another one, such as the command line. */
  async resume(): Promise<void> {
    await this.#startMarked();
    this.#watching ??= this.#watch(this.#stop.signal);
  }

  /** Resolves once the project is marked and its keys have stopped; the rest goes on behind. Errors: not_found. */
  async begin(id: string): Promise<void> {
    await this.mark(id);
    this.#start(id);
  }

  /** As `begin`, where another process does the rest. */
  mark(id: string): Promise<void> {
    return markProject(id, this.#options);
  }

  /** Resolves when nothing is being removed any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Stops where it is, and waits a bounded time for what the store has begun; a start's `resume` goes on from there. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    const waiting = new AbortController();
    await Promise.race([this.settled(), this.#options.clock.sleep(closeMsMax, waiting.signal)]);
    waiting.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { catalog, clock } = this.#options;
    let seen: string | undefined;
    while (!signal.aborted) {
      try {
        const version = await catalog.version();
        if (version !== seen) await this.#startMarked();
        seen = version;
      } catch {
        // a catalog that cannot be read is reported by the key ring, which reads it as often
      }
      await clock.sleep(watchIntervalMs, signal);
    }
  }

  async #startMarked(): Promise<void> {
    for (const project of await this.#options.catalog.projects()) {
      if (project.deletingSince !== undefined) this.#start(project.id);
    }
  }

  #start(id: string): void {
    if (this.#running.has(id) || this.#stop.signal.aborted) return;
    this.#running.set(
      id,
      this.#removeUntilGone(id).finally(() => this.#running.delete(id)),
    );
  }

  async #removeUntilGone(id: string): Promise<void> {
    const { clock, telemetry } = this.#options;
    const signal = this.#stop.signal;
    while (!signal.aborted) {
      try {
        if (await this.#remove(id, signal))
          telemetry.publish('note', { level: 'info', message: `project ${id} and its events are removed` });
        return;
      } catch (error) {
        const message = `project ${id} is not removed yet; trying again in ${retryDelayMs / 1000} s`;
        telemetry.publish('note', { level: 'warn', message, fields: { error: String(error) } });
        await clock.sleep(retryDelayMs, signal);
      }
    }
  }

  /** False: stopped before the end. */
  async #remove(id: string, signal: AbortSignal): Promise<boolean> {
    const { catalog, clock, log, store, writer, settleMs } = this.#options;
    await clock.sleep(settleMs, signal);
    const ends = Array.from({ length: log.partitions }, (_, partition) => log.ends(partition).next);
    const passed = () =>
      writer.status().partitions.every(({ partition, ledger }) => {
        // in doubt it has not passed: the store has not told the progress yet
        const next = ledger === undefined ? -1 : ledger.accepted - ledger.inFlight;
        return next >= (ends[partition] ?? 0);
      });
    while (!signal.aborted && !passed()) await clock.sleep(pollIntervalMs, signal);
    if (signal.aborted) return false;
    await store.deleteProject(id);
    await catalog.removeProject(id);
    return true;
  }
}
