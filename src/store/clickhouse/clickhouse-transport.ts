/**
 * One HTTP exchange with ClickHouse: sends a statement, gives the reply, and tells every way in which that can fail
 * apart: never reached (`refused`), told by ClickHouse (its number), lost on the way (`unclear`). A failure in the
 * middle of a streamed answer is found by its exception tag or by the broken transfer, and never looks like an end.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { ClickHouseTarget } from './clickhouse-client.ts';
import { ClickHouseError, toldError } from './clickhouse-error.ts';

export interface Exchange {
  readonly sql?: string;
  /** Path under the target's URL; the root when absent. */
  readonly path?: string;
  /** ClickHouse's URL parameters: settings, query_id. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Data of an INSERT; the statement then goes into the URL. */
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** Kills and pings: never behind the calls that they are about. */
  readonly control?: boolean;
}

export interface Reply {
  header(name: string): string | undefined;
  /** The whole answer. Errors: ClickHouseError, also when it is longer than `bytesMax`. */
  whole(bytesMax: number): Promise<Buffer>;
  /** The answer as it comes. Leaving early closes the connection. */
  chunks(): AsyncGenerator<Buffer>;
}

const errorTextBytesMax = 64 * 1024;
const controlConnectionsMax = 8;

export class ClickHouseTransport {
  readonly #target: () => ClickHouseTarget;
  readonly #agents: Record<'http:' | 'https:', { calls: http.Agent; control: http.Agent }>;

  constructor(target: () => ClickHouseTarget, connectionsMax: number) {
    this.#target = target;
    const keep = { keepAlive: true, maxSockets: connectionsMax };
    const control = { keepAlive: true, maxSockets: controlConnectionsMax };
    this.#agents = {
      'http:': { calls: new http.Agent(keep), control: new http.Agent(control) },
      'https:': { calls: new https.Agent(keep), control: new https.Agent(control) },
    };
  }

  /** Resolves with a reply of status 200. Errors: ClickHouseError. */
  async send(exchange: Exchange): Promise<Reply> {
    if (exchange.signal?.aborted) {
      throw new ClickHouseError(
        'the call was given up before it was sent',
        0,
        'refused',
        exchange.signal.reason,
      );
    }
    const watch = new Watch(exchange);
    const response = await this.#request(exchange, watch.signal).catch((error) => {
      watch.end();
      throw watch.explain(error);
    });
    const reply = new HttpReply(response, watch);
    if (response.statusCode === 200) return reply;
    const text = await reply.whole(errorTextBytesMax);
    const code = Number(response.headers['x-clickhouse-exception-code'] ?? 0);
    throw toldError(text.toString('utf8') || `HTTP status ${response.statusCode}`, code);
  }

  close(): void {
    for (const { calls, control } of Object.values(this.#agents)) {
      calls.destroy();
      control.destroy();
    }
  }

  #request(exchange: Exchange, signal: AbortSignal): Promise<http.IncomingMessage> {
    const target = this.#target();
    const url = new URL(target.url ?? 'http://engine');
    if (exchange.path !== undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/${exchange.path}`;
    url.searchParams.set('database', target.database);
    for (const [name, value] of Object.entries(exchange.parameters))
      url.searchParams.set(name, String(value));
    if (exchange.body !== undefined) url.searchParams.set('query', exchange.sql ?? '');
    const body = exchange.body ?? Buffer.from(exchange.sql ?? '');
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(url, {
        method: body.byteLength === 0 && exchange.body === undefined ? 'GET' : 'POST',
        agent: this.#agents[protocol][exchange.control ? 'control' : 'calls'],
        socketPath: target.socketPath,
        signal,
        headers: { ...credentials(target), 'content-length': body.byteLength },
      });
      request.once('response', resolve);
      // not once: a second error after the answer must find somebody
      request.on('error', reject);
      request.end(body);
    });
  }
}

class HttpReply implements Reply {
  readonly #response: http.IncomingMessage;
  readonly #watch: Watch;

  constructor(response: http.IncomingMessage, watch: Watch) {
    this.#response = response;
    this.#watch = watch;
  }

  header(name: string): string | undefined {
    const value = this.#response.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  async whole(bytesMax: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of this.chunks()) {
      bytes += part.byteLength;
      if (bytes > bytesMax)
        throw new ClickHouseError(`the answer is longer than ${bytesMax} bytes`, 0, 'unclear');
      parts.push(part);
    }
    return Buffer.concat(parts, bytes);
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const tag = this.header('x-clickhouse-exception-tag');
    try {
      yield* tag === undefined ? this.#response : untilException(this.#response, tag);
    } catch (error) {
      throw this.#watch.explain(error);
    } finally {
      this.#watch.end();
      if (!this.#response.complete) this.#response.destroy();
    }
  }
}

/**
 * Passes an answer on, but holds back what may be the start of ClickHouse's note of a late failure:
 * `\r\n__exception__\r\n<tag>\r\n<message>\n<length> <tag>\r\n__exception__\r\n` (since 25.11).
 */
async function* untilException(chunks: AsyncIterable<Buffer>, tag: string): AsyncGenerator<Buffer> {
  const marker = Buffer.from(`\r\n__exception__\r\n${tag}`);
  let held: Buffer = Buffer.alloc(0);
  let failed = false;
  try {
    for await (const chunk of chunks) {
      held = held.byteLength === 0 ? chunk : Buffer.concat([held, chunk]);
      failed ||= held.includes(marker);
      if (failed) continue;
      const free = held.byteLength - marker.byteLength + 1;
      if (free <= 0) continue;
      yield held.subarray(0, free);
      held = held.subarray(free);
    }
  } catch (error) {
    if (!failed) throw error; // else the note says more than the broken connection after it
  }
  const at = held.indexOf(marker);
  if (at === -1) {
    if (held.byteLength > 0) yield held;
    return;
  }
  if (at > 0) yield held.subarray(0, at);
  const note = held.subarray(at + marker.byteLength).toString('utf8');
  throw toldError(note.slice(0, note.lastIndexOf(`\n`, note.lastIndexOf(tag))).trim());
}

/** Ends an exchange that is late or given up, and says in words why one failed. `end` when it is over. */
class Watch {
  readonly #controller = new AbortController();
  readonly #exchange: Exchange;
  readonly #timer: NodeJS.Timeout;
  #late = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#controller.abort();
    }, exchange.timeoutMs);
    exchange.signal?.addEventListener('abort', this.#giveUp);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  explain(error: unknown): ClickHouseError {
    if (error instanceof ClickHouseError) return error;
    if (this.#late) {
      return new ClickHouseError(`no answer within ${this.#exchange.timeoutMs} ms`, 0, 'unclear', error);
    }
    if (this.signal.aborted) return new ClickHouseError('the call was given up', 0, 'unclear', error);
    const { message, code } = error as NodeJS.ErrnoException;
    const outcome = neverConnected(error) ? 'refused' : 'unclear';
    return new ClickHouseError(`the connection to ClickHouse failed: ${message || code}`, 0, outcome, error);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#exchange.signal?.removeEventListener('abort', this.#giveUp);
  }

  readonly #giveUp = () => this.#controller.abort();
}

/** True when the operating system says that no connection was made, so no byte was sent. */
function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(neverConnected);
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function credentials({ user, password }: ClickHouseTarget): Record<string, string> {
  return {
    ...(user === undefined ? {} : { 'x-clickhouse-user': user }),
    ...(password === undefined ? {} : { 'x-clickhouse-key': password }),
  };
}
