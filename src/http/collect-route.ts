/**
 * POST /api/collect as a plain handler of node:http, before the framework: this is the hot path. In order: preflight or method,
 * key, parameters, rate, body, the collect stage, one answer as one string. Pages of any origin may call it; a key can be bound
 * to origins.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Collector, CollectResult } from '../collect/collect.ts';
import { bodyBytesMax } from '../collect/limits.ts';
import type { Arriving } from '../collect/read-body.ts';
import { failure } from '../errors.ts';
import { authorize } from './access.ts';
import type { ServerContext } from './context.ts';
import type { Grant } from './key-ring.ts';
import type { HeldBytes } from './limits.ts';
import { collectDescription } from './openapi/operation-descriptions.ts';
import { type ProblemAnswer, problemAnswer } from './problem.ts';
import { requestIdOf } from './request-id.ts';

export const collectPath = '/api/collect';

/** What the API's description says of this route, which is none of the framework's. */
export const collectRoute = {
  method: 'POST',
  path: collectPath,
  scope: 'write',
  describe: collectDescription,
} as const;

/** What this route needs of the collect stage. */
export type CollectStage = Pick<Collector, 'readBody' | 'collect'>;

interface Answer extends ProblemAnswer {
  readonly outcome?: CollectResult;
  readonly bytes?: number;
}
type Headers = Readonly<Record<string, string>>;

/** Browsers ask again after this, or after two hours if that is less. */
const preflightSeconds = 86_400;
/** Authorization headers whose grants are remembered. */
const grantsMax = 1_000;
const anyOrigin = { 'access-control-allow-origin': '*' };

export class CollectRoute {
  readonly #context: ServerContext;
  readonly #stage: CollectStage;
  readonly #grants = new Map<string, Grant>();
  /** The generation of the keys that `#grants` was found in. */
  #grantsOf = -1;

  constructor(context: ServerContext, stage: CollectStage) {
    this.#context = context;
    this.#stage = stage;
  }

  /** Answers the request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, keys, newId, bodies } = this.#context;
    const startedAt = clock.monotonic();
    const requestId = requestIdOf(request, newId);
    if (request.method === 'OPTIONS') return preflight(response, requestId);
    const held = bodies.open();
    let cors: Headers = anyOrigin;
    let answer: Answer;
    try {
      if (request.method !== 'POST') throw methodNotAllowed(request);
      const grant = this.#authorize(request);
      cors = corsOf(request, grant);
      const client = this.#admit(request, grant);
      const { generation } = keys;
      const body = await this.#stage.readBody(request, holdArriving(request, held));
      held.growTo(body.byteLength);
      // a body may take long to arrive; a key that was revoked meanwhile opens nothing any more
      if (keys.generation !== generation) this.#authorize(request);
      const outcome = await this.#stage.collect({
        project: grant.project,
        receivedAt: clock.now(),
        contentType: request.headers['content-type'],
        body,
        address: client,
        userAgent: request.headers['user-agent'],
      });
      answer = this.#outcomeAnswer(outcome, request, requestId, body.byteLength);
    } catch (error) {
      answer = this.#errorAnswer(error, request, requestId);
    }
    held.release();
    if (!response.destroyed) send(response, requestId, answer, cors);
    this.#publish(answer, clock.monotonic() - startedAt);
  }

  /** Parameters and rates; gives the client's address. */
  #admit(request: IncomingMessage, grant: Grant): string {
    const { keyLimit, addressLimit, address } = this.#context;
    refuseParameters(request.url ?? '');
    const client = address(request);
    keyLimit.take(grant.keyId);
    addressLimit.take(client);
    return client;
  }

  /** As `authorize`; what a header opens is remembered until the keys change, since hashing a key costs a small request much. */
  #authorize(request: IncomingMessage): Grant {
    const { keys } = this.#context;
    const { authorization, origin } = request.headers;
    if (authorization === undefined || origin !== undefined) return authorize(request, keys, 'write');
    if (this.#grantsOf !== keys.generation) {
      this.#grants.clear();
      this.#grantsOf = keys.generation;
    }
    const known = this.#grants.get(authorization);
    if (known !== undefined) return known;
    const grant = authorize(request, keys, 'write');
    if (this.#grants.size < grantsMax) this.#grants.set(authorization, grant);
    return grant;
  }

  #outcomeAnswer(outcome: CollectResult, request: IncomingMessage, requestId: string, bytes: number): Answer {
    const { accepted, rejected, results } = outcome;
    if (accepted > 0) {
      const said = results.length === 0 ? '' : JSON.stringify(results).slice(1, -1);
      const body = `{"accepted":${accepted},"rejected":${rejected},"results":[${said}]}`;
      return { status: 202, headers: jsonType, body, outcome, bytes };
    }
    const said = { accepted, rejected, results };
    const error = rejected > 0 ? failure('no_valid_event', { rejected }) : failure('body_empty', {});
    return { ...problemAnswer(error, this.#problemContext(request, requestId), said), outcome, bytes };
  }

  #errorAnswer(error: unknown, request: IncomingMessage, requestId: string): Answer {
    if (request.destroyed && !request.complete) return goneAway;
    return problemAnswer(error, this.#problemContext(request, requestId));
  }

  #problemContext(request: IncomingMessage, requestId: string) {
    const { telemetry } = this.#context;
    return { requestId, method: request.method ?? '', path: collectPath, telemetry };
  }

  #publish(answer: Answer, durationMs: number): void {
    const { telemetry } = this.#context;
    if (!telemetry.listened('collect.request')) return;
    telemetry.publish('collect.request', {
      status: answer.status,
      durationMs,
      accepted: answer.outcome?.accepted ?? 0,
      rejected: answer.outcome?.rejected ?? 0,
      bytes: answer.bytes ?? 0,
    });
  }
}

/**
 * The body's bytes are held against the budget for as long as the work takes: all of it at once when its length is known, else as
 * it arrives.
 */
function holdArriving({ headers }: IncomingMessage, held: HeldBytes): Arriving | undefined {
  const length = headers['content-length'];
  if (length === undefined) return (bytes) => held.growTo(bytes);
  held.growTo(Math.min(Number(length), bodyBytesMax));
  return undefined;
}

/** The client left before its request was whole; nobody reads this. */
const goneAway: Answer = { status: 499, headers: {}, body: '' };
const commonHeaders = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['access-control-expose-headers', 'x-request-id, retry-after'],
].flat();
const jsonType = { 'content-type': 'application/json; charset=utf-8' };

/** Names and values in turn, which Node writes without making objects of them. */
function send(
  response: ServerResponse,
  requestId: string,
  { status, headers, body }: Answer,
  cors: Headers,
): void {
  const lines = [
    ...commonHeaders,
    'content-length',
    String(Buffer.byteLength(body)),
    'x-request-id',
    requestId,
  ];
  for (const name in headers) lines.push(name, headers[name]!);
  for (const name in cors) lines.push(name, cors[name]!);
  response.writeHead(status, lines);
  response.end(body);
}

/** A preflight carries no key, so it is open; the call itself is checked. */
function preflight(response: ServerResponse, requestId: string): void {
  response.writeHead(204, {
    ...anyOrigin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-type, content-encoding, x-request-id',
    'access-control-max-age': String(preflightSeconds),
    'x-request-id': requestId,
  });
  response.end();
}

function corsOf(request: IncomingMessage, grant: Grant): Readonly<Record<string, string>> {
  const origin = request.headers.origin;
  if (grant.origins.length === 0) return anyOrigin;
  return origin === undefined
    ? { vary: 'origin' }
    : { 'access-control-allow-origin': origin, vary: 'origin' };
}

function methodNotAllowed(request: IncomingMessage) {
  return failure('method_not_allowed', {
    method: request.method ?? '',
    path: collectPath,
    allowed: 'POST, OPTIONS',
  });
}

/** `key` may stand there, once, and nothing else. */
function refuseParameters(url: string): void {
  const start = url.indexOf('?');
  if (start < 0) return;
  const names = [...new URLSearchParams(url.slice(start)).keys()];
  const unknown = names.find((name) => name !== 'key');
  if (unknown !== undefined)
    throw failure('request_invalid', {
      detail: `there is no parameter ${unknown.slice(0, 100)} here; it takes key`,
    });
  if (names.length > 1)
    throw failure('request_invalid', { detail: 'the parameter key is given more than once' });
}
