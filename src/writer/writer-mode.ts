/**
 * The modes of a partition's writer, which may follow which, and the one setter. Each change is published as `writer.mode`.
 *
 *   starting     nothing is known yet
 *   waiting      another process has the partition, or nobody: waits for its lease
 *   recovering   asks the store for the progress and brings the dedupe index up to it
 *   gathering    no window is in hand: waits for events, reads and prepares them
 *   inserting    a window is being given to the store
 *   reconciling  an outcome is unclear: asks which offsets have landed, after the fence
 *   backing-off  the store failed; waits before the next attempt, while the log goes on collecting
 *   stopped      closed; a new writer goes on from here
 *   failed       cannot go on without a person: see the status for the reason
 */
import type { Telemetry } from '../telemetry/telemetry.ts';

export type WriterMode =
  | 'starting'
  | 'waiting'
  | 'recovering'
  | 'gathering'
  | 'inserting'
  | 'reconciling'
  | 'backing-off'
  | 'stopped'
  | 'failed';

const ends = ['stopped', 'failed'] as const;
const following: Readonly<Record<WriterMode, readonly WriterMode[]>> = {
  starting: ['waiting', 'recovering', ...ends],
  waiting: ['recovering', 'backing-off', ...ends],
  recovering: ['waiting', 'gathering', 'reconciling', 'backing-off', ...ends],
  gathering: ['waiting', 'inserting', 'reconciling', 'backing-off', ...ends],
  inserting: ['waiting', 'gathering', 'reconciling', 'backing-off', ...ends],
  reconciling: ['waiting', 'gathering', 'inserting', 'backing-off', ...ends],
  'backing-off': ['waiting', 'recovering', 'gathering', 'inserting', 'reconciling', ...ends],
  stopped: [],
  failed: [],
};

export class ModeSwitch {
  readonly #partition: number;
  readonly #telemetry: Telemetry;
  #mode: WriterMode = 'starting';

  constructor(partition: number, telemetry: Telemetry) {
    this.#partition = partition;
    this.#telemetry = telemetry;
  }

  get current(): WriterMode {
    return this.#mode;
  }

  /** Setting the mode that it has changes nothing. Throws on a transition that the table does not have: a defect. */
  set(to: WriterMode): void {
    const from = this.#mode;
    if (from === to) return;
    if (!following[from].includes(to)) throw new Error(`the writer cannot go from ${from} to ${to}`);
    this.#mode = to;
    this.#telemetry.publish('writer.mode', { partition: this.#partition, from, to });
  }
}
