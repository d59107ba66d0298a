/** A row of the table: what is measured, against what, and what must be reached. Each lives in a file of rows/. */

export interface Figure {
  readonly name: string;
  /** As it stands in the table, with its unit. */
  readonly value: string;
  /** The same as numbers, for whoever compares two results: `value` of each pair, or one alone. */
  readonly samples: readonly number[];
  readonly baseline: string;
  readonly reach: string;
  readonly aim: string;
  /** Whether the "reach at least" was reached; undefined where there is none. */
  readonly isReached?: boolean;
  /** What else was seen, for the reader. */
  readonly detail: string;
}

export interface BenchContext {
  /** How many times the two sides are measured in turn. */
  readonly pairs: number;
  /** Stretches the long measurements: 1 is the real run, development takes less. */
  readonly scale: number;
  /** A fresh directory for this row; removed after it. */
  readonly directory: string;
  /** Says on stderr how far it is. */
  say(text: string): void;
}

export interface Row {
  readonly name: string;
  run(context: BenchContext): Promise<readonly Figure[]>;
}
