/**
 * A cache in Redis, shared by all servers of one house: least recently used out first, bounded by bytes of its own, whatever
 * else lives in that Redis. What is asked for in one turn of the event loop goes as one call. A Redis that is away makes it an
 * empty cache at once; nothing waits for it.
 *
 * Keys, all under one hash tag, so that a cluster keeps them together: an entry each, and three that hold what is known of them:
 * `used` (sorted set: id by last use), `sizes` (hash: id to bytes), `state` (hash: bytes in all, and the count of uses).
 */

import type { RedisConnection } from '../../redis/redis-connection.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Cache } from '../cache.ts';
import { type CacheCommands, defineCacheCommands } from './redis-cache-commands.ts';

export interface RedisCacheOptions {
  /** Closed with the cache. */
  readonly connection: RedisConnection;
  readonly telemetry: Telemetry;
  /** Ids and values as UTF-8, and `entryBytes` for each. */
  readonly bytesMax: number;
  /** What all its keys begin with. */
  readonly prefix?: string;
}

/** What Redis needs for an entry beside its text. An estimate. */
const entryBytes = 300;
/** Calls that are on their way; the next ones find an empty cache. */
const underWayMax = 1_000;
/** A call holds no more than this, so that Redis does not stand still for it. */
const idsPerCallMax = 200;
const scanCount = 500;

interface Asked {
  readonly key: string;
  readonly answer: (value: string | undefined) => void;
}
interface Given {
  readonly key: string;
  readonly value: string;
  readonly ttlMs: number;
  readonly done: () => void;
}

export class RedisCache implements Cache {
  readonly #options: RedisCacheOptions;
  readonly #tag: string;
  readonly #commands: CacheCommands;
  #asked: Asked[] = [];
  #given: Given[] = [];
  #underWay = 0;
  #usage = { entries: 0, bytes: 0 };
  #isAway = false;
  #closed = false;

  constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#tag = `{${options.prefix ?? 'millrace'}:cache}:`;
    this.#commands = defineCacheCommands(options.connection.client, this.#tag);
  }

  get(key: string): Promise<string | undefined> {
    if (!this.#isUsable()) return Promise.resolve(undefined);
    return new Promise((answer) => {
      if (this.#asked.push({ key, answer }) === 1) setImmediate(() => this.#sendAsked());
    });
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    if (!this.#isUsable()) return Promise.resolve();
    return new Promise((done) => {
      if (this.#given.push({ key, value, ttlMs, done }) === 1) setImmediate(() => this.#sendGiven());
    });
  }

  /** As of the last call. */
  usage(): { readonly entries: number; readonly bytes: number; readonly bytesMax: number } {
    return { ...this.#usage, bytesMax: this.#options.bytesMax };
  }

  /** Forgets everything. Errors: redis_unavailable, redis_refused. */
  async clear(): Promise<void> {
    const { client } = this.#options.connection;
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    try {
      for (const node of nodes) {
        let cursor = '0';
        do {
          const [next, keys] = await node.scan(cursor, 'MATCH', `${escaped(this.#tag)}*`, 'COUNT', scanCount);
          if (keys.length > 0) await client.unlink(...keys);
          cursor = next;
        } while (cursor !== '0');
      }
      this.#usage = { entries: 0, bytes: 0 };
    } catch (error) {
      throw this.#options.connection.failure(error);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.connection.close();
  }

  #isUsable(): boolean {
    return !this.#closed && this.#options.connection.isReady && this.#underWay < underWayMax;
  }

  #sendAsked(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let from = 0; from < asked.length; from += idsPerCallMax) {
      const part = asked.slice(from, from + idsPerCallMax);
      void this.#call(() => this.#commands.get(part.map(({ key }) => key))).then((values) => {
        for (const [i, { answer }] of part.entries()) answer(values?.[i] ?? undefined);
      });
    }
  }

  #sendGiven(): void {
    const given = this.#given;
    this.#given = [];
    for (let from = 0; from < given.length; from += idsPerCallMax) {
      const part = given.slice(from, from + idsPerCallMax);
      const entries = part.map(({ key, value, ttlMs }) => ({
        key,
        value,
        ttlMs,
        bytes: Buffer.byteLength(key) + Buffer.byteLength(value) + entryBytes,
      }));
      void this.#call(() => this.#commands.set(entries, this.#options.bytesMax)).then((usage) => {
        if (usage !== undefined) this.#usage = { entries: usage[0], bytes: usage[1] };
        for (const { done } of part) done();
      });
    }
  }

  /** Undefined when Redis did not do it; said once until it does again. */
  async #call<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#underWay++;
    try {
      const result = await work();
      this.#say(undefined);
      return result;
    } catch (error) {
      this.#say(error);
      return undefined;
    } finally {
      this.#underWay--;
    }
  }

  #say(error: unknown): void {
    const isAway = error !== undefined;
    if (isAway === this.#isAway || this.#closed) return;
    this.#isAway = isAway;
    const { telemetry, connection } = this.#options;
    const message = isAway
      ? `the cache is away, answers are made anew meanwhile: ${connection.failure(error).message}`
      : 'the cache is back';
    telemetry.publish('note', { level: isAway ? 'warn' : 'info', message });
  }
}

/** A glob that means the text itself. */
const escaped = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&');
