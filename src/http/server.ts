/**
 * The listening server around the handler. Sets the bounds of connections, answers requests that never became requests, and goes
 * down gracefully: no new connections, requests in flight end within a bound.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from '../errors.ts';
import { type HttpHandler, type HttpHandlerOptions, openHandler } from './handler.ts';
import type { HttpConfig } from './http-config.ts';
import { problemAnswer } from './problem.ts';
import type { Route } from './route.ts';

export type HttpServerOptions = HttpHandlerOptions;

const drainPollMs = 20;
/** How often Node looks for requests that take too long. */
const timeoutCheckMs = 1_000;

export class HttpServer {
  readonly #server: Server;
  readonly #config: HttpConfig;
  readonly #handler: HttpHandler;
  #closing: Promise<void> | undefined;

  private constructor(server: Server, config: HttpConfig, handler: HttpHandler) {
    this.#server = server;
    this.#config = config;
    this.#handler = handler;
  }

  /** Resolves once it listens. Errors: setting_invalid when the address or port cannot be had. */
  static async open(options: HttpServerOptions): Promise<HttpServer> {
    const { config } = options;
    const handler = await openHandler(options);
    const server = createServer(serverOptions(config));
    const self = new HttpServer(server, config, handler);
    server.maxConnections = config.connectionsMax;
    server.on('clientError', (error, socket) => self.#refuseRaw(error, socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (self.#closing) response.setHeader('connection', 'close');
      handler.handle(request, response);
    });
    try {
      await listen(server, config);
    } catch (error) {
      await handler.close();
      throw error;
    }
    return self;
  }

  /** Every route that there is, but for collect. */
  get routes(): readonly Route[] {
    return this.#handler.routes;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where a person on this machine reaches it. */
  get url(): string {
    const { host } = this.#config;
    const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${this.port}`;
  }

  /** Takes no new connections, lets requests in flight end for `shutdownTimeoutMs`, then cuts what is left. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    this.#handler.endStreams();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // a connection that falls idle from now on would keep the server up until its keep-alive ends
    const sweep = setInterval(() => this.#server.closeIdleConnections(), drainPollMs);
    const deadline = setTimeout(() => this.#server.closeAllConnections(), this.#config.shutdownTimeoutMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
    await this.#handler.close();
  }

  /** Bytes that are no request, headers over the bound, a request that took too long: nothing parsed, so a raw answer. */
  #refuseRaw(thrown: NodeJS.ErrnoException, socket: Duplex): void {
    // Node's own handler looks here too: half an answer must not be followed by another
    const begun = (socket as { _httpMessage?: { _headerSent?: boolean } | null })._httpMessage?._headerSent;
    if (thrown.code === 'ECONNRESET' || !socket.writable || begun) {
      socket.destroy();
      return;
    }
    const { telemetry, newId } = this.#handler.context;
    const requestId = newId();
    const error = rawFailure(thrown, this.#config);
    const answer = problemAnswer(error, { requestId, method: '', path: '', telemetry });
    const headers = Object.entries({
      ...answer.headers,
      'content-length': Buffer.byteLength(answer.body),
      'x-request-id': requestId,
      connection: 'close',
    });
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${answer.status} ${error.code}\r\n${head}\r\n${answer.body}`, () =>
      socket.destroy(),
    );
  }
}

function rawFailure({ code }: NodeJS.ErrnoException, config: HttpConfig) {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return failure('headers_too_large', { bytesMax: config.headerBytesMax });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return failure('request_timeout', {});
    default:
      return failure('request_invalid', { detail: 'these bytes are not a well-formed HTTP/1.1 request' });
  }
}

function serverOptions(config: HttpConfig) {
  return {
    maxHeaderSize: config.headerBytesMax,
    headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(timeoutCheckMs, config.headersTimeoutMs, config.requestTimeoutMs),
  };
}

async function listen(server: Server, { host, port }: HttpConfig): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const setting = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? 'MILLRACE_HOST' : 'PORT';
    const rule =
      code === 'EADDRINUSE'
        ? 'must be a port that nothing else listens on'
        : `cannot be listened on (${code})`;
    throw failure('setting_invalid', { setting, rule, value: `${host}:${port}` }, error);
  }
  server.off('error', reject);
}
