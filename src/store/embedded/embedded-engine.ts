/**
 * The supervisor of the engine's process: starts it, watches its memory and its pulse, starts it anew when it has ended, and
 * fences statements. It never lets a failing engine reach the server: the state says `down` and why, and it goes on trying.
 *
 *   starting ──ready──► ready ──ended, too much memory, no pulse──► down ──pause──► starting …
 *   any ──close──► closed: what was begun may end, then the process is killed
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { EmbeddedSettings } from './embedded-config.ts';
import { EngineChild } from './engine-child.ts';
import type { EngineOptions } from './engine-options.ts';
import { endLeftEngine } from './left-engine.ts';
import { openWorkDirectory, type WorkDirectory } from './work-directory.ts';

/** Where a ClickHouse client finds the engine. The same for all of the engine's lives. */
export interface EngineTarget {
  readonly socketPath: string;
  readonly database: string;
  /** Where the data of inserts may be laid, for the engine to read. */
  readonly filesDirectory: string;
}

export interface EngineState {
  readonly status: 'starting' | 'ready' | 'down';
  /** In words; '' when ready. */
  readonly reason: string;
  readonly pid?: number;
  /** As last seen; 0 before the first look. */
  readonly residentBytes: number;
}

export interface EmbeddedEngine {
  target(): EngineTarget;
  state(): EngineState;
  /** Resolves when statements are taken. Errors: store_unavailable when `signal` aborts or the engine is closed. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Calls `listener` each time a new process is ready after an earlier one ended. Returns the way to end that. */
  onRestart(listener: () => void): () => void;
  /**
   * After it resolves, no statement with this id that began before the call can change anything any more: it is killed
   * and waited for, and when that takes too long the whole process is killed and its successor waited for.
   */
  fence(queryId: string): Promise<void>;
  /** Ends the process so that a new one opens its data afresh; at most once in `restartMsMin`. */
  restart(reason: string): void;
  /** Lets what was begun end, for a bounded time; then the process is gone and nothing is left behind. */
  close(): Promise<void>;
}

export interface EmbeddedEngineOptions {
  readonly directory: string;
  readonly settings: EmbeddedSettings;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** A number from 0 up to 1, for the spread of pauses. Default Math.random. */
  readonly random?: () => number;
  readonly limits?: Partial<EngineLimits>;
}

/** Bounds of the supervision itself; tests shorten them. */
export interface EngineLimits {
  readonly pulseMs: number;
  /** No answer to a pulse for so long: it hangs, and is killed. */
  readonly hangMsMax: number;
  /** A fence that takes longer kills the process. */
  readonly fenceMsMax: number;
  /** A process that lived so long is started anew at once, a younger one after a growing pause. */
  readonly stableMsMin: number;
  /** Restarts that are asked for come no faster than this. */
  readonly restartMsMin: number;
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
}

const standardLimits: EngineLimits = {
  pulseMs: 1_000,
  hangMsMax: 60_000,
  fenceMsMax: 3_000,
  stableMsMin: 10_000,
  restartMsMin: 30_000,
  pauseMsMin: 100,
  pauseMsMax: 3_000,
};
const database = 'millrace';

/**
 * Starts the engine on a directory; resolves at once, before it is ready. An engine that cannot start is no error here: see
 * `state`. Errors: setting_invalid when the directory for temporary files is too deep for a socket.
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const work = await openWorkDirectory(options.settings.temporaryDirectory);
  return new Supervisor(options, work);
}

class Supervisor implements EmbeddedEngine {
  readonly #options: EmbeddedEngineOptions;
  readonly #limits: EngineLimits;
  readonly #work: WorkDirectory;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #supervision: Promise<void>;
  #child: EngineChild | undefined;
  #state: EngineState = { status: 'starting', reason: 'the engine is starting', residentBytes: 0 };
  #ready = Promise.withResolvers<void>();
  /** Lives in a row that were short. */
  #failures = 0;
  #lives = 0;
  #restartAgainAt = 0;

  constructor(options: EmbeddedEngineOptions, work: WorkDirectory) {
    this.#options = options;
    this.#limits = { ...standardLimits, ...options.limits };
    this.#work = work;
    this.#supervision = this.#supervise();
  }

  target(): EngineTarget {
    return { socketPath: this.#work.socketPath, database, filesDirectory: this.#work.path };
  }

  state(): EngineState {
    return this.#state;
  }

  async ready(signal?: AbortSignal): Promise<void> {
    while (this.#state.status !== 'ready') {
      if (this.#closing.signal.aborted || signal?.aborted) {
        throw failure('store_unavailable', { detail: this.#state.reason });
      }
      await untilAborted(this.#ready.promise, [this.#closing.signal, ...(signal ? [signal] : [])]);
    }
  }

  onRestart(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async fence(queryId: string): Promise<void> {
    const child = this.#child;
    // without a process nothing runs, and the next one has not heard of anything yet
    if (child === undefined || !(await child.ready)) return;
    if (await child.fence(queryId, this.#limits.fenceMsMax)) return;
    await this.#end(child, `it did not stop the query ${queryId} within ${this.#limits.fenceMsMax} ms`);
    await this.ready();
  }

  restart(reason: string): void {
    const child = this.#child;
    const now = this.#options.clock.monotonic();
    if (child === undefined || now < this.#restartAgainAt) return;
    this.#restartAgainAt = now + this.#limits.restartMsMin;
    void this.#end(child, reason);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#child?.drain(this.#options.settings.closeMsMax);
    await this.#child?.kill('the server closed it');
    await this.#supervision;
    await this.#work.remove();
  }

  async #supervise(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#become('starting', 'the engine is starting');
      const reason = await this.#live();
      this.#become('down', `the engine is down: ${reason}`);
      await this.#options.clock.sleep(this.#pauseMs(), this.#closing.signal);
    }
  }

  /** One life of the process; resolves with the reason of its end. */
  async #live(): Promise<string> {
    await this.#endLeftEngine();
    if (this.#closing.signal.aborted) return 'the server closes it';
    const child = new EngineChild(this.#engineOptions(), (message) =>
      this.#options.telemetry.publish('note', { level: 'warn', message }),
    );
    this.#child = child;
    const tooLate = setTimeout(() => void child.kill('it took too long to open its data'), this.#startMsMax);
    const isReady = await child.ready;
    clearTimeout(tooLate);
    const readyAt = this.#options.clock.monotonic();
    if (isReady) {
      this.#welcome(child);
      await this.#watch(child);
    }
    const reason = await child.ended;
    this.#child = undefined;
    const wasStable = isReady && this.#options.clock.monotonic() - readyAt >= this.#limits.stableMsMin;
    this.#failures = wasStable ? 0 : this.#failures + 1;
    return reason;
  }

  async #endLeftEngine(): Promise<void> {
    const { directory, telemetry } = this.#options;
    const pid = await endLeftEngine(directory);
    if (pid === undefined) return;
    const message = `process ${pid}, the engine of a server that is gone, held ${directory} and was ended`;
    telemetry.publish('note', { level: 'warn', message, fields: { pid } });
  }

  #welcome(child: EngineChild): void {
    this.#lives += 1;
    this.#become('ready', '', child.pid);
    if (this.#lives === 1) return;
    for (const listener of this.#listeners) listener();
  }

  /** Looks at the process from time to time until it ends; ends it when it hangs or has grown too large. */
  async #watch(child: EngineChild): Promise<void> {
    const { pulseMs, hangMsMax } = this.#limits;
    const ended = new AbortController();
    void child.ended.then(() => ended.abort());
    while (!ended.signal.aborted) {
      const residentBytes = await child.ping(hangMsMax);
      if (residentBytes === undefined) {
        if (!ended.signal.aborted) await this.#end(child, `it gave no sign of life for ${hangMsMax} ms`);
        return;
      }
      this.#state = { ...this.#state, residentBytes };
      this.#options.telemetry.publish('engine.memory', { residentBytes });
      if (residentBytes > this.#options.settings.memoryMax) return this.#replace(child, residentBytes);
      await this.#options.clock.sleep(pulseMs, ended.signal);
    }
  }

  async #replace(child: EngineChild, residentBytes: number): Promise<void> {
    const { memoryMax, closeMsMax } = this.#options.settings;
    const reason = `it holds ${residentBytes} bytes of memory, more than the ${memoryMax} of MILLRACE_ENGINE_MEMORY`;
    this.#become('down', `the engine is restarted: ${reason}`, child.pid);
    await child.drain(closeMsMax);
    await child.kill(reason);
  }

  /** Kills it; nobody is told that it is ready from here on. */
  async #end(child: EngineChild, reason: string): Promise<void> {
    if (this.#child === child) this.#become('down', `the engine is restarted: ${reason}`, child.pid);
    await child.kill(reason);
  }

  /** Exponential, with half of it left to chance so that restarts do not beat in time with anything. */
  #pauseMs(): number {
    const { pauseMsMin, pauseMsMax } = this.#limits;
    if (this.#failures === 0) return 0;
    const full = Math.min(pauseMsMax, pauseMsMin * 2 ** (this.#failures - 1));
    return full * (0.5 + 0.5 * (this.#options.random ?? Math.random)());
  }

  #become(status: EngineState['status'], reason: string, pid?: number): void {
    const wasReady = this.#state.status === 'ready';
    this.#state = {
      status,
      reason,
      residentBytes: this.#state.residentBytes,
      ...(pid === undefined ? {} : { pid }),
    };
    this.#options.telemetry.publish('engine.state', { state: status, reason });
    if (status === 'ready') this.#ready.resolve();
    else if (wasReady) this.#ready = Promise.withResolvers<void>();
  }

  get #startMsMax(): number {
    return this.#options.settings.startMsMax;
  }

  #engineOptions(): EngineOptions {
    const { settings, directory } = this.#options;
    return {
      owner: process.pid,
      directory,
      database,
      workDirectory: this.#work.path,
      socketPath: this.#work.socketPath,
      insertBytesMax: settings.insertBytesMax,
      answerBytesMax: settings.answerBytesMax,
      questionLanes: settings.questionLanes,
      questionQueueMax: settings.questionQueueMax,
      serverMemoryBytes: settings.memoryMax,
    };
  }
}

/** Resolves when `promise` does or one of the signals aborts, and leaves no listener behind. */
async function untilAborted(promise: Promise<void>, signals: readonly AbortSignal[]): Promise<void> {
  const { promise: abort, resolve } = Promise.withResolvers<void>();
  const heard = () => resolve();
  for (const signal of signals) signal.addEventListener('abort', heard);
  try {
    await Promise.race([promise, abort]);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', heard);
  }
}
