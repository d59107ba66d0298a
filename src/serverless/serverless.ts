/**
 * Millrace as functions of Request and Response, for route files of Next.js, Vercel and their like. An instance opens log, store and catalog
 * when it is first asked, and keeps them for the next request; nothing happens on import.
 *
 * No writer runs beside it: `processEvents`, called by a scheduler, brings what waits in the log into the store, one pass at a time. Passes
 * may overlap: each takes the partitions that no other has.
 */
import type { Config } from '../config.ts';
import { failure } from '../errors.ts';
import type { HttpHandler } from '../http/handler.ts';
import { problemAnswer } from '../http/problem.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { DrainReport } from '../writer/drain.ts';
import { authorizeCron } from './cron.ts';
import { answerWeb } from './web.ts';

/** What system/serverless-system.ts opens. */
export interface ServerlessSystem {
  readonly handler: HttpHandler;
  /** Brings what waits into the store for at most so long. */
  pass(timeMs: number): Promise<DrainReport>;
  queue(): Promise<QueueLook>;
  close(): Promise<void>;
}

export interface QueueLook {
  /** Events that are accepted and not countable yet; null while the store cannot say. */
  readonly queueLength: number | null;
  readonly status: 'ok' | 'warning';
  readonly timestamp: string;
  readonly partitions: readonly { readonly partition: number; readonly waiting: number }[];
}

export interface MillraceParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly open: () => Promise<ServerlessSystem>;
  readonly newId: () => string;
}

export interface Millrace {
  /** POST and OPTIONS of events: /api/collect. */
  collect(request: Request): Promise<Response>;
  /** Any other path of the API, as the server has it: /api/v1/… */
  handle(request: Request): Promise<Response>;
  /** GET or POST by the scheduler: /api/cron/process-events. */
  processEvents(request: Request): Promise<Response>;
  /** GET by the scheduler, or whoever has its secret: /api/cron/queue-status. */
  queueStatus(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export function makeMillrace(parts: MillraceParts): Millrace {
  let opening: Promise<ServerlessSystem> | undefined;
  /** What could not be opened is tried again by the next request. */
  const opened = (): Promise<ServerlessSystem> => {
    opening ??= parts.open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const answered = async (request: Request, work: () => Promise<Response>): Promise<Response> => {
    try {
      return await work();
    } catch (error) {
      return problem(error, request, parts);
    }
  };
  const serve = (request: Request, path: string): Promise<Response> =>
    answered(request, async () => {
      const { handler } = await opened();
      return answerWeb((req, res) => handler.handle(req, res), request, path, addressOf(request));
    });
  const cron = (request: Request, work: (system: ServerlessSystem) => Promise<Response>): Promise<Response> =>
    answered(request, async () => {
      if (request.method !== 'GET' && request.method !== 'POST') {
        const { method, url } = request;
        throw failure('method_not_allowed', { method, path: new URL(url).pathname, allowed: 'GET, POST' });
      }
      authorizeCron(request, parts.config.serverless.cronSecret);
      return work(await opened());
    });
  return {
    collect: (request) => serve(request, `/api/collect${new URL(request.url).search}`),
    handle: (request) => serve(request, new URL(request.url).pathname + new URL(request.url).search),
    processEvents: (request) =>
      cron(request, async (system) => passed(await system.pass(parts.config.serverless.passMs))),
    queueStatus: (request) => cron(request, async (system) => json(200, await system.queue())),
    close: async () => (await opening?.catch(() => undefined))?.close(),
  };
}

/** A store that was away all the time is no success: the scheduler shows it red, and nothing is lost. */
function passed(report: DrainReport): Response {
  const { lastError, ...counts } = report;
  const failed = lastError !== undefined && report.waiting > 0;
  const body = { ...counts, lastError: lastError === undefined ? null : { code: lastError.code } };
  return json(failed ? 503 : 200, body, failed ? { 'retry-after': '30' } : {});
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

function problem(error: unknown, request: Request, { telemetry, newId }: MillraceParts): Response {
  const requestId = request.headers.get('x-request-id') ?? newId();
  const { method, url } = request;
  const { status, headers, body } = problemAnswer(error, {
    requestId,
    method,
    path: new URL(url).pathname,
    telemetry,
  });
  return new Response(body, { status, headers: { ...headers, 'x-request-id': requestId } });
}

/** The platform's own proxy is in front of every function and tells the visitor's address; without one there is none to tell. */
function addressOf(request: Request): string {
  const forwarded = request.headers.get('x-real-ip') ?? request.headers.get('x-forwarded-for')?.split(',')[0];
  return forwarded?.trim() || '127.0.0.1';
}
