/** A real server as a child process for tests of the command line: started with its own directory, ended and removed after the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../house/import-table.ts';

export const program = join(root, 'src', 'cli', 'millrace.ts');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningServer {
  readonly process: ChildProcess;
  readonly url: string;
  /** What `serve` printed on stdout. */
  readonly banner: string;
  readonly keys: { readonly write: string; readonly read: string; readonly admin: string };
  stderr(): string;
  /** Sends the signal and gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Fast to open: nothing of the log or the store outlives the process. The catalog is a file all the same. */
export const inMemory = { MILLRACE_LOG: 'memory:', MILLRACE_STORE: 'memory:' };

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs the program with nothing of this environment but PATH and HOME. The working directory is the data's, so no .env is found. */
export async function run(
  directory: string,
  args: readonly string[],
  settings: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], options(directory, settings));
  const output = gather(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: output.stdout(), stderr: output.stderr() };
}

export async function startServer(
  t: TestContext,
  directory: string,
  settings: NodeJS.ProcessEnv = inMemory,
): Promise<RunningServer> {
  const child = spawn(process.execPath, [program, 'serve'], options(directory, { PORT: '0', ...settings }));
  const output = gather(child);
  const closed = once(child, 'close') as Promise<[number | null]>;
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const url = await Promise.race([
    output.until(/listens on (http\S+)[\s\S]*Dashboard/),
    closed.then(([code]) => {
      throw new Error(`the server ended with ${code}: ${output.stderr()}`);
    }),
  ]);
  const key = (scope: string) => new RegExp(`^ {2}${scope} +(mr_\\S+)`, 'm').exec(output.stdout())?.[1] ?? '';
  return {
    process: child,
    url,
    banner: output.stdout(),
    keys: { write: key('write'), read: key('read'), admin: key('admin') },
    stderr: output.stderr,
    async stop(signal) {
      child.kill(signal);
      return (await closed)[0];
    },
  };
}

/** Asks again, for five seconds at most, until the answer is as wanted; gives the last one. */
export async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    if (holds(answer) || attempt === 200) return answer;
    await delay(25);
  }
}

function options(directory: string, settings: NodeJS.ProcessEnv) {
  const { PATH, HOME } = process.env;
  return { cwd: directory, env: { PATH, HOME, MILLRACE_DATA: join(directory, 'data'), ...settings } };
}

function gather(child: ChildProcess) {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  return {
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    /** Resolves with the first group once stdout matches. */
    async until(pattern: RegExp): Promise<string> {
      for (;;) {
        const found = pattern.exec(text.stdout)?.[1];
        if (found !== undefined) return found;
        await once(child.stdout!, 'data');
      }
    },
  };
}
