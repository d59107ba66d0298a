/** What operations need to see of the writer, whichever process it runs in. */
export interface PartitionView {
  readonly partition: number;
  readonly mode: string;
  /** Every event below this offset is stored, a duplicate or quarantined. */
  readonly next: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

export interface WriterView {
  status(): {
    readonly partitions: readonly PartitionView[];
    /** How long the oldest event that is not countable yet has waited; 0 when none waits. */
    readonly lagMs: number;
  };
}
