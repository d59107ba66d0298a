/**
 * Sends events in batches. The buffer is a bounded window: at its bound `track` gives false and takes nothing, and `room` waits for room.
 * A request that fails without a verdict is sent again with the same `eventId`s, which changes nothing at the server; pauses double,
 * are random, and are never shorter than Retry-After asks. Every event that was taken ends as accepted, refused or lost, and is counted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { MillraceClientError } from './errors.ts';
import { type EventInput, encodeEvent } from './event.ts';
import { judge, type Refusal, type Verdict } from './judge.ts';
import { bearer, type ClientSettings, collectUrl, isLoopback, readOptions } from './options.ts';
import { Transport } from './transport.ts';

export interface RefusedEvent {
  /** The event's JSON as it was sent. */
  readonly event: string;
  /** What was handed to `track` with it. */
  readonly tag: unknown;
  /** From the closed list of docs/http.md. */
  readonly reason: string;
  readonly message: string;
}

export type LostEvent = Pick<RefusedEvent, 'event' | 'tag'>;

export interface ClientOptions extends Partial<ClientSettings> {
  /** Such as http://127.0.0.1:3000. */
  readonly url: string;
  /** A write key. */
  readonly key: string;
  /** The server will not take these events; all others of their request were taken. */
  readonly onRefused?: (events: readonly RefusedEvent[]) => void;
  /** These will not be tried again; the error says why. Some may be at the server: it is its answer that is missing. */
  readonly onLost?: (error: MillraceClientError, events: readonly LostEvent[]) => void;
  /** A request failed and will be sent again after `pauseMs`. */
  readonly onRetry?: (why: string, pauseMs: number) => void;
}

/** Of all events that `track` took. */
export interface ClientTotals {
  /** Kept by the server, on disk. One that was sent before counts too. */
  readonly accepted: number;
  readonly refused: number;
  readonly lost: number;
  /** Taken, and without an outcome so far. */
  readonly waiting: number;
}

interface Batch {
  readonly events: string[];
  readonly tags: unknown[];
  bytes: number;
  /** How many events were tracked before its first one. */
  readonly first: number;
  readonly settled: PromiseWithResolvers<void>;
}

const compress = promisify(gzip);
/** Retry-After is believed up to this. */
const retryAfterMaxMs = 10 * 60_000;
const closeTimeoutMs = 30_000;

export class MillraceClient {
  readonly #settings: ClientSettings;
  readonly #options: ClientOptions;
  readonly #transport: Transport;
  readonly #gzips: boolean;
  readonly #stop = new AbortController();
  readonly #unsettled = new Set<Batch>();
  readonly #queue: Batch[] = [];
  readonly #totals = { accepted: 0, refused: 0, lost: 0, waiting: 0 };
  #open: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #bytesHeld = 0;
  #tracked = 0;
  /** The longest waiting one. */
  #oldest: Batch | undefined;
  #requests = 0;
  /** No request before this (monotonic milliseconds): what one was told to wait, all wait. */
  #notBefore = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #closing: Promise<ClientTotals> | undefined;

  /** Connects only when there is something to send. Errors: options_invalid. */
  constructor(options: ClientOptions) {
    const url = collectUrl(options.url);
    const headers = { authorization: bearer(options.key), 'content-type': 'application/x-ndjson' };
    this.#settings = readOptions(options);
    this.#options = options;
    this.#gzips = this.#settings.gzip === 'auto' ? !isLoopback(url) : this.#settings.gzip;
    const { requestsMax, requestTimeoutMs } = this.#settings;
    this.#transport = new Transport(url, headers, { requestsMax, timeoutMs: requestTimeoutMs });
  }

  get totals(): ClientTotals {
    return { ...this.#totals };
  }

  /**
   * Takes an event: true. False: the buffer is full and the event was not taken; wait for `room` and track it again, or leave it.
   * `tag` comes back with the event if it is refused or lost. Errors: event_invalid, closed.
   */
  track(event: EventInput, tag?: unknown): boolean {
    if (this.#closing !== undefined) throw new MillraceClientError('closed', 'the client is closed');
    if (this.#isFull()) return false;
    const { json, bytes } = encodeEvent(event, Date.now());
    if (this.#open !== undefined && this.#open.bytes + bytes > this.#settings.batchBytesMax) this.#seal();
    this.#open ??= this.#begin();
    this.#open.events.push(json);
    this.#open.tags.push(tag);
    this.#open.bytes += bytes + 1;
    this.#bytesHeld += bytes + 1;
    this.#totals.waiting += 1;
    this.#tracked += 1;
    if (this.#open.events.length >= this.#settings.batchEventsMax) this.#seal();
    return true;
  }

  /** Resolves once `track` takes events again. */
  room(): Promise<void> {
    if (!this.#isFull()) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Sends what waits, and resolves with the totals when each event tracked so far has its outcome. */
  async flush(): Promise<ClientTotals> {
    this.#seal();
    await Promise.all([...this.#unsettled].map(({ settled }) => settled.promise));
    return this.totals;
  }

  /** Flushes and lets go of the connections. What has no outcome within `timeoutMs` is lost, and counted so. */
  close({ timeoutMs = closeTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<ClientTotals> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<ClientTotals> {
    const timer = setTimeout(() => this.#stop.abort(), timeoutMs);
    await this.flush();
    clearTimeout(timer);
    this.#transport.close();
    return this.totals;
  }

  /** The buffer is a window: what is tracked is never further ahead of what still waits than the buffer is large. */
  #isFull(): boolean {
    const { bufferEventsMax, bufferBytesMax } = this.#settings;
    const ahead = this.#tracked - (this.#oldest?.first ?? this.#tracked);
    return ahead >= bufferEventsMax || this.#bytesHeld >= bufferBytesMax;
  }

  #begin(): Batch {
    const batch: Batch = {
      events: [],
      tags: [],
      bytes: 0,
      first: this.#tracked,
      settled: Promise.withResolvers(),
    };
    this.#unsettled.add(batch);
    this.#oldest ??= batch;
    // the timer holds the process: an event that was taken is not forgotten because the program is done
    this.#timer = setTimeout(() => this.#seal(), this.#settings.flushIntervalMs);
    return batch;
  }

  #seal(): void {
    if (this.#open === undefined) return;
    clearTimeout(this.#timer);
    this.#queue.push(this.#open);
    this.#open = undefined;
    this.#pump();
  }

  #pump(): void {
    while (this.#requests < this.#settings.requestsMax && this.#queue.length > 0) {
      this.#requests += 1;
      const batch = this.#queue.shift()!;
      void this.#deliver(batch).then(() => {
        this.#requests -= 1;
        this.#settle(batch);
        this.#pump();
      });
    }
  }

  /** Never rejects. */
  async #deliver({ events, tags }: Pick<Batch, 'events' | 'tags'>): Promise<void> {
    const verdict = await this.#verdict(events);
    if (verdict.kind === 'outcomes') {
      this.#count(events, tags, verdict.refused);
    } else if (verdict.kind === 'too_large' && events.length > 1) {
      // a proxy in front may take less than the server does
      const half = Math.ceil(events.length / 2);
      await this.#deliver({ events: events.slice(0, half), tags: tags.slice(0, half) });
      await this.#deliver({ events: events.slice(half), tags: tags.slice(half) });
    } else {
      this.#totals.lost += events.length;
      const lost = events.map((event, index) => ({ event, tag: tags[index] }));
      this.#tell(() => this.#options.onLost?.(verdict.error, lost));
    }
  }

  /** Sends until there is a verdict, or time is up. */
  async #verdict(events: readonly string[]): Promise<Exclude<Verdict, { kind: 'again' }>> {
    const body = Buffer.from(events.join('\n'));
    const encoded = this.#gzips ? await compress(body, { level: constants.Z_BEST_SPEED }) : body;
    const headers: Record<string, string> = this.#gzips ? { 'content-encoding': 'gzip' } : {};
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      await this.#wait();
      const verdict = this.#stop.signal.aborted
        ? stopped
        : await this.#attempt(encoded, headers, events.length);
      if (verdict.kind !== 'again') return verdict;
      const pauseMs = this.#pauseMs(attempt, verdict.afterMs);
      const triedMs = performance.now() - startedAt;
      const error = this.#endOfPatience(verdict, triedMs + pauseMs);
      if (error !== undefined) return { kind: 'lost', error };
      this.#tell(() => this.#options.onRetry?.(verdict.why, pauseMs));
      this.#notBefore = Math.max(this.#notBefore, performance.now() + pauseMs);
    }
  }

  async #attempt(
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    events: number,
  ): Promise<Verdict> {
    try {
      return judge(await this.#transport.post(body, headers, this.#stop.signal), events);
    } catch (error) {
      return { kind: 'again', why: reasonOf(error), afterMs: undefined, status: 0 };
    }
  }

  #endOfPatience(
    { why, status }: Verdict & { kind: 'again' },
    wouldBeMs: number,
  ): MillraceClientError | undefined {
    if (this.#stop.signal.aborted) return stopped.error;
    if (wouldBeMs <= this.#settings.giveUpAfterMs) return undefined;
    const message = `given up after ${this.#settings.giveUpAfterMs} ms: ${why}`;
    return new MillraceClientError('gave_up', message, status === 0 ? {} : { status });
  }

  /** Between half and all of the doubled pause; what the server asks for, and at random a little more. */
  #pauseMs(attempt: number, askedMs: number | undefined): number {
    const { retryPauseMs, retryPauseMaxMs } = this.#settings;
    const longest = Math.min(retryPauseMaxMs, retryPauseMs * 2 ** Math.min(attempt, 30));
    const own = longest * (0.5 + Math.random() / 2);
    return askedMs === undefined
      ? own
      : Math.max(own, Math.min(askedMs, retryAfterMaxMs) + Math.random() * longest);
  }

  async #wait(): Promise<void> {
    for (;;) {
      const leftMs = this.#notBefore - performance.now();
      if (leftMs <= 0 || this.#stop.signal.aborted) return;
      await delay(leftMs, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  #count(events: readonly string[], tags: readonly unknown[], refused: readonly Refusal[]): void {
    this.#totals.accepted += events.length - refused.length;
    this.#totals.refused += refused.length;
    if (refused.length === 0) return;
    const told = refused.map(({ index, reason, message }) => ({
      event: events[index]!,
      tag: tags[index],
      reason,
      message,
    }));
    this.#tell(() => this.#options.onRefused?.(told));
  }

  #settle(batch: Batch): void {
    this.#bytesHeld -= batch.bytes;
    this.#totals.waiting -= batch.events.length;
    this.#unsettled.delete(batch);
    // a Set keeps its order of insertion
    this.#oldest = this.#unsettled.values().next().value;
    batch.settled.resolve();
    if (!this.#isFull()) {
      this.#room?.resolve();
      this.#room = undefined;
    }
  }

  /** What a listener throws is its own, and must neither be lost nor stop the sending. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

const stopped = {
  kind: 'lost',
  error: new MillraceClientError('closed', 'the client was closed before the server had answered'),
} as const;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // an AggregateError of all addresses that were tried has no message of its own
  const code = 'code' in error ? String(error.code) : '';
  return error.message === '' ? code : error.message;
}
