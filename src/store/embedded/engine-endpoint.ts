/**
 * ClickHouse's HTTP dialect on a Unix socket, for one client: this project's own. It takes one statement a request,
 * gives it a lane by its kind, and answers as a server does, errors included. It keeps a register of all statements under
 * way by query id, so that one can be stopped wherever it is: still coming in, waiting, or running.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BodyReader } from './engine-body.ts';
import { Lanes } from './engine-lanes.ts';
import type { EngineOptions } from './engine-options.ts';
import { EngineRefusal, exceptionOf, refusals } from './engine-refusal.ts';
import { sendException, sendStream, sendWhole } from './engine-reply.ts';
import { parseRequest, type StatementRequest } from './engine-request.ts';
import { keptFreeBytes } from './engine-server-config.ts';
import { defaultFormat, type EngineSessions, type Lane } from './engine-sessions.ts';
import {
  insertText,
  killedId,
  killText,
  questionText,
  type StatementKind,
  singleStatement,
  statementKind,
} from './engine-statement.ts';
import type { PartWatch } from './part-watch.ts';

const writesWaitingMax = 64;
const killsWaitingMax = 256;
const connectionsMax = 512;
const fencedIdsMax = 10_000;
const killAgainMs = 50;
/** With the engine's usual 65,409 rows a block, wide rows took 950 MB of memory instead of 400. */
const streamedBlockRows = 2_048;

/** A statement under way. */
interface Running {
  readonly id: string;
  readonly request: StatementRequest;
  /** Aborts until a lane is taken; later only a kill helps. */
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  hasEnded: boolean;
}

export class EngineEndpoint {
  readonly #options: EngineOptions;
  readonly #sessions: EngineSessions;
  readonly #watch: PartWatch;
  readonly #server: Server;
  readonly #bodies: BodyReader;
  readonly #questions: Lanes;
  readonly #writes: Lanes;
  readonly #kills: Lanes;
  readonly #running = new Map<string, Running>();
  /** Ids that must never begin again: their requests may still be on the way. */
  readonly #fenced = new Set<string>();
  #draining = false;

  constructor(options: EngineOptions, sessions: EngineSessions, watch: PartWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#bodies = new BodyReader(options.workDirectory, options.insertBytesMax);
    const { questionLanes: count, questionQueueMax: queueMax } = options;
    // what begins like a question must not write: it would run beside the one lane for writes
    this.#questions = new Lanes('question', { count, queueMax, settings: { readonly: '2' } }, sessions);
    this.#writes = new Lanes('insert', { count: 1, queueMax: writesWaitingMax }, sessions);
    this.#kills = new Lanes('kill', { count: 1, queueMax: killsWaitingMax }, sessions);
    this.#sessions = sessions;
    // never close an idle connection: that would race with a request on it
    this.#server = createServer(
      { keepAliveTimeout: 0, requestTimeout: 0, noDelay: true },
      (request, response) => {
        void this.#serve(request, response);
      },
    );
    this.#server.maxConnections = connectionsMax;
  }

  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    rmSync(socketPath, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(socketPath, resolve);
    await promise;
  }

  /** Resolves once nothing with this id can change anything any more, now or later. */
  async fence(id: string): Promise<void> {
    this.#fenced.add(id);
    if (this.#fenced.size > fencedIdsMax) this.#fenced.delete(this.#fenced.values().next().value!);
    await this.#stop(id);
  }

  /** Takes nothing new; resolves when all that was begun has ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((each) => each.ended));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const parsed = parseRequest(request, this.#options.database);
      if (parsed === 'ping') return void response.end('Ok.\n');
      this.#sessions.checkSettings(parsed.settings);
      await this.#register(parsed, request, response);
    } catch (error) {
      sendException(response, exceptionOf(error));
    }
  }

  async #register(
    parsed: StatementRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const id = parsed.queryId ?? randomUUID();
    this.#admit(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const running: Running = {
      id,
      request: parsed,
      stop: new AbortController(),
      ended: promise,
      hasEnded: false,
    };
    this.#running.set(id, running);
    response.setHeader('x-clickhouse-query-id', encodeURI(id));
    try {
      await this.#take(running, request, response);
    } finally {
      running.hasEnded = true;
      this.#running.delete(id);
      resolve();
    }
  }

  #admit(id: string): void {
    if (this.#draining)
      throw new EngineRefusal(refusals.tooMany, 'the engine is going down and takes no more statements');
    if (this.#fenced.has(id))
      throw new EngineRefusal(refusals.cancelled, `the query ${id} was stopped before it began`);
    if (this.#running.has(id))
      throw new EngineRefusal(refusals.sameId, `a query with the id ${id} is running`);
  }

  async #take(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { signal } = running.stop;
    const text = running.request.query ?? (await this.#bodies.text(request, signal));
    const sql = singleStatement(text);
    if (sql === undefined)
      throw new EngineRefusal(refusals.syntax, 'expected one statement, no more and no fewer');
    const kind = statementKind(sql, running.request.query !== undefined);
    this.#stopWhenGone(running, kind, response);
    switch (kind) {
      case 'question':
        return this.#questions.use(signal, (lane) => this.#ask(lane, sql, running, response));
      case 'insert':
        return this.#insert(sql, running, request, response);
      case 'kill':
        return this.#kill(sql, response);
      case 'write':
        return this.#write(sql, running, response);
    }
  }

  async #ask(lane: Lane, sql: string, running: Running, response: ServerResponse): Promise<void> {
    const { request, stop } = running;
    // a whole answer is held at once, of a streamed one a few blocks
    const bound = request.whole
      ? { max_result_bytes: String(this.#options.answerBytesMax) }
      : { max_block_size: String(streamedBlockRows) };
    const settings = { ...bound, ...request.settings, log_comment: running.id };
    const text = questionText(sql, settings);
    if (request.whole) await sendWhole(response, await lane.run(text, request.format));
    else await sendStream(response, lane.stream(text, request.format), stop.signal);
  }

  async #insert(
    sql: string,
    running: Running,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { signal } = running.stop;
    const { laidFile } = running.request;
    const file = await (laidFile === undefined
      ? this.#bodies.file(request, signal)
      : this.#bodies.laid(laidFile));
    try {
      const settings = { ...running.request.settings, log_comment: running.id };
      const text = insertText(sql, file.path, settings);
      if (text === undefined) {
        throw new EngineRefusal(refusals.syntax, 'an INSERT with data must end with FORMAT and its name');
      }
      await this.#writing(signal, (lane) => lane.run(text, defaultFormat));
    } finally {
      await file.remove();
    }
    response.end();
  }

  async #write(sql: string, running: Running, response: ServerResponse): Promise<void> {
    await this.#assertRoom();
    const settings = { ...running.request.settings, log_comment: running.id };
    const result = await this.#writing(running.stop.signal, (lane) =>
      lane.runApart(sql, defaultFormat, settings),
    );
    await sendWhole(response, result);
  }

  /** Also a write that failed may have left parts, so they are looked at after either end. */
  async #writing<T>(signal: AbortSignal, write: (lane: Lane) => Promise<T>): Promise<T> {
    try {
      return await this.#writes.use(signal, write);
    } finally {
      await this.#watch.assertWhole();
    }
  }

  /** The engine looks at the room for parts; for definitions and mutations, which are small files, it does not. */
  async #assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.directory);
    if (bavail * bsize >= keptFreeBytes) return;
    throw new EngineRefusal(refusals.noSpace, `less than ${keptFreeBytes} bytes of the disk are free`);
  }

  async #kill(sql: string, response: ServerResponse): Promise<void> {
    const id = killedId(sql);
    if (id === undefined) {
      throw new EngineRefusal(
        refusals.badRequest,
        "the only kill taken here is KILL QUERY WHERE query_id = '…' ASYNC",
      );
    }
    void this.#stop(id);
    response.end();
  }

  /** A question is worth nothing without its asker. A write goes on once it has begun: half of it helps nobody. */
  #stopWhenGone(running: Running, kind: StatementKind, response: ServerResponse): void {
    response.once('close', () => {
      if (running.hasEnded || response.writableFinished) return;
      if (kind === 'question') void this.#stop(running.id);
      else running.stop.abort(stopped(running.id));
    });
  }

  /** Kills again and again until it has ended: a kill finds nothing while a query is still being set up. */
  async #stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.stop.abort(stopped(id));
    while (!running.hasEnded) {
      await this.#killInEngine(id);
      await Promise.race([running.ended, delay(killAgainMs)]);
    }
  }

  async #killInEngine(id: string): Promise<void> {
    const always = new AbortController().signal;
    try {
      await this.#kills.use(always, (lane) => lane.run(killText(id), 'Null'));
    } catch {
      // full, or the engine refused: the next round tries again, and the parent's patience ends it
    }
  }
}

function stopped(id: string): EngineRefusal {
  return new EngineRefusal(refusals.cancelled, `the query ${id} was stopped`);
}
