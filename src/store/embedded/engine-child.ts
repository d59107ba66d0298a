/**
 * One life of the engine's process, from the parent's side: spawned, ready, ended. It knows nothing of restarts. Whatever
 * happens to the process ends in `ended` with the reason in words; nothing here throws because the process has gone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { type EngineOptions, type FromEngine, type ToEngine, threadPoolSize } from './engine-options.ts';

const errorOutputMax = 4_096;

export class EngineChild {
  readonly #process: ChildProcess;
  readonly #onNote: (message: string) => void;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<string>();
  readonly #fences = new Map<number, () => void>();
  #drained: (() => void) | undefined;
  #pong: ((residentBytes: number) => void) | undefined;
  #calls = 0;
  #reason = '';
  #errorOutput = '';

  constructor(options: EngineOptions, onNote: (message: string) => void) {
    this.#onNote = onNote;
    // the sources run as TypeScript in development and as JavaScript once built
    const entry = new URL(
      `./engine-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
      import.meta.url,
    );
    this.#process = fork(entry, [JSON.stringify(options)], {
      // this process moves bytes: V8 needs neither its four helpers nor a large young generation
      execArgv: ['--v8-pool-size=1', '--max-semi-space-size=4'],
      // nothing of the parent's: its environment may hold keys, and the engine reads none of it
      env: { UV_THREADPOOL_SIZE: String(threadPoolSize(options.questionLanes)), TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-errorOutputMax);
    });
    this.#process.on('message', (message: FromEngine) => this.#hear(message));
    this.#process.on('error', (error) => this.#end(`it could not be started: ${error.message}`));
    // an engine that hangs does not notice that its channel closed, and would keep its directory from the next start
    const killAtExit = () => this.#process.kill('SIGKILL');
    process.once('exit', killAtExit);
    void this.ended.then(() => process.off('exit', killAtExit));
    // 'close' comes after the last of the error output, in which chDB says why it could not open its data
    this.#process.on('close', (code, signal) => this.#end(this.#wordsFor(code, signal)));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** True once it takes statements; false when it ended before. */
  get ready(): Promise<boolean> {
    return this.#ready.promise;
  }

  /** Resolves with the reason once the process is gone. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Resident bytes; undefined when it does not answer within `timeoutMs` or has ended. */
  ping(timeoutMs: number): Promise<number | undefined> {
    return this.#ask<number>(timeoutMs, (answer) => {
      this.#pong = answer;
      this.#send({ kind: 'ping' });
    });
  }

  /** Whether nothing with this id can change anything any more; false: not known within `timeoutMs`. */
  async fence(queryId: string, timeoutMs: number): Promise<boolean> {
    this.#calls += 1;
    const call = this.#calls;
    const fenced = await this.#ask<true>(timeoutMs, (answer) => {
      this.#fences.set(call, () => answer(true));
      this.#send({ kind: 'fence', call, queryId });
    });
    this.#fences.delete(call);
    return fenced === true;
  }

  /** Lets it finish what it has begun, for at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    await this.#ask<true>(timeoutMs, (answer) => {
      this.#drained = () => answer(true);
      this.#send({ kind: 'drain' });
    });
  }

  /** Ends it now; resolves when it is gone. */
  async kill(reason: string): Promise<void> {
    this.#reason ||= reason;
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  /** Resolves with the answer, or undefined when the time is over or the process has ended. */
  async #ask<T>(timeoutMs: number, ask: (answer: (value: T) => void) => void): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const timer = setTimeout(resolve, timeoutMs, undefined);
    void this.ended.then(() => resolve(undefined));
    ask(resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #send(message: ToEngine): void {
    // a closed channel means that it is ending, which `ended` tells
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  #hear(message: FromEngine): void {
    switch (message.kind) {
      case 'ready':
        this.#ready.resolve(true);
        break;
      case 'failed':
        this.#reason = message.reason;
        break;
      case 'note':
        this.#onNote(message.message);
        break;
      case 'pong':
        this.#pong?.(message.residentBytes);
        break;
      case 'fenced':
        this.#fences.get(message.call)?.();
        break;
      case 'drained':
        this.#drained?.();
        break;
      default:
        message satisfies never;
    }
  }

  #end(reason: string): void {
    this.#ready.resolve(false);
    this.#ended.resolve(reason);
  }

  #wordsFor(code: number | null, signal: NodeJS.Signals | null): string {
    const end = signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`;
    const how = this.#reason || end;
    const said = this.#errorOutput.trim();
    return said === '' ? how : `${how}; its last words: ${said}`;
  }
}
