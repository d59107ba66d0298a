/**
 * A server that speaks the REST protocol of Upstash over a real Redis: `POST /` with one command as a JSON array, `/pipeline` and
 * `/multi-exec` with several; a bearer token; answers in base64 where the client asks for them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

export interface UpstashServer {
  readonly url: string;
  readonly token: string;
  /** What was asked, by the first word of the command or the path of several; for tests that count. */
  readonly asked: string[];
  /** Does what was asked of it this many times and then answers nothing, as a connection that breaks. */
  loseAnswers(count: number): void;
  /** Answers nothing until the function that it gives is called. */
  hang(): () => void;
  close(): Promise<void>;
}

type Item = { readonly result: unknown } | { readonly error: string };

const requestBytesMax = 10_000_000;

/** `redisUrl` is the Redis behind it. */
export async function startUpstash(redisUrl: string, token = 'test-token'): Promise<UpstashServer> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  const asked: string[] = [];
  let lost = 0;
  let hanging = Promise.resolve();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const body = await read(request);
    await hanging;
    if (request.headers.authorization !== `Bearer ${token}`)
      return send(401, { error: 'WRONGPASS invalid or missing auth token' });
    if (body.length > requestBytesMax) return send(400, { error: 'ERR max request size exceeded' });
    const encode = request.headers['upstash-encoding'] === 'base64' ? toBase64 : toText;
    const parsed = JSON.parse(body) as unknown[];
    asked.push(request.url === '/' ? String(parsed[0]) : (request.url ?? ''));
    const items = await run(redis, request.url ?? '/', parsed, encode);
    if (lost > 0) {
      lost--;
      return void response.destroy();
    }
    if (request.url !== '/') return send(200, items);
    const [item] = items;
    send(item !== undefined && 'error' in item ? 400 : 200, item);
  };

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(JSON.stringify({ error: `ERR ${error.message}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    asked,
    loseAnswers: (count) => {
      lost = count;
    },
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hanging = promise;
      return resolve;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      redis.disconnect();
    },
  };
}

async function run(
  redis: Redis,
  path: string,
  body: unknown[],
  encode: (value: unknown) => unknown,
): Promise<Item[]> {
  const one = async (command: unknown): Promise<Item> => {
    const [name, ...args] = command as (string | number)[];
    try {
      return { result: encode(await redis.callBuffer(String(name), ...args.map(String))) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  if (path === '/') return [await one(body)];
  if (path === '/pipeline') return await Promise.all(body.map(one));
  if (path !== '/multi-exec') return [{ error: `ERR there is no ${path}` }];
  const transaction = redis.multi();
  for (const [name, ...args] of body as (string | number)[][])
    transaction.call(String(name), ...args.map(String));
  const results = (await transaction.exec()) ?? [];
  return results.map(([error, result]) =>
    error === null ? { result: encode(result) } : { error: error.message },
  );
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function toText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toText);
  return Buffer.isBuffer(value) ? value.toString() : value;
}

/** `OK` is the one answer that the clients expect as it is. */
function toBase64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toBase64);
  if (typeof value === 'string') return value === 'OK' ? value : Buffer.from(value).toString('base64');
  if (!Buffer.isBuffer(value)) return value;
  return value.toString() === 'OK' ? 'OK' : value.toString('base64');
}
