/**
 * Waiting between attempts: doubles from the least to the most, with jitter, so that writers that failed together do not
 * come back together. There is no last attempt: the log keeps the events, so the writer can wait as long as it takes.
 */
export interface BackoffBounds {
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

/** How long to wait before the attempt after number `attempt` (the first is 1): the upper half of the step is random. */
export function backoffMs(attempt: number, bounds: BackoffBounds, random: () => number): number {
  // 2 ** 30 steps are past every bound that the settings allow
  const step = Math.min(bounds.backoffMaxMs, bounds.backoffMinMs * 2 ** Math.min(attempt - 1, 30));
  return step / 2 + (step / 2) * random();
}
