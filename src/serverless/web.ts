/** A request and a response of the Web, brought through a handler of node:http: what is served is the same everywhere. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import inject from 'light-my-request';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers without a body may not have one, not even an empty one. */
const bodiless = new Set([101, 204, 205, 304]);
/** What the platform in front writes itself. */
const ownHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** `url`: the path and parameters that the handler shall see. Never rejects for what the handler answers. */
export async function answerWeb(
  handle: Handle,
  request: Request,
  url: string,
  remoteAddress: string,
): Promise<Response> {
  const body = request.body === null ? undefined : Readable.fromWeb(request.body as never);
  const { protocol, host } = new URL(request.url);
  const handleAsCame: Handle = (req, res) => {
    // what the platform took over TLS came by TLS
    if (protocol === 'https:') Object.assign(req.socket, { encrypted: true });
    handle(req, res);
  };
  const answer = await inject(handleAsCame as never, {
    method: request.method as never,
    url,
    headers: { host, ...Object.fromEntries(request.headers) },
    remoteAddress,
    payloadAsStream: true,
    ...(body && { payload: body }),
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || ownHeaders.has(name)) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  const status = answer.statusCode;
  if (bodiless.has(status)) {
    answer.stream().resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer.stream()) as never, { status, headers });
}
