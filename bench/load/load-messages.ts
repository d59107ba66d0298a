/** What the load generator's process and its starter tell each other. */

export interface LoadOptions {
  readonly port: number;
  readonly key: string;
  readonly connections: number;
  readonly eventsPerRequest: number;
  /** 0: as fast as the server answers. */
  readonly eventsPerSecond: number;
  readonly tag: string;
}

/** What one run came to. `events`: acknowledged ones. */
export interface LoadRun {
  requests: number;
  events: number;
  refused: number;
  /** Of the last refusal; 0: none, or a connection that broke. */
  refusedStatus: number;
  elapsedMs: number;
  /** Of the generator itself. */
  cpuMs: number;
  p50Ms: number;
  p99Ms: number;
}

export type ToLoad =
  | { readonly kind: 'run'; readonly ms: number }
  | { readonly kind: 'pause'; readonly isPaused: boolean }
  | { readonly kind: 'end' };

export type FromLoad = { readonly kind: 'ready' } | { readonly kind: 'ran'; readonly run: LoadRun };
