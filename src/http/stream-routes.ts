/**
 * Answers that follow the data, as server-sent events: the summary, and any plan. The first `data:` line comes at once, the next one when
 * the answer is another. `id:` is of the answer, so that who comes back with `Last-Event-ID` is told nothing twice. Where processes
 * live for seconds a stream is one answer and its end.
 */
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import { summaryBody, summaryParameters, summaryPlan } from '../query/summary-shortcut.ts';
import type { Watched, Watching } from '../query/watching.ts';
import { frameOf } from './event-stream.ts';
import {
  planStreamDescription,
  summaryStreamDescription,
  ticketDescription,
} from './openapi/stream-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject } from './route.ts';
import type { StreamTickets } from './stream-tickets.ts';
import type { Streams } from './streams.ts';

export interface StreamParts {
  readonly streams: Streams;
  readonly watching: Watching;
  readonly tickets: StreamTickets;
  readonly clock: Pick<Clock, 'now'>;
  readonly once: boolean;
}

/** What a browser that cannot keep a stream open waits until it asks again. */
const onceRetryMs = 5_000;
const lastIdLengthMax = 100;
/** How a client names the answer that it has: EventSource sends the header only when it opens a stream again by itself. */
const streamParameters = ['ticket', 'lastEventId'];

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

export function streamRoutes(parts: StreamParts): readonly Route[] {
  return [
    summaryStream('/api/v1/analytics/stream', 'summaryStream', parts),
    summaryStream('/api/analytics/stream', 'summaryStreamUnversioned', parts),
    {
      method: 'GET',
      path: '/api/v1/stream',
      scope: 'read',
      streams: true,
      tickets: true,
      parameters: ['plan', ...streamParameters],
      describe: planStreamDescription,
      handle: (call) => stream(watchedPlan(call), call, '/api/v1/stream', parts),
    },
    {
      method: 'POST',
      path: '/api/v1/stream-tickets',
      scope: 'read',
      describe: ticketDescription,
      handle: (call) => issueTicket(call, parts),
    },
  ];
}

function summaryStream(path: string, id: string, parts: StreamParts): Route {
  return {
    method: 'GET',
    path,
    scope: 'read',
    streams: true,
    tickets: true,
    parameters: [...summaryParameters, ...streamParameters],
    describe: summaryStreamDescription(id),
    handle: (call) => stream(watchedSummary(call, parts.clock.now()), call, path, parts),
  };
}

/** The summary of the shortcut, with the same parameters and the same body. */
function watchedSummary({ grant, query }: Call, now: number): Watched {
  const { ticket: _, lastEventId: __, ...parameters } = query;
  const { project } = grant!;
  const plan = (at: number) => summaryPlan(parameters, project, at);
  plan(now); // what is wrong is said before anything else
  const key = JSON.stringify(['summary', Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { project, ...askerOf(grant), key, plan, body: summaryBody };
}

function watchedPlan({ grant, query, ticket }: Call): Watched {
  const { plan: text } = query;
  if (ticket?.plan !== undefined && text !== undefined)
    throw failure('request_invalid', { detail: 'this ticket has a plan; leave the parameter plan out' });
  const plan = ticket?.plan ?? planOf(text);
  const key = JSON.stringify(['plan', plan]);
  return { project: grant!.project, ...askerOf(grant), key, plan: () => plan, body: (answer) => answer };
}

/** Questions of a key with limits of its own are its own; all others are shared by who asks the same. */
const askerOf = (grant: Call['grant']): Pick<Watched, 'asker'> =>
  grant?.limits === undefined ? {} : { asker: { id: grant.keyId, limits: grant.limits } };

async function stream(watched: Watched, call: Call, path: string, parts: StreamParts): Promise<RouteAnswer> {
  const lastId = lastIdOf(call);
  if (parts.once) return onceAnswer(watched, lastId, call, parts);
  const { signal, grant } = call;
  const takeOver = await parts.streams.begin({ grant: grant!, watched, lastId, signal, path });
  return { headers, body: undefined, takeOver };
}

async function onceAnswer(
  watched: Watched,
  lastId: string | undefined,
  { signal }: Call,
  { watching }: StreamParts,
): Promise<RouteAnswer> {
  const update = await watching.once(watched, signal);
  const frame = update.id === lastId ? ': nothing new\n\n' : frameOf(update);
  return { headers, body: `retry: ${onceRetryMs}\n\n${frame}` };
}

async function issueTicket({ grant, body }: Call, { tickets }: StreamParts): Promise<RouteAnswer> {
  const { plan } = body === undefined ? {} : readObject(body, ['plan']);
  const { ticket, until } = await tickets.issue(grant!, plan);
  return { status: 201, body: { data: { ticket, expiresAt: new Date(until).toISOString() } } };
}

function lastIdOf({ headers: sent, query }: Call): string | undefined {
  const given = sent['last-event-id'] ?? query.lastEventId;
  return typeof given === 'string' ? given.slice(0, lastIdLengthMax) : undefined;
}

function planOf(text: string | undefined): unknown {
  if (text === undefined)
    throw failure('request_invalid', { detail: 'the parameter plan must hold a plan as JSON' });
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = `the parameter plan is not JSON: ${(error as Error).message}`;
    throw failure('request_invalid', { detail }, error);
  }
}
