/** What every hazard needs: a real server in a process of its own, an outside client, and a checker that compares ledgers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const writeKey = 'hazard-write-key-0123456789';
export const readKey = 'hazard-read-key-0123456789';
export const adminKey = 'hazard-admin-key-0123456789';
const cli = join(import.meta.dirname, '../../src/cli/millrace.ts');
const client = join(import.meta.dirname, 'load-client.ts');
const readyMsMax = 60_000;
const endedMsMax = 60_000;
/** Without any event getting further: a batch that is searched for what is refused gets nowhere until it is through. */
const drainedMsMax = 180_000;

/**
 * How many rounds a hazard runs: `ROUNDS`, else `usual`, which is what `npm test` has time for. `share`: of ROUNDS, where
 * one round takes ten seconds and more.
 */
export function rounds(usual: number, share = 1): number {
  const { ROUNDS: asked } = process.env;
  if (asked === undefined) return usual;
  if (!/^[1-9]\d*$/.test(asked)) throw new Error(`ROUNDS must be a whole number from 1 on, not ${asked}`);
  return Math.max(1, Math.round(Number(asked) * share));
}

/** Events a second of one client: with many rounds the checker must still hold all ids at once. */
const pace = (): number => (rounds(0) > pacedRoundsMin ? 5_000 : 0);
const pacedRoundsMin = 60;

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export class ServerUnderTest {
  readonly base: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #before: readonly string[];
  #process: ChildProcess | undefined;
  #output = '';
  #watched: { readonly text: string; count: number }[] = [];

  /** `before`: words in front of the command line, such as `taskset -c 0`. */
  constructor(
    data: string,
    port: number,
    environment: Readonly<Record<string, string>> = {},
    before: readonly string[] = [],
  ) {
    this.base = `http://127.0.0.1:${port}`;
    this.#before = before;
    this.#environment = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MILLRACE_DATA: data,
      PORT: String(port),
      MILLRACE_WRITE_KEY: writeKey,
      MILLRACE_READ_KEY: readKey,
      MILLRACE_ADMIN_KEY: adminKey,
      ...environment,
    };
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** Whether it was started and has not ended by itself. */
  get running(): boolean {
    return (
      this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** What the server printed last; for the message of a failure. */
  get output(): string {
    return this.#output.slice(-8_000);
  }

  /** Counts from here on how often it prints a text. */
  watch(text: string): () => number {
    const watched = { text, count: 0 };
    this.#watched.push(watched);
    return () => watched.count;
  }

  start(): void {
    const [command = process.execPath, ...words] = [...this.#before, process.execPath, cli, 'serve'];
    const child = spawn(command, words, {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        for (const each of this.#watched) each.count += chunk.split(each.text).length - 1;
        this.#output = (this.#output + chunk).slice(-64_000);
      });
    }
    this.#process = child;
  }

  ready(): Promise<void> {
    return this.#answers('/health/ready');
  }

  /** Resolves once it takes requests, whatever else it can do. */
  listening(): Promise<void> {
    return this.#answers('/health');
  }

  async #answers(path: string): Promise<void> {
    const deadline = Date.now() + readyMsMax;
    for (;;) {
      const status = await fetch(this.base + path).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
      if (Date.now() > deadline)
        throw new Error(`${path} is not 200 after ${readyMsMax} ms; the server printed:\n${this.output}`);
      await sleep(25);
    }
  }

  /** Waits for an end that nobody asked for; 'SIGKILL' and the like when a signal did it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const child = this.#process;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const late = AbortSignal.timeout(endedMsMax);
      await once(child, 'exit', { signal: late }).catch(() => {
        throw new Error(`the server does not end by itself; it printed:\n${this.output}`);
      });
    }
    this.#process = undefined;
    return child.exitCode ?? child.signalCode;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** The processes whose parent is the server: the engine's. */
  children(): number[] {
    const tasks = readdirSync(`/proc/${this.pid}/task`);
    return tasks.flatMap((task) => {
      const text = readFileSync(`/proc/${this.pid}/task/${task}/children`, 'utf8').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    });
  }

  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    if (child === undefined) return null;
    this.#process = undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  async ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.base + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Resolves when nothing acknowledged is waiting to be counted. Rejects when the queue gets no shorter for too long. */
  async drained(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    let deadline = Date.now() + drainedMsMax;
    for (;;) {
      const queue = await this.ask<{ queueLength: number }>('/api/v1/queue').catch(() => undefined);
      if (queue?.queueLength === 0) return;
      if (queue !== undefined && queue.queueLength < shortest) {
        shortest = queue.queueLength;
        deadline = Date.now() + drainedMsMax;
      }
      if (Date.now() > deadline)
        throw new Error(
          `the queue does not drain: ${JSON.stringify(queue)}; the server printed:\n${this.output}`,
        );
      await sleep(50);
    }
  }
}

export class LoadClient {
  readonly #process: ChildProcess;
  #complaint = '';

  constructor(base: string, ledger: string, name: string, loops = 8, eventsMax = 40) {
    this.#process = spawn(
      process.execPath,
      [client, base, writeKey, ledger, name, String(loops), String(eventsMax), String(pace())],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString();
    });
  }

  /** Lets what is under way finish; rejects when the client met an answer that it should never get. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
    if (this.#process.exitCode !== 0)
      throw new Error(`the client ended with ${this.#process.exitCode}: ${this.#complaint}`);
  }
}

export interface Ledger {
  readonly sent: Set<string>;
  readonly acknowledged: Set<string>;
}

export async function readLedger(path: string): Promise<Ledger> {
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.startsWith('+')) sent.add(line.slice(1));
    else if (line.startsWith('=')) acknowledged.add(line.slice(1));
  }
  return { sent, acknowledged };
}

export interface Verdict {
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
  readonly phantom: number;
}

/** Holds what is stored (one entry a row) against what was acknowledged. */
export function judge(ledger: Ledger, stored: Iterable<string>): Verdict {
  const seen = new Set<string>();
  let rows = 0;
  let doubled = 0;
  let phantom = 0;
  for (const id of stored) {
    rows++;
    if (seen.has(id)) doubled++;
    seen.add(id);
    if (!ledger.sent.has(id)) phantom++;
  }
  let lost = 0;
  for (const id of ledger.acknowledged) if (!seen.has(id)) lost++;
  return { acknowledged: ledger.acknowledged.size, stored: rows, lost, doubled, phantom };
}
