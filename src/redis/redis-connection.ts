/**
 * A connection to a Redis, by ioredis: alone, behind Sentinels, or a cluster. It comes back by itself. Nothing waits for it while it
 * is away and nothing is sent twice: whoever asks hears at once, and an answer that never came is an error.
 */
import { readFileSync } from 'node:fs';
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { failure, isFailure, type MillraceError } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { redisCode, redisFailure } from './redis-error.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';

export interface OpenRedisOptions {
  /** What names this Redis, for messages: MILLRACE_LOG. */
  readonly setting: string;
  /** As in redis-url.ts. */
  readonly url: string;
  /** What CLIENT LIST shows. */
  readonly name: string;
  /** An answer, or a connection, that takes longer counts as none: the connection is given up and made anew. */
  readonly timeoutMs: number;
  /** Commands wait for the connection instead of failing at once. Default false. */
  readonly waitsWhileAway?: boolean;
}

const retryMinMs = 50;
const retryMaxMs = 2_000;
/** The first with all that the log and the cache ask of it. */
const versionMin = [6, 2] as const;

/** Begins to connect; `ready` waits for it. Errors: setting_invalid; redis_refused when a file of the address is missing. */
export function openRedis(options: OpenRedisOptions, telemetry: Telemetry): RedisConnection {
  return new RedisConnection(options, parseRedisUrl(options.setting, options.url), telemetry);
}

export class RedisConnection {
  readonly client: Redis | Cluster;
  readonly target: RedisTarget;
  readonly #options: OpenRedisOptions;
  readonly #telemetry: Telemetry;
  #lastError: unknown;
  #wasReady = false;
  #closed = false;

  constructor(options: OpenRedisOptions, target: RedisTarget, telemetry: Telemetry) {
    this.#options = options;
    this.#telemetry = telemetry;
    this.target = target;
    this.client = this.#makeClient();
    this.client.on('error', (error: unknown) => {
      this.#lastError = error;
    });
    this.client.on('ready', () => this.#onReady());
    this.client.on('close', () => this.#onClose());
    // what becomes of it is heard by its events
    this.client.connect().catch(() => {});
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** Errors: redis_refused, also for one that is too old; redis_unavailable when it is not there in time. */
  async ready(waitMs = this.#options.timeoutMs): Promise<void> {
    if (!this.isReady) await this.#connected(waitMs);
    await this.#checkVersion();
  }

  /** Of an error that a command was rejected with: redis_refused, redis_full or redis_unavailable. */
  failure(error: unknown): MillraceError {
    if (isFailure(error)) return error;
    const isAway = redisCode(error) === '' && this.#lastError !== undefined && !this.isReady;
    return redisFailure(isAway ? this.#lastError : error, this.#options.setting);
  }

  /** Another connection to the same Redis. */
  another(options: Partial<OpenRedisOptions>): RedisConnection {
    return new RedisConnection({ ...this.#options, ...options }, this.target, this.#telemetry);
  }

  /** Gives the connection up and makes it anew: what is under way fails, unclear. */
  reconnect(): void {
    if (this.client instanceof Redis) this.client.disconnect(true);
    else for (const node of this.client.nodes()) node.disconnect(true);
  }

  /** What is under way fails. */
  close(): void {
    this.#closed = true;
    this.client.disconnect();
  }

  #makeClient(): Redis | Cluster {
    const { target } = this;
    const { name, timeoutMs, waitsWhileAway = false } = this.#options;
    const tls = this.#tls();
    const common = {
      ...(target.username !== undefined && { username: target.username }),
      ...(target.password !== undefined && { password: target.password }),
      ...(tls && { tls }),
      db: target.database,
      connectionName: name,
      connectTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: waitsWhileAway ? 1 : 0,
      // after a failover the old master is a replica
      reconnectOnError: (error: Error) => redisCode(error) === 'READONLY',
    } satisfies RedisOptions;
    const enableOfflineQueue = waitsWhileAway;
    if (target.kind === 'cluster') {
      return new Cluster([...target.nodes], {
        redisOptions: common,
        enableOfflineQueue,
        lazyConnect: true,
        retryDelayOnFailover: 0,
        clusterRetryStrategy: retryDelayMs,
        slotsRefreshTimeout: timeoutMs,
      } satisfies ClusterOptions);
    }
    const own = { ...common, enableOfflineQueue, lazyConnect: true, retryStrategy: retryDelayMs };
    if (target.kind === 'single') return new Redis({ ...own, ...target.nodes[0] });
    return new Redis({
      ...own,
      sentinels: [...target.nodes],
      name: target.master!,
      sentinelRetryStrategy: retryDelayMs,
      ...(target.sentinelUsername !== undefined && { sentinelUsername: target.sentinelUsername }),
      ...(target.sentinelPassword !== undefined && { sentinelPassword: target.sentinelPassword }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  }

  #tls() {
    const { tls } = this.target;
    if (tls === undefined) return undefined;
    try {
      const ca = tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile) };
      return { ...ca, rejectUnauthorized: tls.verify };
    } catch (error) {
      throw redisFailure(error, this.#options.setting);
    }
  }

  async #connected(waitMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onError = (error: unknown) => {
      const known = redisFailure(error, this.#options.setting);
      if (known.code === 'redis_refused') reject(known);
    };
    const timer = setTimeout(() => reject(this.#awayFor(waitMs)), waitMs);
    this.client.on('ready', resolve);
    this.client.on('error', onError);
    try {
      if (this.#lastError !== undefined) onError(this.#lastError);
      await promise;
    } finally {
      clearTimeout(timer);
      this.client.off('ready', resolve);
      this.client.off('error', onError);
    }
  }

  #awayFor(waitMs: number): MillraceError {
    const { setting } = this.#options;
    const cause = this.#lastError;
    const why = cause === undefined ? 'it does not answer' : redisFailure(cause, setting).details.detail;
    const detail = `${this.target.shown} cannot be reached within ${waitMs} ms: ${why}`;
    return failure('redis_unavailable', { setting, detail }, cause);
  }

  async #checkVersion(): Promise<void> {
    let info: string;
    try {
      info = await this.client.info('server');
    } catch (error) {
      // one that may not be asked is taken as it is
      if (redisCode(error) === 'NOPERM') return;
      throw this.failure(error);
    }
    const [, version = ''] = /^redis_version:(\S+)/m.exec(info) ?? [];
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isOld = major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1]);
    if (version === '' || !isOld) return;
    const detail = `it is version ${version}, and ${versionMin.join('.')} is the oldest that will do`;
    throw failure('redis_refused', { setting: this.#options.setting, detail });
  }

  #onReady(): void {
    this.#lastError = undefined;
    if (this.#wasReady) this.#note('info', `the Redis of ${this.#options.setting} is back`);
    this.#wasReady = true;
  }

  #onClose(): void {
    if (this.#closed || !this.#wasReady) return;
    const { setting } = this.#options;
    this.#note('debug', `the connection to the Redis of ${setting} was closed`);
  }

  #note(level: 'debug' | 'info' | 'warn', message: string): void {
    const { name } = this.#options;
    this.#telemetry.publish('note', { level, message, fields: { connection: name } });
  }
}

function retryDelayMs(times: number): number {
  const step = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(times - 1, 10));
  return step / 2 + (step / 2) * Math.random();
}
