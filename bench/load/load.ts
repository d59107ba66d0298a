/** The load generator as the benchmarks use it: a process of its own, so that it takes nothing of the measured one's event loop. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromLoad, LoadOptions, LoadRun, ToLoad } from './load-messages.ts';

export type { LoadRun } from './load-messages.ts';

let generators = 0;

export class Load {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async open(options: Omit<LoadOptions, 'tag'>): Promise<Load> {
    const tag = `b${process.pid.toString(36)}-${generators++}`;
    const child = fork(join(import.meta.dirname, 'load-process.ts'), [JSON.stringify({ ...options, tag })], {
      execArgv: [],
    });
    await once(child, 'message');
    return new Load(child);
  }

  async run(ms: number): Promise<LoadRun> {
    this.#tell({ kind: 'run', ms });
    const [message] = (await once(this.#process, 'message')) as [FromLoad];
    if (message.kind !== 'ran') throw new Error(`the load generator said ${message.kind}`);
    return message.run;
  }

  pause(isPaused: boolean): void {
    this.#tell({ kind: 'pause', isPaused });
  }

  /** Ends a run that is under way; what it came to is not told. */
  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#tell({ kind: 'end' });
    await ended;
  }

  #tell(message: ToLoad): void {
    this.#process.send(message);
  }
}
