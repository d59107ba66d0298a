/** The demo's server: the real one, as a process of its own, on the usual port or a free one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Keys {
  readonly write: string;
  readonly read: string;
  readonly admin: string;
}

export interface ServerOptions {
  readonly directory: string;
  readonly port: number;
  readonly keys: Keys;
}

export const program = join(import.meta.dirname, '../../src/cli/millrace.ts');
const startMsMax = 60_000;
const pollMs = 50;
const portUsual = 3000;

export class DemoServer {
  readonly url: string;
  /** Resolves with the exit code when the server ends, by whatever cause. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  readonly #keys: Keys;
  #signInUrl: string | undefined;

  private constructor({ directory, port, keys }: ServerOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.#keys = keys;
    this.#process = spawn(process.execPath, [program, 'serve'], {
      // a .env of the asker must not change the demo
      cwd: directory,
      env: { ...foreignEnvironment(), ...settings({ directory, port, keys }) },
      // its banner is the demo's to write; a terminal's Ctrl-C is ours to hand on, once
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    this.#process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#signInUrl ??= /http\S+\/sign-in#\S+/.exec(text)?.[0];
    });
    this.ended = once(this.#process, 'exit').then(([code]) => code as number | null);
    // nobody may be left behind when the demo itself dies of an error
    process.on('exit', () => this.#process.kill('SIGTERM'));
  }

  /** Resolves when it takes events and answers questions. Errors: when it ends first or takes longer than a minute. */
  static async start(options: ServerOptions): Promise<DemoServer> {
    const server = new DemoServer(options);
    let code: number | null | undefined;
    void server.ended.then((end) => {
      code = end;
    });
    for (const until = Date.now() + startMsMax; Date.now() < until; await delay(pollMs)) {
      if (code !== undefined) throw new Error(`the server ended with ${code}`);
      const ready = await fetch(`${server.url}/health/ready`).catch(() => undefined);
      if (ready?.ok) return server;
    }
    throw new Error(`the server is not ready after ${startMsMax / 1000} s`);
  }

  /** Signs in to the dashboard once; with a password set, the dashboard itself. */
  get dashboardUrl(): string {
    return this.#signInUrl ?? `${this.url}/`;
  }

  /** Asks with the admin key of the shop, or with another. Errors: an Error with the server's own words. */
  async call<T>(method: 'GET' | 'POST', path: string, body?: object, key = this.#keys.admin): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { detail?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.detail}`);
    return answer as T;
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.ended;
  }
}

/** The usual port when nothing listens there, else a free one. */
export async function choosePort(wanted = portUsual): Promise<number> {
  return (await listens(wanted)) ?? (await listens(0))!;
}

async function listens(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

function settings({ directory, port, keys }: ServerOptions): NodeJS.ProcessEnv {
  return {
    PORT: String(port),
    MILLRACE_DATA: directory,
    MILLRACE_WRITE_KEY: keys.write,
    MILLRACE_READ_KEY: keys.read,
    MILLRACE_ADMIN_KEY: keys.admin,
    MILLRACE_REPORT_LEVEL: 'error',
  };
}

/** The demo is the same wherever it is started: settings of other servers stay outside. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(MILLRACE_|PORT$|DB_|DATABASE_URL$|REDIS_|UPSTASH_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
