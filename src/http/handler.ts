/**
 * All that is served, as one function of node:http's request and response: collect by its plain handler, everything else by the
 * app. Knows no socket, so that it serves where others listen too.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../clock.ts';
import type { SharedRates } from '../limits/limits.ts';
import type { PeopleParts } from '../people/people.ts';
import { Watching } from '../query/watching.ts';
import type { SharesParts } from '../shares/shares.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { buildApp } from './app.ts';
import { cameByTls, clientAddress } from './client-address.ts';
import { CollectRoute, type CollectStage, collectPath, collectRoute } from './collect-route.ts';
import type { ServerContext } from './context.ts';
import { type HouseParts, houseRoutes } from './house-routes.ts';
import type { HttpConfig } from './http-config.ts';
import type { KeyRing } from './key-ring.ts';
import { BodyBudget, RateLimiter } from './limits.ts';
import { openApiRoute } from './openapi-route.ts';
import { type OperationParts, operationRoutes } from './operation-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { planSchemaRoute } from './plan-schema-route.ts';
import { type QuestionStage, questionRoutes } from './question-routes.ts';
import type { Route } from './route.ts';
import { sampleSizeRoute } from './sample-size-route.ts';
import { type RemoveEvents, type SavedParts, savedRoutes } from './saved-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { shareRoutes } from './share-routes.ts';
import { sharedRoutes } from './shared-routes.ts';
import { type StreamParts, streamRoutes } from './stream-routes.ts';
import { StreamTickets } from './stream-tickets.ts';
import { Streams } from './streams.ts';

export interface HttpHandlerOptions {
  readonly config: HttpConfig;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Absent: this process does not collect. */
  readonly collect?: CollectStage;
  /** Absent: this process does not answer questions. */
  readonly questions?: QuestionStage;
  /** What this process does, for those who ask it for something else. */
  readonly roles?: readonly string[];
  readonly operations: OperationParts;
  readonly house: HouseParts;
  /** What people keep in projects; absent: this server does not hand it out. */
  readonly saved?: SavedParts['care'];
  readonly removeExperimentEvents?: RemoveEvents | undefined;
  /** Who may sign in; absent: nobody does here. */
  readonly people?: PeopleParts;
  /** Links to dashboards; absent: nothing is shared here. */
  readonly shares?: SharesParts;
  /** Absent: answers are not streamed. */
  readonly streams?: StreamingOptions;
  readonly newId?: () => string;
  /** Rates of other servers; absent: each server limits for itself. */
  readonly rates?: SharedRates;
}

export interface StreamingOptions {
  /** Where tickets wait. */
  readonly cache: Pick<Cache, 'get' | 'set'>;
  /** A stream is one answer and its end: for where processes live for seconds. */
  readonly once?: true;
}

export interface HttpHandler {
  readonly context: ServerContext;
  /** But for collect, which comes before them. */
  readonly routes: readonly Route[];
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** At once; none is opened any more. */
  endStreams(): void;
  close(): Promise<void>;
}

export async function openHandler(options: HttpHandlerOptions): Promise<HttpHandler> {
  const base = contextOf(options);
  const streaming = options.questions && options.streams && openStreaming(options, base);
  const context = streaming ? { ...base, tickets: streaming.tickets } : base;
  const routes = describedRoutesOf(options, streaming);
  const app = await buildApp(context, routes);
  const collect = options.collect && new CollectRoute(context, options.collect);
  return {
    context,
    routes,
    handle(request, response) {
      request.url = originForm(request.url);
      if (collect && isCollect(request.url)) void collect.handle(request, response);
      else app.routing(request, response);
    },
    endStreams: () => streaming?.streams.close(),
    async close() {
      streaming?.streams.close();
      context.keyLimit.close();
      context.addressLimit.close();
      await app.close();
    },
  };
}

function contextOf({
  config,
  keys,
  clock,
  telemetry,
  newId,
  rates,
  people,
}: HttpHandlerOptions): ServerContext {
  const monotonic = () => clock.monotonic();
  return {
    keys,
    clock,
    telemetry,
    newId: newId ?? randomUUID,
    keyLimit: new RateLimiter(config.requestsPerMinutePerKey, 'this key', monotonic, rates),
    addressLimit: new RateLimiter(config.requestsPerMinutePerAddress, 'this address', monotonic, rates),
    bodies: new BodyBudget(config.bodiesInFlightBytesMax),
    corsOrigins: config.corsOrigins.map((origin) => origin.toLowerCase()),
    ...(people && { sessions: people.sessions }),
    isSecure: (request) => cameByTls(request, config.trustProxy),
    address: (request) => clientAddress(request, config.trustProxy),
  };
}

function openStreaming(
  { config, questions, streams, clock, people }: HttpHandlerOptions,
  { keys, telemetry, newId }: ServerContext,
): StreamParts {
  const watching = new Watching({ questions: questions!, clock, intervalMs: config.streamIntervalMs });
  const { streamsMax, streamsPerKeyMax } = config;
  const monotonic = () => clock.monotonic();
  return {
    streams: new Streams({
      ...{ watching, keys, telemetry, monotonic, newId, streamsMax, streamsPerKeyMax },
      ...(people && { sessionHolds: (grant) => people.sessions.holds(grant) }),
    }),
    watching,
    tickets: new StreamTickets({ cache: streams!.cache, keys, clock, random: randomBytes }),
    clock,
    once: streams!.once ?? false,
  };
}

/** Every route that this process has, with the description of them all. */
export function describedRoutesOf(
  options: HttpHandlerOptions,
  streaming: StreamParts | undefined,
): readonly Route[] {
  const routes = [...routesOf(options), ...(streaming ? streamRoutes(streaming) : [])];
  return [...routes, openApiRoute(options.collect ? [collectRoute, ...routes] : routes)];
}

function routesOf({
  people,
  shares,
  keys,
  questions,
  operations,
  house,
  saved,
  removeExperimentEvents,
  clock,
}: HttpHandlerOptions): readonly Route[] {
  return [
    ...pageRoutes(shares?.guests),
    planSchemaRoute(),
    sampleSizeRoute(),
    ...operationRoutes(operations),
    ...(questions ? questionRoutes(questions, clock) : []),
    ...houseRoutes(house),
    ...(people
      ? [...sessionRoutes({ ...people, projects: () => keys.projects }), ...peopleRoutes(people.care)]
      : []),
    ...(saved
      ? savedRoutes({ care: saved, removeEvents: removeExperimentEvents, ...(questions && { questions }) })
      : []),
    ...(shares ? shareRoutes(shares.care) : []),
    ...(shares && questions ? sharedRoutes({ ...shares, questions }) : []),
  ];
}

/** `GET http://host/path` is as good as `GET /path`; a target that is neither is a path that nobody has. */
function originForm(url = '/'): string {
  if (url.startsWith('/')) return url;
  const path = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (path === undefined) return `/${encodeURIComponent(url)}`;
  return path.startsWith('/') ? path : `/${path}`;
}

function isCollect(url: string | undefined): boolean {
  return url === collectPath || (url?.startsWith(`${collectPath}?`) ?? false);
}
