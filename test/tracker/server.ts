/** A whole server in this process, in memory, and a proxy in front of it that misbehaves as a test wants. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { openSystem } from '../../src/system.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

export const keys = {
  write: 'write-key-of-a-test',
  read: 'read-key-of-a-test',
  admin: 'admin-key-of-a-test',
};

export interface Opened {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
  /** How many events are countable, once they are `wanted` or five seconds have passed. */
  count(wanted: number): Promise<number>;
}

export async function openMillrace(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-tracker-'));
  const config = loadConfig({
    PORT: '0',
    MILLRACE_DATA: directory,
    MILLRACE_LOG: 'memory:',
    MILLRACE_STORE: 'memory:',
    MILLRACE_WRITE_KEY: keys.write,
    MILLRACE_READ_KEY: keys.read,
    MILLRACE_ADMIN_KEY: keys.admin,
    ...settings,
  });
  const system = await openSystem(config, new Telemetry());
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= system.close();
    return closing;
  };
  t.after(async () => {
    await close();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    url: system.url,
    port: Number(new URL(system.url).port),
    close,
    count: (wanted) => count(system.url, wanted),
  };
}

async function count(url: string, wanted: number): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(`${url}/api/v1/analytics/summary?bots=include`, {
      headers: { authorization: `Bearer ${keys.read}` },
    });
    const { data } = (await response.json()) as { data: { totalEvents: number } };
    if (data.totalEvents >= wanted || attempt === 100) return data.totalEvents;
    await delay(50);
  }
}

/** What the proxy does with a request: answers by itself or never, or passes it on, and may keep the answer to itself. */
export type Behavior =
  | 'hang'
  | 'pass'
  | 'pass and hang up'
  | { readonly status: number; readonly retryAfter?: string };

export interface Proxy {
  readonly url: string;
  /** The requests that came, with their time in ms. */
  readonly requests: { readonly at: number; readonly encoding: string | undefined; readonly body: Buffer }[];
}

/** Its own behavior for each request in order; the last one goes on. */
export async function openProxy(
  t: TestContext,
  target: string,
  behaviors: readonly Behavior[],
): Promise<Proxy> {
  const requests: Proxy['requests'] = [];
  const server = createServer((request, response) => {
    const behavior = behaviors[Math.min(requests.length, behaviors.length - 1)]!;
    const seen = {
      at: performance.now(),
      encoding: request.headers['content-encoding'],
      body: Buffer.alloc(0),
    };
    requests.push(seen);
    void (async () => {
      seen.body = await buffer(request);
      await act(behavior, target, request, seen.body, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function act(
  behavior: Behavior,
  target: string,
  { url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  if (behavior === 'hang') return;
  if (typeof behavior === 'object') {
    response.writeHead(
      behavior.status,
      behavior.retryAfter === undefined ? {} : { 'retry-after': behavior.retryAfter },
    );
    response.end('busy');
    return;
  }
  const { authorization = '', 'content-type': type = '', 'content-encoding': encoding } = headers;
  const answer = await fetch(target + url, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': type,
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
    body: new Uint8Array(body),
  });
  const text = await answer.text();
  if (behavior === 'pass and hang up') response.destroy();
  else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
}
