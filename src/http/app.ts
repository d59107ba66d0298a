/**
 * Every route but collect, on Fastify: finds the route, checks key, rate and parameters in that order, reads the JSON body,
 * calls the route, and turns what it gives or throws into an answer. Unknown paths are 404, known ones with another
 * method 405; both are problem documents like every other error.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { failure, isFailure } from '../errors.ts';
import type { Found } from '../people/sessions.ts';
import { authorize, type Right } from './access.ts';
import type { ServerContext } from './context.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { deprecationHeaders } from './deprecation.ts';
import type { Grant } from './key-ring.ts';
import { problemAnswer } from './problem.ts';
import { pathOf, requestIdOf } from './request-id.ts';
import { type Access, type Call, type Route, type RouteAnswer, readQuery } from './route.ts';
import { grantOf, projectParameter, sessionOf } from './session-access.ts';
import { sessionCookie } from './session-cookie.ts';
import type { Ticket } from './stream-tickets.ts';

/** A question or an order is small; only collect takes large bodies. */
export const jsonBytesMax = 1024 * 1024;
/** How long a streamed answer waits for a client that takes nothing. */
const streamIdleMsMax = 120_000;
/** Ids of projects and keys are shorter. */
const pathPartLengthMax = 200;

const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

declare module 'fastify' {
  interface FastifyRequest {
    grant: Grant | undefined;
    session: Found | undefined;
    ticket: Ticket | undefined;
    startedAt: number;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

export async function buildApp(context: ServerContext, routes: readonly Route[]): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: jsonBytesMax,
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request, context.newId),
    routerOptions: { maxParamLength: pathPartLengthMax },
    frameworkErrors: (error, request, reply) => {
      // of a request that no hook has seen
      reply.headers({ ...safeHeaders, 'x-request-id': request.id });
      return sendProblem(context, error, request, reply);
    },
  });
  app.decorateRequest('grant', undefined);
  app.decorateRequest('session', undefined);
  app.decorateRequest('ticket', undefined);
  app.decorateRequest('startedAt', 0);
  app.addHook('onRequest', async (request, reply) => {
    request.startedAt = context.clock.monotonic();
    reply.headers({
      ...safeHeaders,
      'x-request-id': request.id,
      ...corsHeaders(request.headers.origin, context.corsOrigins),
    });
  });
  app.addHook('onResponse', async (request, reply) => {
    publish(context, request, reply);
    tellChange(context, request, reply);
  });
  readJsonOnly(app);
  for (const route of routes) addRoute(app, context, route);
  const methodsOf = methodFinder(routes);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    // Fastify would close, and who still writes would miss the answer; Node takes the rest and drops it, as it does for collect
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') reply.removeHeader('connection');
    // what is wrong with the body of a request that nobody takes is nobody's matter
    return request.is404
      ? notFound(context, methodsOf(pathOf(request.url)), request, reply)
      : sendProblem(context, error, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    notFound(context, methodsOf(pathOf(request.url)), request, reply),
  );
  await app.ready();
  return app;
}

function addRoute(app: FastifyInstance, context: ServerContext, route: Route): void {
  app.route({
    method: route.method,
    url: route.path,
    config: { access: route.scope },
    exposeHeadRoute: route.streams !== true,
    // before the body is read: who has no key may not make us read one
    onRequest: async (request, reply) => {
      if (route.deprecated !== undefined) {
        reply.headers(deprecationHeaders(route.deprecated));
        context.telemetry.publish('http.deprecated', { method: request.method, route: route.path });
      }
      await admit(context, route, request, reply);
    },
    handler: async (request, reply) => {
      const answer = await route.handle({
        grant: request.grant,
        path: request.params as Record<string, string>,
        query: queryOf(route, request),
        body: request.body,
        accept: request.headers.accept,
        headers: request.headers,
        session: request.session,
        client: clientOf(context, request),
        signal: goneSignal(reply),
        count: (asker) => countFor(context, asker, request),
        ...(request.ticket && { ticket: request.ticket }),
      });
      reply.code(answer.status ?? 200).headers(headersOf(answer, reply));
      if (answer.isEmbeddable) reply.removeHeader('x-frame-options');
      if (answer.takeOver !== undefined) return handOver(reply, answer.takeOver);
      if (isKnown(request, answer)) return reply.code(304).send();
      if (typeof answer.body === 'string') return reply.send(answer.body);
      if (answer.body instanceof Readable) return reply.send(watched(answer.body, context, request, reply));
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
    },
  });
}

/** `Vary` grows: that of CORS stays. */
function headersOf({ headers = {} }: RouteAnswer, reply: FastifyReply): Readonly<Record<string, string>> {
  const vary = [reply.getHeader('vary'), headers.vary].filter((each) => typeof each === 'string');
  return vary.length === 0 ? headers : { ...headers, vary: vary.join(', ') };
}

/** Whether the client says that it has this very answer. */
function isKnown(
  { method, headers }: FastifyRequest,
  { status = 200, headers: own, body }: RouteAnswer,
): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || status !== 200 || own?.etag === undefined || !safeMethods.has(method))
    return false;
  const isKnown = known.split(',').some((tag) => sameTag(tag.trim(), own.etag!));
  if (isKnown && body instanceof Readable) body.destroy();
  return isKnown;
}

/** Weakly, as RFC 9110 has it for If-None-Match. */
const sameTag = (a: string, b: string): boolean =>
  a === '*' || a.replace(/^W\//, '') === b.replace(/^W\//, '');
const safeMethods = new Set(['GET', 'HEAD']);

/** The response is the route's own from here on. */
function handOver(reply: FastifyReply, takeOver: NonNullable<RouteAnswer['takeOver']>): FastifyReply {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
  takeOver(raw);
  return reply;
}

/** Of a session the project is the request's, whatever the route declares. */
function queryOf(
  { parameters = [] }: Route,
  { url, session }: FastifyRequest,
): Readonly<Record<string, string>> {
  if (parameters === 'any') return {};
  if (session === undefined || parameters.includes(projectParameter)) return readQuery(url, parameters);
  const { [projectParameter]: _, ...rest } = readQuery(url, [...parameters, projectParameter]);
  return rest;
}

const clientOf = (context: ServerContext, { raw }: FastifyRequest): Call['client'] => ({
  method: raw.method ?? 'GET',
  headers: raw.headers,
  isSecure: context.isSecure(raw),
  address: context.address(raw),
});

/** Finds who asks, and whether they may. Errors: unauthorized, forbidden, cross_site, rate_limited. */
async function admit(
  context: ServerContext,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (route.scope === 'open') return;
  const session =
    route.scope === 'write' || hasTicket(route, request) ? undefined : await sessionOf(request.raw, context);
  request.session = session;
  if (session?.newToken !== undefined)
    reply.header('set-cookie', sessionCookie(session.newToken, context.isSecure(request.raw)));
  if (route.scope === 'session') {
    if (session === undefined) throw failure('unauthorized', { detail: 'nobody is signed in' });
    context.keyLimit.take(session.person.id);
  } else if (session !== undefined) {
    request.grant = grantOf(session, request.raw, context, route.scope);
    context.keyLimit.take(request.grant.keyId);
  } else return checkKey(context, route, route.scope, request);
  context.addressLimit.take(context.address(request.raw));
}

/** Of the asker, then of the address. Errors: rate_limited. */
function countFor(context: ServerContext, asker: string, { raw }: FastifyRequest): void {
  context.keyLimit.take(asker);
  context.addressLimit.take(context.address(raw));
}

const hasTicket = ({ tickets }: Route, { url }: FastifyRequest): boolean =>
  tickets === true && ticketIn(url) !== null;

async function checkKey(
  context: ServerContext,
  route: Route,
  wanted: Right,
  request: FastifyRequest,
): Promise<void> {
  const ticket = route.tickets && request.headers.authorization === undefined ? ticketIn(request.url) : null;
  if (ticket && context.tickets) {
    request.ticket = await context.tickets.redeem(ticket);
    request.grant = request.ticket.grant;
  } else request.grant = authorize(request.raw, context.keys, wanted);
  context.keyLimit.take(request.grant.keyId);
  context.addressLimit.take(context.address(request.raw));
}

function ticketIn(url: string): string | null {
  const start = url.indexOf('?');
  return start < 0 ? null : new URLSearchParams(url.slice(start)).get('ticket');
}

/** Aborts when the client goes away before its answer was written. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** A stream that fails is told of, and one that nobody takes any more is ended. */
function watched(
  body: Readable,
  { telemetry }: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Readable {
  const { socket } = reply.raw;
  const giveUp = () => reply.raw.destroy();
  // where functions serve there is a response without a real socket
  if (socket instanceof Socket) {
    socket.setTimeout(streamIdleMsMax, giveUp);
    body.once('close', () => socket.setTimeout(0).off('timeout', giveUp));
  }
  body.once('error', (error) => {
    if (isFailure(error, 'question_cancelled') || reply.raw.destroyed) return;
    const message = `an answer broke off: ${error.message}`;
    telemetry.publish('note', { level: 'warn', message, fields: { requestId: request.id } });
  });
  return body;
}

function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity')
        throw failure('request_invalid', { detail: 'the body must come without a content encoding here' });
      if (body.length === 0) return undefined;
      try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
      } catch (error) {
        throw failure(
          'body_malformed',
          { detail: `the body is not JSON: ${(error as Error).message}` },
          error,
        );
      }
    },
  );
}

/** Which methods a path takes; undefined when there is no such path. */
function methodFinder(routes: readonly Route[]): (path: string) => readonly string[] | undefined {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: string[] }>();
  for (const { path, method, streams } of routes) {
    const entry = known.get(path) ?? {
      pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
      methods: [],
    };
    entry.methods.push(...(method === 'GET' && !streams ? ['GET', 'HEAD'] : [method]));
    known.set(path, entry);
  }
  return (path) => [...known.values()].find(({ pattern }) => pattern.test(path))?.methods;
}

function notFound(
  context: ServerContext,
  methods: readonly string[] | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = pathOf(request.url).slice(0, pathPartLengthMax);
  if (methods === undefined)
    return sendProblem(
      context,
      failure('not_found', { detail: `there is nothing at ${path}` }),
      request,
      reply,
    );
  const allowed = [...methods, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS')
    return reply
      .code(204)
      .headers({ allow: allowed, ...preflightHeaders(request.headers.origin, context.corsOrigins, methods) })
      .send();
  return sendProblem(
    context,
    failure('method_not_allowed', { method: request.method, path, allowed }),
    request,
    reply,
  );
}

function sendProblem(
  context: ServerContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = {
    requestId: request.id,
    method: request.method,
    path: pathOf(request.url),
    telemetry: context.telemetry,
  };
  const { status, headers, body } = problemAnswer(fromFramework(thrown, request), problem);
  // as bytes: to text Fastify would add a charset, which application/problem+json does not have
  return reply.code(status).headers(headers).send(Buffer.from(body));
}

/** Fastify's own errors in our words; everything else as it is. */
function fromFramework(thrown: unknown, request: FastifyRequest): unknown {
  if (isFailure(thrown) || !(thrown instanceof Error)) return thrown;
  // the client left before its request was whole; nobody reads this answer
  if (request.raw.destroyed && !request.raw.complete) return failure('question_cancelled', {}, thrown);
  const { code, statusCode } = thrown as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return failure('body_too_large', { limit: 'body', bytesMax: jsonBytesMax });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return failure('media_type_unsupported', {
        contentType: JSON.stringify((request.headers['content-type'] ?? '').slice(0, 100)),
        allowed: 'application/json',
      });
    default:
      return code?.startsWith('FST_ERR_') && statusCode !== undefined && statusCode < 500
        ? failure('request_invalid', { detail: thrown.message }, thrown)
        : thrown;
  }
}

function publish({ telemetry, clock }: ServerContext, request: FastifyRequest, reply: FastifyReply): void {
  if (!telemetry.listened('http.request')) return;
  telemetry.publish('http.request', {
    method: request.method,
    route: request.routeOptions.url ?? 'unknown',
    status: reply.statusCode,
    durationMs: clock.monotonic() - request.startedAt,
  });
}

const told: ReadonlySet<unknown> = new Set(['edit', 'admin', 'session']);

/** Who changed what: said of every change that was made, never with what was sent. */
function tellChange(
  { telemetry }: ServerContext,
  request: FastifyRequest,
  { statusCode }: FastifyReply,
): void {
  const { method, grant, session, routeOptions } = request;
  if (safeMethods.has(method) || statusCode >= 400 || !told.has(routeOptions.config.access)) return;
  const who = session?.person.id ?? grant?.keyId;
  const fields = { who, method, path: pathOf(request.url), ...(grant && { project: grant.project }) };
  telemetry.publish('note', { level: 'info', message: 'a change was made', fields });
}
