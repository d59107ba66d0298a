/**
 * All that is served, as one function of node:http's request and response: collect by its plain handler, everything else by the
 * app. Knows no socket, so that it serves where others listen too.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { SharedRates } from '../limits/limits.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { buildApp } from './app.ts';
import { clientAddress } from './client-address.ts';
import { CollectRoute, type CollectStage, collectPath, collectRoute } from './collect-route.ts';
import type { ServerContext } from './context.ts';
import { type HouseParts, houseRoutes } from './house-routes.ts';
import type { HttpConfig } from './http-config.ts';
import type { KeyRing } from './key-ring.ts';
import { BodyBudget, RateLimiter } from './limits.ts';
import { openApiRoute } from './openapi-route.ts';
import { type OperationParts, operationRoutes } from './operation-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { planSchemaRoute } from './plan-schema-route.ts';
import { type QuestionStage, questionRoutes } from './question-routes.ts';
import type { Route } from './route.ts';
import { type SavedParts, savedRoutes } from './saved-routes.ts';

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
  readonly newId?: () => string;
  /** Rates of other servers; absent: each server limits for itself. */
  readonly rates?: SharedRates;
}

export interface HttpHandler {
  readonly context: ServerContext;
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

export async function openHandler(options: HttpHandlerOptions): Promise<HttpHandler> {
  const context = contextOf(options);
  const app = await buildApp(context, describedRoutesOf(options));
  const collect = options.collect && new CollectRoute(context, options.collect);
  return {
    context,
    handle(request, response) {
      request.url = originForm(request.url);
      if (collect && isCollect(request.url)) void collect.handle(request, response);
      else app.routing(request, response);
    },
    async close() {
      context.keyLimit.close();
      context.addressLimit.close();
      await app.close();
    },
  };
}

function contextOf({ config, keys, clock, telemetry, newId, rates }: HttpHandlerOptions): ServerContext {
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
    address: (request) => clientAddress(request, config.trustProxy),
  };
}

/** Every route that this process has, with the description of them all. */
function describedRoutesOf(options: HttpHandlerOptions): readonly Route[] {
  const routes = routesOf(options);
  return [...routes, openApiRoute(options.collect ? [collectRoute, ...routes] : routes)];
}

function routesOf({ questions, operations, house, saved, clock }: HttpHandlerOptions): readonly Route[] {
  return [
    ...pageRoutes(),
    planSchemaRoute(),
    ...operationRoutes(operations),
    ...(questions ? questionRoutes(questions, clock) : []),
    ...houseRoutes(house),
    ...(saved ? savedRoutes({ care: saved, ...(questions && { questions }) }) : []),
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
