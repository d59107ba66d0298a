/** Asks a server what its own description allows, and some that it does not: no answer of 500 and above, none that breaks its schema. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { keys, openBusyServer } from './busy-server.ts';
import { Described, type Document, type Operation } from './described.ts';
import { type Request, RequestMaker } from './requests.ts';

const askersMax = 8;

export interface Asking {
  readonly requests: number;
  readonly seed: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** They end what the others need, never end, or need files, which a store in memory has none of. */
const leftOut = new Set(['deleteProject', 'summaryStream', 'summaryStreamUnversioned', 'stream', 'backup']);

/** Need who signed in, a store with tables, or parameters that go together as no schema says. */
const byLuck = new Set([
  'session',
  'signIn',
  'signOut',
  'setPassword',
  'backfill',
  'sampleSize',
  'addPerson',
]);

/** 503 may be: a store that cannot now; what is promised is that nothing fails in a way that was not foreseen. */
const isFault = (status: number): boolean => status >= 500 && status !== 503;

/** What each operation was answered with. */
export async function askEverything(
  t: TestContext,
  { requests: numRuns, seed, settings = {} }: Asking,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const { url } = await openBusyServer(t, { MILLRACE_RETENTION_DAYS: '3650', ...settings });
  const described = new Described((await (await fetch(`${url}/api/openapi.json`)).json()) as Document);
  const operations = described.operations.filter(({ operationId }) => !leftOut.has(operationId));
  const maker = new RequestMaker(described);
  const told = new Map<string, Set<number>>();
  const broken = new Map<string, string>();
  const requests = fc.sample(maker.any(operations), { numRuns, seed }).values();
  const askOn = async (): Promise<void> => {
    for (const request of requests) {
      const { operationId } = request.operation;
      const response = await send(url, request);
      told.set(operationId, (told.get(operationId) ?? new Set()).add(response.status));
      const { message } = await fault(described, request, response);
      if (message !== undefined)
        broken.set(`${operationId} ${response.status}`, `${shown(request)}\n  ${message}`);
    }
  };
  await Promise.all(Array.from({ length: askersMax }, askOn));
  assert.deepEqual(
    [...broken].map(([what, how]) => `${what}: ${how}`),
    [],
  );
  // an id that is there is luck too
  const sure = operations.filter(({ path, operationId }) => !path.includes('{') && !byLuck.has(operationId));
  return new Map(sure.map(({ operationId }) => [operationId, told.get(operationId) ?? new Set()]));
}

async function fault(
  described: Described,
  request: Request,
  response: Response,
): Promise<{ readonly message?: string }> {
  try {
    assert.ok(!isFault(response.status), 'the server failed');
    await described.check(request.operation, response);
    return {};
  } catch (error) {
    return { message: (error as Error).message.slice(0, 1_000) };
  }
}

const shown = ({ operation, path, query, headers, body }: Request): string =>
  `${operation.method} ${path} ${JSON.stringify(query)} ${JSON.stringify(headers)} ${body?.slice(0, 500) ?? ''}`;

async function send(url: string, request: Request): Promise<Response> {
  const { operation, path, query, headers, contentType, body } = request;
  const search = new URLSearchParams(
    query.map(([name, value]): [string, string] => [name, value.toWellFormed()]),
  ).toString();
  return fetch(url + path + (search === '' ? '' : `?${search}`), {
    method: operation.method.toUpperCase(),
    headers: {
      authorization: `Bearer ${keyFor(operation)}`,
      ...headers,
      ...(contentType && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: Buffer.from(body) }),
  });
}

const keyFor = ({ scope }: Operation): string =>
  scope === 'write' ? keys.write : scope === 'read' ? keys.read : keys.admin;
