/**
 * A temporary folder and the server processes that live in it. Both go when the process that made them ends, however it ends: a
 * guard (a shell in a session of its own) waits on a pipe from us, and the end of that pipe is its word to kill and clear away.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, closeSync as closeFile, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** PostgreSQL ends itself and its children on QUIT; what is left after 6 s is killed. Its System V segment outlives a SIGKILL. */
const guardScript = `
trap '' INT TERM HUP
cat >/dev/null
for file in "$1"/*.pid; do [ -f "$file" ] && kill -QUIT "$(cat "$file")" 2>/dev/null; done
for file in "$1"/*.pid; do
  [ -f "$file" ] || continue
  tries=0
  while kill -0 "$(cat "$file")" 2>/dev/null && [ $tries -lt 120 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -KILL "$(cat "$file")" 2>/dev/null
done
[ -f "$1/data/postmaster.pid" ] && ipcrm -m "$(sed -n 7p "$1/data/postmaster.pid" | tr -s ' ' | sed 's/.* //')" 2>/dev/null
rm -rf "$1" || { sleep 0.5; rm -rf "$1"; }
`;

/** The shell writes its own process id, then becomes the server: there is no moment in which the guard does not know it. */
const serverScript = 'echo $$ >"$0" && exec "$@"';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface ServerProcess {
  readonly pid: number;
  /** Undefined while it runs. */
  exit(): string | undefined;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export class ServiceFolder {
  readonly path: string;
  readonly #owner: Owner | undefined;
  readonly #guard: ChildProcess;

  constructor(name: string, owner?: Owner) {
    this.path = mkdtempSync(join(tmpdir(), `millrace-${name}-`));
    this.#owner = owner;
    if (owner !== undefined) chownSync(this.path, owner.uid, owner.gid);
    this.#guard = spawn('/bin/sh', ['-c', guardScript, 'guard', this.path], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#guard.unref();
    (this.#guard.stdin as unknown as { unref(): void }).unref();
  }

  /** Runs a program to its end, as the folder's owner. Throws with what it said. */
  run(program: string, args: readonly string[]): void {
    try {
      execFileSync(program, args, { cwd: this.path, ...this.#owner, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stderr } = error as { stderr?: Buffer };
      throw new Error(`${program} failed: ${stderr?.toString().trim() || (error as Error).message}`);
    }
  }

  /** Starts a server in the foreground; what it prints goes to `<name>.log`. It does not keep our process alive. */
  start(name: string, program: string, args: readonly string[]): ServerProcess {
    const pidFile = join(this.path, `${name}.pid`);
    const output = openSync(join(this.path, `${name}.log`), 'a');
    const child = spawn('/bin/sh', ['-c', serverScript, pidFile, program, ...args], {
      detached: true,
      cwd: this.path,
      ...this.#owner,
      stdio: ['ignore', output, output],
    });
    closeFile(output);
    child.unref();
    let exit: string | undefined;
    const exited = new Promise<void>((resolve) => {
      child.on('exit', (code, signal) => {
        exit = signal ?? `code ${code}`;
        rmSync(pidFile, { force: true });
        resolve();
      });
    });
    return {
      pid: child.pid!,
      exit: () => exit,
      end: async (signal) => {
        child.ref();
        if (exit === undefined) child.kill(signal);
        await exited;
      },
    };
  }

  /** The last lines that a server printed. */
  printed(name: string): string {
    return readFileSync(join(this.path, `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .slice(-5)
      .join('\n');
  }

  /** Ends what still runs in it and removes it. */
  async close(): Promise<void> {
    if (this.#guard.exitCode !== null) return;
    const exited = new Promise((resolve) => this.#guard.on('exit', resolve));
    this.#guard.ref();
    this.#guard.stdin!.destroy();
    await exited;
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const startMsMax = 30_000;

/** Polls until `answers` resolves. Throws when the server ends before, or after 30 s. */
export async function started(
  folder: ServiceFolder,
  name: string,
  server: ServerProcess,
  answers: () => Promise<unknown>,
): Promise<void> {
  const until = Date.now() + startMsMax;
  for (;;) {
    try {
      await answers();
      return;
    } catch (error) {
      if (server.exit() !== undefined)
        throw new Error(`${name} ended with ${server.exit()}: ${folder.printed(name)}`);
      if (Date.now() > until)
        throw new Error(`${name} does not answer: ${(error as Error).message}; ${folder.printed(name)}`);
    }
    await delay(25);
  }
}
