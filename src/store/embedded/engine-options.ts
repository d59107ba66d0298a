/**
 * What the parent and the engine's process tell each other: the options at start (argv, as JSON) and the messages on the
 * IPC channel. The channel's end is itself a message: the process ends with it.
 */

export interface EngineOptions {
  /** The process that starts it; see left-engine.ts. */
  readonly owner: number;
  /** Where the engine keeps its data; one process at a time (it locks it). */
  readonly directory: string;
  readonly database: string;
  /** Private to this user; holds the socket, the server configuration and the data of inserts under way. */
  readonly workDirectory: string;
  readonly socketPath: string;
  /** The most that insert and SQL bodies may have. */
  readonly insertBytesMax: number;
  readonly questionLanes: number;
  /** Questions waiting for a lane; beyond it they are refused. */
  readonly questionQueueMax: number;
  /** Of an answer that is given whole. */
  readonly answerBytesMax: number;
  readonly serverMemoryBytes: number;
}

export type ToEngine =
  | { readonly kind: 'ping' }
  /** Answered by `fenced` once nothing with this id can change anything any more. */
  | { readonly kind: 'fence'; readonly call: number; readonly queryId: string }
  /** Take nothing new; answered by `drained` when what was begun has ended. */
  | { readonly kind: 'drain' };

export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Something that a person should read. */
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'pong'; readonly residentBytes: number }
  | { readonly kind: 'fenced'; readonly call: number }
  | { readonly kind: 'drained' };

/** Besides the questions': inserts and other writes, kills, and the watch over parts. */
export const reservedLanes = 3;
/** Threads that must be free of long queries: file system, name look-ups, engine starts. */
const spareThreads = 4;

export function threadPoolSize(questionLanes: number): number {
  return questionLanes + reservedLanes + spareThreads;
}
