/** Bounds of the query stage. Whoever opens it may set each; these are the defaults. */
export interface QuerySettings {
  /** How long one question may run in the store. */
  readonly timeMs: number;
  /** How much memory the store may use for one question. */
  readonly memoryBytes: number;
  /** How many rows one question may read. */
  readonly rowsMax: number;
  /** How many questions the store works on at once. */
  readonly concurrencyMax: number;
  /** How many more may wait; the next one is refused. */
  readonly waitingMax: number;
  /** The same of one key, unless it has limits of its own. */
  readonly keyConcurrencyMax: number;
  readonly keyWaitingMax: number;
}

export const defaultQuerySettings: QuerySettings = {
  timeMs: 30_000,
  memoryBytes: 200_000_000,
  rowsMax: 1_000_000_000,
  concurrencyMax: 4,
  waitingMax: 64,
  keyConcurrencyMax: 3,
  keyWaitingMax: 32,
};

/** An answer about an open range may be this old although events have come since, at most. */
export const answerAgeMaxMs = 5_000;
/** Nor may it be older than this many times the time that computing it took: cheap answers are made anew, dear ones spare the store. */
export const answerAgePerCost = 2;
/** An answer that took this long is given again while a new one is made, as long as its age allows. */
export const dearMs = 100;
/** How long an answer is kept for the case that the store goes down. */
export const answerKeptMs = 24 * 3_600_000;
