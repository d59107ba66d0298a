/**
 * A server with a directory of its own, an outside client, and the check at the end that all hazards share: nothing
 * acknowledged is lost, nothing doubled, nothing invented, rollups equal rows, and the server's own ledger balances.
 */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  adminKey,
  freePort,
  judge,
  LoadClient,
  readLedger,
  ServerUnderTest,
  type Verdict,
  writeKey,
} from './harness.ts';
import { type Stored, withStore } from './stored.ts';

export interface Scene {
  /** Holds everything of the test; the server's data is `data` below it. */
  readonly directory: string;
  readonly data: string;
  readonly ledgerPath: string;
  server(
    environment?: Readonly<Record<string, string>>,
    before?: readonly string[],
  ): Promise<ServerUnderTest>;
  /** A process that sends until it is stopped. */
  client(server: ServerUnderTest, name: string, loops?: number, eventsMax?: number): LoadClient;
  /** Run at the end, the last one first. */
  finally(task: () => unknown): void;
}

export function scene(t: TestContext): Scene {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-hazard-'));
  const tasks: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  t.after(async () => {
    for (const task of tasks.reverse()) await Promise.try(task).catch(() => {});
  });
  const data = join(directory, 'data');
  const ledgerPath = join(directory, 'client-ledger');
  return {
    directory,
    data,
    ledgerPath,
    async server(environment, before) {
      const server = new ServerUnderTest(data, await freePort(), environment, before);
      tasks.push(() => server.stop('SIGKILL'));
      return server;
    },
    client(server, name, loops, eventsMax) {
      const client = new LoadClient(server.base, ledgerPath, name, loops, eventsMax);
      tasks.push(() => client.stop().catch(() => {}));
      return client;
    },
    finally: (task) => tasks.push(task),
  };
}

export interface Queue {
  readonly queueLength: number;
  readonly status: string;
  readonly lagMs: number;
  readonly deadLetters: number | null;
  readonly ledger: Readonly<Record<string, number>> | null;
}

export interface Balanced extends Verdict {
  readonly ledger: Readonly<Record<string, number>>;
}

/** Waits until all is counted, stops the server in order and holds everything against the client's ledger. */
export async function settle(
  server: ServerUnderTest,
  { data, ledgerPath }: Pick<Scene, 'data' | 'ledgerPath'>,
  storeDirectory?: string,
): Promise<Balanced> {
  await server.drained();
  const all = '/api/v1/analytics/summary?from=2000-01-01&to=2040-12-31';
  const rolled = await server.ask<{ data: { totalEvents: number } }>(all);
  const exact = await server.ask<{ data: { totalEvents: number } }>(`${all}&exact=true`);
  const { ledger } = await server.ask<Queue>('/api/v1/queue');
  assert.ok(ledger !== null, 'the queue route has no ledger');
  assert.equal(await server.stop(), 0, `the server did not close in order:\n${server.output}`);
  const look = async (stored: Stored) => ({
    ids: await stored.ids(),
    differences: await stored.store.verifyRollups(),
  });
  const { ids, differences } = await withStore(data, look, storeDirectory);
  const verdict = judge(await readLedger(ledgerPath), ids);
  assert.deepEqual(differences, []);
  assert.equal(exact.data.totalEvents, verdict.stored);
  assert.equal(rolled.data.totalEvents, verdict.stored);
  const { accepted = 0, stored = 0, duplicates = 0, quarantined = 0, lost = 0, inFlight = 0 } = ledger;
  assert.equal(accepted, stored + duplicates + quarantined + lost + inFlight);
  assert.equal(stored, verdict.stored);
  return { ...verdict, ledger };
}

export function assertExact(verdict: Verdict): void {
  assert.ok(verdict.acknowledged > 0, 'the client got no acknowledgement at all');
  const { lost, doubled, phantom } = verdict;
  assert.deepEqual({ lost, doubled, phantom }, { lost: 0, doubled: 0, phantom: 0 });
}

export interface Reply {
  /** 0: no whole answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const requestTimeoutMs = 30_000;

/** One request to collect; never rejects. */
export function collect(
  base: string,
  body: unknown,
  options: { readonly key?: string; readonly timeoutMs?: number } = {},
): Promise<Reply> {
  return exchange(
    base,
    'POST',
    '/api/collect',
    options.key ?? writeKey,
    JSON.stringify(body),
    options.timeoutMs,
  );
}

/** Sends events as `collect` does and keeps the client's ledger about them. */
export async function collectNoted(
  base: string,
  ledgerPath: string,
  events: readonly { readonly eventId: string }[],
): Promise<Reply> {
  const lines = (mark: string) => events.map(({ eventId }) => `${mark}${eventId}\n`).join('');
  appendFileSync(ledgerPath, lines('+'));
  const reply = await collect(base, events);
  if (reply.status === 202) appendFileSync(ledgerPath, lines('='));
  return reply;
}

export function get(base: string, path: string, key = adminKey): Promise<Reply> {
  return exchange(base, 'GET', path, key);
}

function exchange(
  base: string,
  method: string,
  path: string,
  key: string,
  body?: string,
  timeoutMs = requestTimeoutMs,
): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const none: Reply = { status: 0, headers: {}, body: '' };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' };
  const sent = request(base + path, { method, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('error', () => resolve(none));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
    );
  });
  sent.setTimeout(timeoutMs, () => sent.destroy());
  sent.on('error', () => resolve(none));
  sent.end(body);
  return promise;
}
