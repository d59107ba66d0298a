/** What a log of streams asks of a Redis, whichever way it is reached: over a socket (log/redis), or over REST (log/upstash). */
import type { MillraceError } from '../../errors.ts';
import type { Script } from './scripts.ts';

export type Argument = string | number | Uint8Array;
/** Bytes over a socket, text over REST. */
export type Reply = number | string | Uint8Array | null | readonly Reply[];

export interface StreamService {
  /** How payloads stand in the streams: REST carries text only. Both can be read everywhere. */
  readonly encoding: 'raw' | 'base64';
  /** An address without secrets, for messages. */
  readonly where: string;
  /** Whether the server may be asked who it is; see `Scripts`. */
  readonly identifies: boolean;
  /** What one `append` of a group may carry. */
  readonly groupBytesMax: number;
  readonly recordBytesMax: number;
  /** Why it cannot be reached at this moment; undefined when it can, or nobody knows. */
  away(): string | undefined;
  /** Why nothing may be acknowledged at this moment, in the words of a person; undefined when all is well. */
  unsafe(): string | undefined;
  /** Resolves with the answer, which is durable when it comes; an append also waits for the replicas that are asked for. */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply>;
  /** For answers that are large; after a failover it may be a replica for a moment that gives them. */
  read(command: readonly Argument[]): Promise<Reply>;
  /** From the server that takes the appends: several questions at once, answers in their order; rejects when one of them fails. */
  readAll(commands: readonly (readonly Argument[])[]): Promise<readonly Reply[]>;
  /**
   * Waits until one of the streams may have an entry above the id given for it, for some time at most, or until the signal aborts.
   * May resolve for no reason. Rejects when the server is away.
   */
  newer(ids: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void>;
  /** redis_refused, redis_full or redis_unavailable. */
  failure(error: unknown): MillraceError;
  close(): Promise<void>;
}

export function textOf(reply: Reply | undefined): string {
  if (reply === null || reply === undefined) return '';
  if (reply instanceof Uint8Array)
    return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString();
  return String(reply);
}

export function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : [];
}
