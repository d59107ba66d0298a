/** One POST over node:http or node:https with kept-alive connections: bytes in, status and bytes out. It neither retries nor judges. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** What Retry-After asks for; undefined when it asks for nothing that can be read. */
  readonly retryAfterMs: number | undefined;
  /** Of a redirect, which is never followed: it would carry the key to another place. */
  readonly location: string | undefined;
}

/** Every refused event has its message, so an answer may be long, but not endless. */
const replyBytesMax = 8 * 1024 * 1024;

export class Transport {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #timeoutMs: number;

  constructor(
    url: URL,
    headers: Readonly<Record<string, string>>,
    limits: { requestsMax: number; timeoutMs: number },
  ) {
    const agent = { keepAlive: true, maxSockets: limits.requestsMax };
    this.#url = url;
    this.#headers = headers;
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(agent) : new HttpAgent(agent);
    this.#timeoutMs = limits.timeoutMs;
  }

  /** Rejects with what the socket says, when the whole takes too long, and when `signal` aborts. */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(this.#url, {
      method: 'POST',
      agent: this.#agent,
      signal,
      headers: { ...this.#headers, ...headers, 'content-length': body.byteLength },
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${this.#timeoutMs} ms`)),
      this.#timeoutMs,
    );
    request.on('error', reject);
    request.on('response', (response) => readReply(response).then(resolve, reject));
    request.end(body);
    return promise.finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > replyBytesMax) throw new Error(`the answer has more than ${replyBytesMax} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks).toString(),
    retryAfterMs: retryAfterMs(response.headers['retry-after']),
    location: response.headers.location,
  };
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
