/**
 * A thread in which windows are made: started when it is first needed, started anew when it has ended. A call that it leaves
 * unanswered fails, which leads its partition back to recovering: the thread holds nothing that the log does not have.
 */
import { Worker } from 'node:worker_threads';
import type { LogRecord } from '../log/log.ts';
import type { FromThread, MakerCall, SentRecords, ThreadOptions, ToThread } from './maker-messages.ts';
import type { Maker, Makers } from './makers.ts';
import type { Fates } from './window.ts';
import type { Confirmed, Decoded } from './window-maker.ts';

/** The young generation of its heap: events and rows live for moments, so more would only be more memory. */
const youngMegabytesMax = 16;

type Settle = PromiseWithResolvers<never>;

export class ThreadMakers implements Makers {
  readonly #options: ThreadOptions;
  #worker: Worker | undefined;
  /** Calls that are not answered yet, oldest first. */
  #waiting: Settle[] = [];
  #isClosed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  of(partition: number): Maker {
    /** The thread that knows the ids of each window in hand. */
    const hands = new Map<number, Worker>();
    const tell = (call: MakerCall) => this.#tell({ partition, call });
    const ask = async <T>(call: MakerCall, moved: readonly ArrayBuffer[] = []): Promise<T> => {
      // a new thread would take copies of what the old one knew for new
      if ([...hands.values()].some((worker) => worker !== this.#worker)) throw ended();
      return (await this.#ask({ partition, call }, moved)) as T;
    };
    return {
      begin: (beginning) => {
        tell({ kind: 'begin', beginning: { ...beginning, key: beginning.key.slice() } });
        hands.set(beginning.from, this.#running());
      },
      feed: (records, from, to) => {
        const sent = together(records);
        return ask<number>({ kind: 'feed', from, to, ...sent }, [sent.bytes.buffer]);
      },
      decoded: () => ask<Decoded>({ kind: 'decoded' }),
      confirm: (hits) => ask<Confirmed>({ kind: 'confirm', hits }),
      finish: (copies) => ask<Fates>({ kind: 'finish', copies }),
      release: (from) => {
        if (hands.get(from) === this.#worker) tell({ kind: 'release', from });
        hands.delete(from);
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #tell(message: ToThread): void {
    if (!this.#isClosed) this.#running().postMessage(message);
  }

  #ask(message: ToThread, moved: readonly ArrayBuffer[]): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new Error('the writer is closed'));
    const settle = Promise.withResolvers<never>();
    this.#running().postMessage(message, moved);
    this.#waiting.push(settle);
    return settle.promise;
  }

  #running(): Worker {
    this.#worker ??= this.#start();
    return this.#worker;
  }

  #start(): Worker {
    // the sources run as TypeScript in development and as JavaScript once built
    const entry = `./maker-thread-entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;
    const worker = new Worker(new URL(entry, import.meta.url), {
      workerData: this.#options,
      name: 'writer',
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytesMax },
    });
    // it must not keep the process alive
    worker.unref();
    worker.on('message', (message: FromThread) => this.#hear(message));
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker, ended()));
    return worker;
  }

  #hear(message: FromThread): void {
    const settle = this.#waiting.shift();
    if (message.kind === 'answer') settle?.resolve(message.value as never);
    else settle?.reject(new Error(message.message));
  }

  #ended(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

const ended = () => new Error('the thread of the writer has ended');

/** A copy, because whoever gave the records may still need their bytes. */
function together(records: readonly LogRecord[]): SentRecords {
  let length = 0;
  for (const { bytes } of records) length += bytes.byteLength;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const record of records) {
    bytes.set(record.bytes, at);
    at += record.bytes.byteLength;
  }
  return {
    records: records.map((record) => ({
      offset: record.offset,
      count: record.count,
      length: record.bytes.byteLength,
    })),
    bytes,
  };
}
