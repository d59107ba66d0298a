/**
 * One open stream of server-sent events. Only the newest answer matters: while a client takes nothing, further ones replace each other,
 * so what is held for it is one answer and what the socket has not sent yet. A client that takes nothing for too long is dropped.
 */
import type { ServerResponse } from 'node:http';
import type { Update } from '../query/watching.ts';
import type { Grant } from './key-ring.ts';

/** The same bytes for all who watch the same question. */
const frames = new WeakMap<Update, Buffer>();

export interface EventStreamOptions {
  readonly response: ServerResponse;
  readonly grant: Grant;
  /** The answer that the client has. */
  readonly lastId: string | undefined;
  readonly monotonic: () => number;
}

export class EventStream {
  readonly grant: Grant;
  readonly #response: ServerResponse;
  readonly #monotonic: () => number;
  #lastId: string | undefined;
  #writtenAt: number;
  /** Since when the client takes nothing; undefined: it does. */
  #blockedAt: number | undefined;
  #waiting: Update | undefined;

  constructor({ response, grant, lastId, monotonic }: EventStreamOptions) {
    this.grant = grant;
    this.#response = response;
    this.#monotonic = monotonic;
    this.#lastId = lastId;
    this.#writtenAt = monotonic();
    response.on('drain', () => this.#drained());
    response.on('error', () => {}); // 'close' follows
  }

  /** Says nothing when the client has this answer, unless `again`. */
  send(update: Update, again = false): void {
    if (update.id === this.#lastId && !again) {
      this.#waiting = undefined;
      return;
    }
    if (this.#blockedAt !== undefined) {
      this.#waiting = update;
      return;
    }
    this.#lastId = update.id;
    this.#write(frameOf(update));
  }

  /** A comment when nothing was said for so long: proxies end what is silent. */
  keepAlive(silentMs: number): void {
    if (this.#blockedAt === undefined && this.#monotonic() - this.#writtenAt >= silentMs)
      this.#write(': still here\n\n');
  }

  comment(text: string): void {
    if (this.#blockedAt === undefined) this.#write(`: ${text}\n\n`);
  }

  /** `problem`: a problem document as JSON. */
  problem(problem: string): void {
    if (this.#blockedAt === undefined) this.#write(`event: problem\ndata: ${problem}\n\n`);
  }

  /** How long the client has taken nothing. */
  get blockedMs(): number {
    return this.#blockedAt === undefined ? 0 : this.#monotonic() - this.#blockedAt;
  }

  end(): void {
    if (this.#blockedAt === undefined) this.#response.end();
    else this.drop();
  }

  drop(): void {
    this.#response.destroy();
  }

  #write(bytes: string | Buffer): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.#writtenAt = this.#monotonic();
    if (!this.#response.write(bytes)) this.#blockedAt = this.#writtenAt;
  }

  #drained(): void {
    this.#blockedAt = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.send(waiting);
  }
}

export function frameOf(update: Update): Buffer {
  const made = frames.get(update) ?? Buffer.from(`id: ${update.id}\ndata: ${update.json}\n\n`);
  frames.set(update, made);
  return made;
}
