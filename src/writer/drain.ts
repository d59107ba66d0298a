/**
 * One pass over the log, for processes that live for seconds: each partition whose lease can be had is brought into the store until
 * nothing waits or the time is over. Whatever is left is for the next pass; two at once share the partitions.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { Done } from './ledger.ts';
import type { PartitionWriter } from './partition-writer.ts';
import type { LastError } from './retry.ts';

/** The numbers are events, by what became of them in this pass. */
export interface DrainReport extends Done {
  /** What waits still in the partitions that this pass had, as far as it knows. */
  readonly waiting: number;
  /** Partitions that others have. */
  readonly busy: number;
  readonly isOutOfTime: boolean;
  /** Of a partition that got no further. */
  readonly lastError: LastError | undefined;
}

export interface DrainOptions {
  readonly partitions: readonly PartitionWriter[];
  readonly log: Log;
  readonly clock: Clock;
  /** After so long nothing more is begun. */
  readonly timeMs: number;
  readonly signal: AbortSignal;
}

/** How long a partition is waited for that another process has. */
const leaseWaitMs = 1_500;
const lookMs = 10;

type Outcome = 'drained' | 'busy' | 'out-of-time';

/** Starts the writers and closes them. Never rejects. */
export async function drain(options: DrainOptions): Promise<DrainReport> {
  const { partitions, clock, timeMs } = options;
  const until = clock.monotonic() + timeMs;
  const outcomes = await Promise.all(partitions.map((partition) => drainOne(partition, options, until)));
  const mine = partitions.filter((_, index) => outcomes[index] !== 'busy');
  const done = mine.map((partition) => partition.done());
  const sum = (part: keyof Done) => done.reduce((total, each) => total + each[part], 0);
  const states = mine.map((partition) => partition.status());
  return {
    stored: sum('stored'),
    duplicates: sum('duplicates'),
    quarantined: sum('quarantined'),
    lost: sum('lost'),
    waiting: states.reduce((total, { waiting }) => total + waiting, 0),
    busy: partitions.length - mine.length,
    isOutOfTime: outcomes.includes('out-of-time'),
    lastError: states.map(({ lastError }) => lastError).find((error) => error !== undefined),
  };
}

async function drainOne(partition: PartitionWriter, options: DrainOptions, until: number): Promise<Outcome> {
  partition.start();
  const outcome = await outcomeOf(partition, options, until);
  await partition.close();
  return outcome;
}

async function outcomeOf(
  partition: PartitionWriter,
  { log, clock, signal }: DrainOptions,
  until: number,
): Promise<Outcome> {
  const startedAt = clock.monotonic();
  for (;;) {
    const { mode, ledger, partition: number } = partition.status();
    const isEmpty =
      ledger !== undefined && ledger.accepted === log.ends(number).next && ledger.inFlight === 0;
    if (mode === 'gathering' && isEmpty) return 'drained';
    const isLate = clock.monotonic() >= until || signal.aborted || mode === 'failed';
    if (isLate) return mode === 'waiting' ? 'busy' : 'out-of-time';
    if (mode === 'waiting' && clock.monotonic() - startedAt >= leaseWaitMs) return 'busy';
    await clock.sleep(lookMs, signal);
  }
}
