/**
 * A Redis as the log uses it, over three connections: one for appends and whatever is quick, one for reading, whose answers are
 * large, and one that waits for new entries. Each answer of an append is sent by Redis after its fsync, when that is `always`.
 */
import { Cluster, type Redis } from 'ioredis';
import type { Clock } from '../../clock.ts';
import { failure, type MillraceError } from '../../errors.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { isReply, redisCode } from '../../redis/redis-error.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Script } from '../stream/scripts.ts';
import { partBytesMax, partsMax } from '../stream/stream-record.ts';
import type { Argument, Reply, StreamService } from '../stream/stream-service.ts';
import { askPromises, type Promises } from './redis-promises.ts';

export interface RedisServiceOptions {
  readonly connection: RedisConnection;
  readonly setting: string;
  readonly timeoutMs: number;
  readonly replicasMin: number;
  readonly acceptLoss: boolean;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** How long one wait for new entries takes at most; the server forgets it then. */
const blockMs = 1_000;
/** Where waiting is not to be had, as over the slots of a cluster. */
const pollMs = 4;
const unblockMs = 5;
/** What Redis promises may be changed while it runs. */
const checkMs = 30_000;
/** While nothing is acknowledged because of it. */
const unsafeCheckMs = 1_000;

/** Errors: redis_refused, redis_unsafe, redis_unavailable; each names the setting. */
export async function openRedisService(options: RedisServiceOptions): Promise<RedisService> {
  const service = new RedisService(options);
  try {
    await service.open();
    return service;
  } catch (error) {
    await service.close();
    throw service.failure(error);
  }
}

export class RedisService implements StreamService {
  readonly encoding = 'raw';
  readonly groupBytesMax = 1024 * 1024;
  readonly recordBytesMax = partsMax * partBytesMax;
  identifies = true;
  readonly #options: RedisServiceOptions;
  readonly #stop = new AbortController();
  #reading: Promise<RedisConnection> | undefined;
  #waiting: { readonly connection: RedisConnection; id: Promise<string> | undefined } | undefined;
  #polls = false;
  #unsafe: string | undefined;
  /** What was said already, so that it is said once. */
  #told = new Set<string>();
  #checking: Promise<void> | undefined;
  #checks: Promise<void> | undefined;

  constructor(options: RedisServiceOptions) {
    this.#options = options;
  }

  get where(): string {
    return this.#options.connection.target.shown;
  }

  async open(): Promise<void> {
    const { connection, replicasMin, setting, timeoutMs } = this.#options;
    await connection.ready(timeoutMs);
    this.#polls = connection.client instanceof Cluster;
    if (this.#polls && replicasMin > 0) {
      const rule = 'must be 0 with a cluster, which cannot be asked how many replicas have a write';
      throw failure('setting_invalid', {
        setting: 'MILLRACE_LOG_REDIS_REPLICAS_MIN',
        rule,
        value: String(replicasMin),
      });
    }
    const { problems } = await this.#ask();
    const [problem] = problems;
    if (problem !== undefined && !this.#options.acceptLoss) {
      const remedy = `${problem.remedy}, or MILLRACE_LOG_REDIS_ACCEPT_LOSS=true here`;
      throw failure('redis_unsafe', { setting, detail: problem.detail, remedy });
    }
    this.identifies = await this.#mayIdentify();
    this.#checks = this.#checkAgain();
    connection.client.on('ready', this.#onReady);
  }

  away(): string | undefined {
    return this.#options.connection.isReady ? undefined : 'the Redis of the log cannot be reached';
  }

  unsafe(): string | undefined {
    return this.#unsafe;
  }

  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    const tail = [keys.length, ...keys, ...args];
    try {
      return await this.#run(script, ['EVALSHA', script.sha, ...tail]);
    } catch (error) {
      // nothing of it ran
      if (redisCode(error) !== 'NOSCRIPT') throw error;
      return await this.#run(script, ['EVAL', script.text, ...tail]);
    }
  }

  async read(command: readonly Argument[]): Promise<Reply> {
    this.#reading ??= this.#another('millrace-log-read', this.#options.timeoutMs);
    const { client } = await this.#reading.catch((error) => {
      this.#reading = undefined;
      throw error;
    });
    return await call(client, command);
  }

  async readAll(commands: readonly (readonly Argument[])[]): Promise<readonly Reply[]> {
    return await Promise.all(commands.map((command) => call(this.#options.connection.client, command)));
  }

  async newer(ids: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
    if (this.#polls) return await this.#options.clock.sleep(pollMs, signal);
    if (signal.aborted) return;
    const { timeoutMs } = this.#options;
    this.#waiting ??= {
      connection: await this.#another('millrace-log-wait', timeoutMs + blockMs),
      id: undefined,
    };
    const { client } = this.#waiting.connection;
    this.#waiting.id ??= clientId(client as Redis);
    const id = await this.#waiting.id.catch((error) => {
      this.#waiting!.id = undefined;
      throw error;
    });
    const command = ['XREAD', 'COUNT', 1, 'BLOCK', blockMs, 'STREAMS', ...ids.keys(), ...ids.values()];
    const reading = call(client, command);
    const settled = new AbortController();
    const unblock = () => void this.#unblock(id, settled.signal);
    signal.addEventListener('abort', unblock, { once: true });
    if (signal.aborted) unblock();
    try {
      await reading;
    } catch (error) {
      // the next connection has another id
      this.#waiting.id = undefined;
      throw error;
    } finally {
      settled.abort();
      signal.removeEventListener('abort', unblock);
    }
  }

  failure(error: unknown): MillraceError {
    return this.#options.connection.failure(error);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#options.connection.client.off('ready', this.#onReady);
    const reading = await this.#reading?.catch(() => undefined);
    for (const each of [this.#options.connection, reading, this.#waiting?.connection]) each?.close();
    await this.#checks;
    await this.#checking;
  }

  async #run(script: Script, command: readonly Argument[]): Promise<Reply> {
    const { connection, replicasMin } = this.#options;
    const { client } = connection;
    if (script.name !== 'append' || replicasMin === 0) return await call(client, command);
    // the same connection: WAIT speaks of what was written by it
    const appended = call(client, command);
    const copied = call(client, ['WAIT', replicasMin, Math.ceil(this.#options.timeoutMs / 2)]);
    const [reply, copies] = await Promise.all([appended, copied.catch(() => 0)]);
    if (Number(copies) >= replicasMin) return reply;
    throw new Error(
      `only ${String(copies)} of ${replicasMin} replicas have it (MILLRACE_LOG_REDIS_REPLICAS_MIN)`,
    );
  }

  async #another(name: string, timeoutMs: number): Promise<RedisConnection> {
    const connection = this.#options.connection.another({ name, timeoutMs });
    if (this.#stop.signal.aborted) connection.close();
    try {
      await connection.ready();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Again and again until the waiting has ended: it may be on its way to the server still. */
  async #unblock(id: string, settled: AbortSignal): Promise<void> {
    const { connection, clock } = this.#options;
    while (!settled.aborted && !this.#stop.signal.aborted) {
      try {
        await call(connection.client, ['CLIENT', 'UNBLOCK', id]);
      } catch (error) {
        // where this is forbidden, waiting cannot be broken off, so there is none
        if (isReply(error)) this.#polls = true;
        return;
      }
      await clock.sleep(unblockMs, settled);
    }
  }

  async #mayIdentify(): Promise<boolean> {
    try {
      await call(this.#options.connection.client, [
        'EVAL',
        "return redis.call('INFO', 'server')",
        1,
        'millrace',
      ]);
      return true;
    } catch (error) {
      if (!isReply(error)) throw error;
      this.#tell(
        'warn',
        `INFO may not be asked there, so a Redis that comes back without its last writes is not noticed`,
      );
      return false;
    }
  }

  /** After each reconnection it may be another server; until it has said what it promises, nothing is acknowledged. */
  readonly #onReady = (): void => {
    this.#unsafe ??= 'it has just come back, and what it promises is not known yet';
    void this.#check();
  };

  #check(): Promise<void> {
    this.#checking ??= this.#ask()
      .then(
        ({ problems }) => {
          const [problem] = this.#options.acceptLoss ? [] : problems;
          this.#unsafe = problem === undefined ? undefined : `${problem.detail}; ${problem.remedy}`;
          if (problem !== undefined) this.#tell('error', this.#unsafe!);
        },
        // it is away, or loading: the next connection asks again
        () => {},
      )
      .finally(() => {
        this.#checking = undefined;
      });
    return this.#checking;
  }

  async #checkAgain(): Promise<void> {
    const { clock, connection } = this.#options;
    const { signal } = this.#stop;
    for (let checkedAt = clock.monotonic(); !signal.aborted; ) {
      await clock.sleep(unsafeCheckMs, signal);
      const isDue = this.#unsafe !== undefined || clock.monotonic() - checkedAt >= checkMs;
      if (signal.aborted || !isDue || !connection.isReady) continue;
      checkedAt = clock.monotonic();
      await this.#check();
    }
  }

  async #ask(): Promise<Promises> {
    const { client } = this.#options.connection;
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const all = await Promise.all(nodes.map((node) => askPromises(node)));
    const problems = all.flatMap((each) => each.problems);
    for (const remark of new Set(all.flatMap((each) => each.remarks))) this.#tell('warn', remark);
    if (this.#options.acceptLoss)
      for (const { detail } of problems)
        this.#tell('warn', `${detail} (accepted by MILLRACE_LOG_REDIS_ACCEPT_LOSS)`);
    return { problems, remarks: [] };
  }

  #tell(level: 'warn' | 'error', text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    const message = `the log in ${this.where}: ${text}`;
    this.#options.telemetry.publish('note', { level, message });
  }
}

function call(client: Redis | Cluster, [name, ...args]: readonly Argument[]): Promise<Reply> {
  return client.callBuffer(String(name), ...(args as (string | number | Buffer)[])) as Promise<Reply>;
}

async function clientId(client: Redis): Promise<string> {
  return String(await client.client('ID'));
}
