/** The two sides of a measurement as processes: this system's server on a fresh directory, and the bare server. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { adminKey, freePort, ServerUnderTest, sleep } from '../test/hazards/harness.ts';
import { cpuSecondsOf, memoryOf } from './system-reads.ts';

const earlyPollMs = 100;

export interface Measured {
  readonly port: number;
  /** User and system time of all its processes so far. */
  cpuSeconds(): number;
}

export class MillraceServer implements Measured {
  readonly port: number;
  readonly server: ServerUnderTest;

  private constructor(port: number, server: ServerUnderTest) {
    this.port = port;
    this.server = server;
  }

  /** `environment`: settings besides the usual ones. `MILLRACE_LOG_LEVEL` stays what users get. */
  static async open(
    directory: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<MillraceServer> {
    const port = await freePort();
    // flags for Node itself, so that a candidate can be tried without a change of the code
    const node = process.env.BENCH_NODE_OPTIONS;
    const server = new ServerUnderTest(join(directory, 'data'), port, {
      ...environment,
      ...(node !== undefined && { NODE_OPTIONS: node }),
    });
    server.start();
    await readyOrEnded(server);
    return new MillraceServer(port, server);
  }

  pids(): { readonly name: string; readonly pid: number }[] {
    const engines = this.server.children().map((pid) => ({ name: 'engine', pid }));
    return [{ name: 'server', pid: this.server.pid }, ...engines];
  }

  cpuSeconds(): number {
    return this.pids().reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0);
  }

  memory(): { residentBytes: number; anonymousBytes: number; byProcess: string } {
    const each = this.pids().map(({ name, pid }) => ({ name, ...memoryOf(pid) }));
    return {
      residentBytes: each.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
      anonymousBytes: each.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0),
      byProcess: each
        .map(({ name, residentBytes }) => `${name} ${Math.round(residentBytes / 1e6)}`)
        .join(' + '),
    };
  }

  async close(): Promise<void> {
    await this.server.stop();
  }
}

/** Rejects when the server ends by itself, with what it printed. */
async function readyOrEnded(server: ServerUnderTest): Promise<void> {
  let isReady = false;
  const ended = async () => {
    while (server.running && !isReady) await sleep(earlyPollMs);
    if (!isReady) throw new Error(`the server ended; it printed:\n${server.output}`);
  };
  await Promise.race([server.ready(), ended()]).finally(() => {
    isReady = true;
  });
}

/** A baseline in a process of its own that says when it listens and ends with its channel. */
export class BaselineServer implements Measured {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#process = child;
  }

  /** The bare server of node:http. */
  static bare(directory: string): Promise<BaselineServer> {
    return BaselineServer.#open('bare-server.ts', (port) => [String(port), join(directory, 'bare.log')]);
  }

  /** This system's intake without what comes after it. */
  static intake(directory: string): Promise<BaselineServer> {
    return BaselineServer.#open('intake-server.ts', (port) => [
      join(directory, 'intake'),
      String(port),
      adminKey,
    ]);
  }

  static async #open(entry: string, argumentsFor: (port: number) => string[]): Promise<BaselineServer> {
    const port = await freePort();
    const execArgv = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter((flag) => flag !== '');
    const path = join(import.meta.dirname, 'baselines', entry);
    const child = fork(path, argumentsFor(port), { execArgv });
    await once(child, 'message');
    return new BaselineServer(port, child);
  }

  cpuSeconds(): number {
    return cpuSecondsOf(this.#process.pid!);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
