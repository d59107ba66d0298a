/**
 * Upstash as the log uses it: the same scripts, over REST. Payloads stand as base64, because REST carries text. Nothing is sent twice:
 * an answer that never comes is an error, like everywhere. The client is told so, since by default it tries five times, and takes a
 * request that was broken off for one that was answered.
 */
import { Redis } from '@upstash/redis';
import type { Clock } from '../../clock.ts';
import { failure, isFailure, type MillraceError } from '../../errors.ts';
import { redisCode, redisFailure } from '../../redis/redis-error.ts';
import type { Script } from '../stream/scripts.ts';
import type { Argument, Reply, StreamService } from '../stream/stream-service.ts';

export interface UpstashServiceOptions {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly clock: Clock;
}

const urlSetting = 'UPSTASH_REDIS_REST_URL';
const tokenSetting = 'UPSTASH_REDIS_REST_TOKEN';
/** A request may have 10 MB there, and base64 makes four bytes of three. */
const requestBytesMax = 6 * 1024 * 1024;
const anyCommand = 'return redis.call(unpack(ARGV))';

export class UpstashService implements StreamService {
  readonly encoding = 'base64';
  readonly identifies = false;
  readonly groupBytesMax = 1024 * 1024;
  readonly recordBytesMax = requestBytesMax;
  readonly where: string;
  readonly #options: UpstashServiceOptions;
  readonly #client: Redis;
  readonly #stop = new AbortController();

  constructor(options: UpstashServiceOptions) {
    const { url, token, timeoutMs } = options;
    this.#options = options;
    this.where = hostOf(url);
    this.#client = new Redis({
      url,
      token,
      automaticDeserialization: false,
      // all that is read is text of ours
      responseEncoding: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      retry: { retries: 0 },
      // a function: of a plain signal the client makes an answer
      signal: () => AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]),
    });
  }

  away(): undefined {
    return undefined;
  }

  unsafe(): undefined {
    return undefined;
  }

  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    const texts = args.map(String);
    try {
      return await this.#ask(() => this.#client.evalsha<string[], Reply>(script.sha, [...keys], texts));
    } catch (error) {
      // nothing of it ran
      if (redisCode(error) !== 'NOSCRIPT') throw error;
      return await this.#ask(() => this.#client.eval<string[], Reply>(script.text, [...keys], texts));
    }
  }

  async read(command: readonly Argument[]): Promise<Reply> {
    const [, key] = command;
    return await this.#ask(() =>
      this.#client.eval<string[], Reply>(anyCommand, [String(key)], command.map(String)),
    );
  }

  async readAll(commands: readonly (readonly Argument[])[]): Promise<readonly Reply[]> {
    const pipeline = this.#client.pipeline();
    for (const command of commands) pipeline.eval(anyCommand, [String(command[1])], command.map(String));
    return await this.#ask(() => pipeline.exec<Reply[]>());
  }

  /** There is nothing that waits over REST. */
  async newer(_ids: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(this.#options.pollMs, signal);
  }

  failure(error: unknown): MillraceError {
    if (isFailure(error)) return error;
    const code = redisCode(error);
    const isAboutToken = code === 'WRONGPASS' || code === 'NOAUTH' || code === 'NOPERM';
    return redisFailure(error, isAboutToken ? tokenSetting : urlSetting);
  }

  async close(): Promise<void> {
    this.#stop.abort();
  }

  /** Errors: as a Redis over a socket has them, without the command, which holds events. */
  async #ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw this.#meaning(error as Error);
    }
  }

  #meaning(error: Error): Error {
    if (error.name === 'UpstashError') {
      const [message = ''] = error.message.split(', command was: ');
      return Object.assign(new Error(message), { name: 'ReplyError' });
    }
    if (error.name === 'TimeoutError') {
      const message = `no answer within ${this.#options.timeoutMs} ms`;
      return Object.assign(new Error(message, { cause: error }), { code: 'ETIMEDOUT' });
    }
    return error.cause instanceof Error ? error.cause : error;
  }
}

/** Errors: setting_invalid. */
function hostOf(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `upstash+${protocol}//${host}`;
  } catch {
    throw failure('setting_invalid', {
      setting: urlSetting,
      rule: 'must be an address such as https://name.upstash.io',
      value: `an address of ${url.length} characters`,
    });
  }
}
