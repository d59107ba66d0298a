/** A listening server on a free port, with a real catalog and the narrow stand-ins of the other stages that a test may change. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { apiRoutes } from '../../scripts/docs/api-routes.ts';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { CollectRequest, CollectResult } from '../../src/collect/collect.ts';
import { readBody } from '../../src/collect/read-body.ts';
import type { CollectStage } from '../../src/http/collect-route.ts';
import { type HttpConfig, httpSettings } from '../../src/http/http-config.ts';
import { KeyRing } from '../../src/http/key-ring.ts';
import { apiDocument } from '../../src/http/openapi/document.ts';
import type { QuestionStage } from '../../src/http/question-routes.ts';
import { HttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { firstStart } from '../../src/operations/first-start.ts';
import { ProjectCare } from '../../src/operations/project-care.ts';
import type { ReadinessReport } from '../../src/operations/readiness.ts';
import { makePeople, type PeopleParts } from '../../src/people/people.ts';
import type { Answer } from '../../src/query/wire.ts';
import { SavedNames } from '../../src/saved/names.ts';
import { SavedCare } from '../../src/saved/saved-care.ts';
import { readSettings } from '../../src/settings.ts';
import { makeShares } from '../../src/shares/shares.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { Described, type Document } from './openapi/described.ts';

export interface Opened {
  readonly server: HttpServer;
  readonly url: string;
  readonly keys: Readonly<Record<'write' | 'read' | 'admin', string>>;
  readonly care: ProjectCare;
  readonly ring: KeyRing;
  readonly catalog: SqliteCatalog;
  readonly people: PeopleParts;
  readonly stages: Stages;
  readonly notes: Signals['note'][];
  readonly telemetry: Telemetry;
  /** fetch on this server. `key` goes into the Authorization header. */
  call(path: string, options?: CallOptions): Promise<Response>;
}

export interface CallOptions extends Omit<RequestInit, 'body'> {
  readonly key?: string;
  /** Text and bytes as they are; anything else as JSON. */
  readonly body?: unknown;
}

/** What the stages do; a test replaces what it is about. */
export interface Stages {
  collect(request: CollectRequest): Promise<CollectResult>;
  ask: QuestionStage['ask'];
  tagged?: QuestionStage['tagged'];
  export: QuestionStage['export'];
  meaning?(plan: unknown): string;
  version(project: string): Promise<string>;
  removeExperiment(project: string, experimentId: string): Promise<number>;
  queue(): Promise<object>;
  readiness(): Promise<ReadinessReport>;
  quarantined: NonNullable<HttpServerOptions['operations']['quarantine']>['list'];
  removed: string[];
}

export async function openServer(
  context: TestContext,
  settings: Partial<HttpConfig> = {},
  environment: { write?: string; read?: string; admin?: string } = {},
  clock: Clock = systemClock,
): Promise<Opened> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-http-'));
  const telemetry = new Telemetry();
  const notes: Signals['note'][] = [];
  telemetry.subscribe('note', (note) => notes.push(note));
  const catalog = await SqliteCatalog.open({ path: join(directory, 'catalog.db'), random: randomBytes });
  const care = new ProjectCare({ catalog, random: randomBytes, now: Date.now });
  const { made } = await firstStart(care, []);
  const ring = await KeyRing.open({ catalog, telemetry, environment, pollIntervalMs: 10 });
  const stages = defaultStages();
  // scrypt at a cost that tests can bear
  const people = makePeople({ catalog, clock, random: randomBytes, telemetry, costLog2: 10 });
  const config = { ...readSettings(httpSettings, {}), port: 0, ...settings };
  const server = await HttpServer.open({
    ...partsOf(stages, care, ring),
    config,
    keys: ring,
    clock,
    telemetry,
    people,
    shares: makeShares({ catalog, passwords: people.passwords, clock, random: randomBytes, telemetry }),
    streams: { cache: new MemoryCache({ bytesMax: 1024 * 1024, clock: systemClock }) },
    removeExperimentEvents: (...asked) => stages.removeExperiment(...asked),
    saved: new SavedCare({
      saved: catalog.saved,
      now: Date.now,
      resolve: new SavedNames(catalog.saved).resolve,
    }),
  });
  context.after(async () => {
    await server.close();
    ring.close();
    await catalog.close();
    await rm(directory, { recursive: true });
  });
  const keys = Object.fromEntries(made.map(({ scope, secret }) => [scope, secret])) as Opened['keys'];
  const call = async (path: string, options: CallOptions = {}) => {
    const response = await fetch(server.url + path, toInit(options));
    await assertPromised(options.method ?? 'GET', path, response);
    return response;
  };
  return { server, url: server.url, keys, care, ring, catalog, people, stages, notes, telemetry, call };
}

let described: Described | undefined;

/** Every answer of JSON is what the API's description promises. */
async function assertPromised(method: string, path: string, response: Response): Promise<void> {
  described ??= new Described(apiDocument(apiRoutes()) as Document);
  const operation = described.find(method.toLowerCase(), path.split('?', 1)[0]!);
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  if (operation !== undefined && isJson) await described.check(operation, response.clone());
}

const answer: Answer = {
  data: { kind: 'summary', total: { events: 3, users: 2 }, groups: [{ value: 'pageview', events: 3 }] },
  meta: {
    approximate: false,
    error: 0,
    stale: false,
    asOf: '2026-03-01T12:00:00.000Z',
    cached: false,
    source: 'rows',
    rowsRead: 3,
    durationMs: 1,
  },
};

function defaultStages(): Stages {
  const ready = { status: 'ready' } as const;
  return {
    collect: async () => ({ accepted: 1, rejected: 0, results: [] }),
    ask: async () => answer,
    export: async function* () {},
    version: async () => '1',
    removeExperiment: async () => 0,
    queue: async () => ({
      queueLength: 0,
      status: 'ok',
      lagMs: 0,
      deadLetters: 0,
      timestamp: '2026-03-01T12:00:00.000Z',
      eventsPerSecond: 0,
      ledger: null,
      log: { bytes: 0, bytesMax: 0 },
      partitions: [],
    }),
    readiness: async () => ({
      status: 'ready',
      collecting: true,
      answering: true,
      parts: { log: ready, writer: ready, store: ready, catalog: ready },
    }),
    quarantined: async () => ({ items: [], total: 0 }),
    removed: [],
  };
}

function partsOf(stages: Stages, care: ProjectCare, ring: KeyRing) {
  const collect: CollectStage = {
    readBody: (source, arriving) => readBody(source, undefined, arriving),
    collect: (request) => stages.collect(request),
  };
  const questions: QuestionStage = {
    ask: (plan, asker) => stages.ask(plan, asker),
    tagged: async (plan, asker) =>
      stages.tagged?.(plan, asker) ?? { answer: await stages.ask(plan, asker), tag: 'tag' },
    export: (...asked) => stages.export(...asked),
    meaning: async (plan) => stages.meaning?.(plan) ?? JSON.stringify(plan),
    version: (project) => stages.version(project),
  };
  return {
    collect,
    questions,
    operations: {
      readiness: () => stages.readiness(),
      queue: () => stages.queue(),
      metrics: {
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: async () => 'millrace_up 1\n',
      },
      quarantine: {
        list: (query: Parameters<Stages['quarantined']>[0]) => stages.quarantined(query),
        item: async () => Promise.reject(new Error('not part of these tests')),
        replay: async () => ({
          replayed: 0,
          duplicates: 0,
          refused: 0,
          reasons: {},
          tooYoung: 0,
          elsewhere: 0,
        }),
        discard: async () => ({ discarded: 0, tooYoung: 0 }),
      },
    },
    house: {
      care,
      removeProject: async (id: string) => void stages.removed.push(id),
      keysChanged: () => ring.refresh(),
    },
  };
}

function toInit({ key, body, headers, ...rest }: CallOptions): RequestInit {
  const all = new Headers(headers);
  if (key !== undefined) all.set('authorization', `Bearer ${key}`);
  if (body === undefined) return { ...rest, headers: all };
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  if (!raw && !all.has('content-type')) all.set('content-type', 'application/json');
  return { ...rest, headers: all, body: raw ? (body as string) : JSON.stringify(body) };
}

/** Sends bytes as they are over one connection and gives all that comes back until it is closed. */
export function rawExchange(url: string, pieces: readonly (string | number)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (data) => {
    received += data;
  });
  socket.on('close', () => resolve(received));
  socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
  void (async () => {
    for (const piece of pieces) {
      if (typeof piece === 'number') await systemClock.sleep(piece);
      else if (!socket.destroyed) socket.write(piece);
    }
  })();
  return promise;
}

/** The body of an answer that must be a problem document of this status and code. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json')
    throw new Error(`${response.status} ${type}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
