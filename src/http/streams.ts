/**
 * All open streams of this server: how many there may be, in all and of one key; the comments that keep them open; the end of those
 * whose key was revoked, whose client takes nothing, and of all when the server goes down.
 */
import type { ServerResponse } from 'node:http';
import { failure } from '../errors.ts';
import type { Update, Watched, Watcher, Watching } from '../query/watching.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { EventStream } from './event-stream.ts';
import type { Grant, KeyRing } from './key-ring.ts';
import { problemAnswer } from './problem.ts';

export interface StreamsOptions {
  readonly watching: Watching;
  readonly keys: Pick<KeyRing, 'generation' | 'holds'>;
  /** Whether the session of a person's grant goes on; absent: nobody signs in here. */
  readonly sessionHolds?: (grant: Grant) => Promise<boolean>;
  readonly telemetry: Telemetry;
  readonly monotonic: () => number;
  readonly newId: () => string;
  /** In all, and of one key. */
  readonly streamsMax: number;
  readonly streamsPerKeyMax: number;
  /** A comment after so long without anything else. */
  readonly silentMs?: number;
  /** A client that takes nothing for so long is dropped. */
  readonly blockedMsMax?: number;
  /** How often sessions are looked at. */
  readonly sessionsMs?: number;
}

export interface StreamRequest {
  readonly grant: Grant;
  readonly watched: Watched;
  /** `Last-Event-ID`. */
  readonly lastId: string | undefined;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  readonly path: string;
}

const silentMs = 15_000;
const blockedMsMax = 30_000;
const sweepMs = 1_000;
const sessionsMs = 5_000;
/** How long a browser waits before it opens a stream again that was ended. */
export const retryMs = 2_000;

export class Streams {
  readonly #options: StreamsOptions;
  readonly #open = new Set<EventStream>();
  readonly #byKey = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #count = 0;
  #sessionsAt: number;
  #generation: number;
  #isClosed = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#generation = options.keys.generation;
    this.#sessionsAt = options.monotonic();
    const often = Math.min(sweepMs, options.silentMs ?? silentMs, options.blockedMsMax ?? blockedMsMax);
    this.#timer = setInterval(() => this.#sweep(), often);
    this.#timer.unref();
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * Waits for the first answer, and resolves with what takes the response over. Errors: those of asking; streams_full; question_cancelled
   * when the client has gone.
   */
  async begin(request: StreamRequest): Promise<(response: ServerResponse) => void> {
    const { grant, watched, signal, lastId } = request;
    if (this.#isClosed) throw failure('server_closing', {});
    // ends with the client's request, and with the response: a stream that we end was not aborted
    const leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort(), { once: true });
    if (signal.aborted) throw failure('question_cancelled', {});
    this.#take(grant, leave.signal);
    let stream: EventStream | undefined;
    let isTold = false;
    let latest: Update | undefined;
    const watcher: Watcher = {
      onUpdate: (update) => {
        latest = update;
        stream?.send(update, isTold);
        isTold = false;
      },
      onProblem: (error, ends) => {
        isTold = true;
        stream?.problem(this.#problem(error, request.path));
        if (ends) stream?.end();
      },
    };
    try {
      latest = await this.#options.watching.join(watched, watcher, leave.signal);
    } catch (error) {
      leave.abort();
      throw error;
    }
    return (response) => {
      response.once('close', () => leave.abort());
      if (response.destroyed) leave.abort();
      stream = new EventStream({ response, grant, lastId, monotonic: this.#options.monotonic });
      this.#add(stream, response);
      response.write(`retry: ${retryMs}\n\n`);
      stream.send(latest!);
      if (this.#isClosed) stream.end();
    };
  }

  /** Ends all streams at once, and opens none any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const stream of this.#open) {
      stream.comment('the server is going down');
      stream.end();
    }
  }

  /** Holds the place of a stream until `signal` aborts. Errors: streams_full. */
  #take({ keyId }: Grant, signal: AbortSignal): void {
    const { streamsMax, streamsPerKeyMax } = this.#options;
    const ofKey = this.#byKey.get(keyId) ?? 0;
    if (this.#count >= streamsMax)
      throw failure('streams_full', { setting: 'MILLRACE_STREAMS_MAX', what: 'the server', streamsMax });
    if (ofKey >= streamsPerKeyMax)
      throw failure('streams_full', {
        setting: 'MILLRACE_STREAMS_PER_KEY_MAX',
        what: 'this key',
        streamsMax: streamsPerKeyMax,
      });
    this.#count++;
    this.#byKey.set(keyId, ofKey + 1);
    const giveBack = () => {
      this.#count--;
      const left = this.#byKey.get(keyId)! - 1;
      if (left > 0) this.#byKey.set(keyId, left);
      else this.#byKey.delete(keyId);
    };
    signal.addEventListener('abort', giveBack, { once: true });
  }

  #add(stream: EventStream, response: ServerResponse): void {
    this.#open.add(stream);
    response.once('close', () => this.#forget(stream));
    this.#tell();
    if (response.destroyed) this.#forget(stream);
  }

  #forget(stream: EventStream): void {
    if (this.#open.delete(stream)) this.#tell();
  }

  #tell(): void {
    this.#options.telemetry.publish('http.streams', { open: this.#open.size });
  }

  #sweep(): void {
    const { keys, silentMs: silent = silentMs, blockedMsMax: blocked = blockedMsMax } = this.#options;
    const keysChanged = keys.generation !== this.#generation;
    this.#generation = keys.generation;
    for (const stream of this.#open) {
      if (keysChanged && !keys.holds(stream.grant)) this.#revoke(stream);
      else if (stream.blockedMs >= blocked) stream.drop();
      else stream.keepAlive(silent);
    }
    this.#sweepSessions();
  }

  /** Who was signed out, or has no part in the project any more, sees no more of it. */
  #sweepSessions(): void {
    const { sessionHolds, sessionsMs: often = sessionsMs, monotonic } = this.#options;
    if (sessionHolds === undefined || monotonic() - this.#sessionsAt < often) return;
    this.#sessionsAt = monotonic();
    const streams = [...this.#open].filter(({ grant }) => grant.session !== undefined);
    const byGrant = Map.groupBy(streams, ({ grant }) => `${grant.session} ${grant.project}`);
    for (const same of byGrant.values()) {
      // while the catalog is away streams go on, as keys do
      const holding = sessionHolds(same[0]!.grant).catch(() => true);
      void holding.then((holds) => {
        if (!holds) for (const stream of same) this.#revoke(stream);
      });
    }
  }

  #revoke(stream: EventStream): void {
    const detail = `${stream.grant.session === undefined ? 'this key was revoked' : 'the session has ended'}, so the stream ends`;
    stream.problem(this.#problem(failure('unauthorized', { detail }), ''));
    stream.end();
  }

  #problem(error: unknown, path: string): string {
    const { telemetry, newId } = this.#options;
    return problemAnswer(error, { requestId: newId(), method: 'GET', path, telemetry }).body;
  }
}
