/**
 * A real Redis on a free port of 127.0.0.1, with its data in a temporary folder. Without options it promises what a log needs:
 * an append-only file with an fsync before each answer, and no eviction. It ends with the process that started it.
 */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemProgram } from './programs.ts';
import { freePort, type ServerProcess, ServiceFolder, started } from './service-folder.ts';

export interface RedisOptions {
  readonly appendonly?: 'yes' | 'no';
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  readonly password?: string;
  /** Further lines of redis.conf; they win. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** SIGKILL, as a crash does. */
  kill(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const host = '127.0.0.1';

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = systemProgram('redis-server');
  if (program === undefined) throw new Error('Redis is not installed here (no redis-server)');
  const folder = new ServiceFolder('redis');
  const port = await freePort();
  const file = join(folder.path, 'redis.conf');
  const settings: Record<string, string> = {
    bind: host,
    port: String(port),
    dir: folder.path,
    daemonize: 'no',
    save: '""',
    appendonly: options.appendonly ?? 'yes',
    appendfsync: options.appendfsync ?? 'always',
    'maxmemory-policy': 'noeviction',
    ...(options.password === undefined ? {} : { requirepass: options.password }),
    ...options.settings,
  };
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  const password = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  let running: ServerProcess | undefined;
  const server: RedisServer = {
    host,
    port,
    url: `redis://${password}${host}:${port}`,
    stop: async () => running?.end('SIGTERM'),
    start: async () => {
      running = folder.start('redis', program, [file]);
      await started(folder, 'redis', running, () => answersPing(port));
    },
    kill: async () => running?.end('SIGKILL'),
    close: async () => {
      await server.kill();
      await folder.close();
    },
  };
  try {
    await server.start();
    return server;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** Any answer but "loading" will do: one that wants a password or TLS is up too. */
function answersPing(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.on('data', (answer) => {
      if (String(answer).startsWith('-LOADING')) return void socket.destroy(new Error('loading its data'));
      resolve();
      socket.destroy();
    });
  });
}
