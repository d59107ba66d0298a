/**
 * Promise 6 as numbers: accepted = stored + duplicates + quarantined + lost + in flight. The parts are counted one by one
 * while windows are stored; `progressAfter` holds each window to its offsets before its progress is written.
 */
import type { LogEnds } from '../log/log.ts';
import type { Progress } from '../store/store.ts';

export interface Ledger {
  /** Events that the log acknowledged. */
  readonly accepted: number;
  readonly stored: number;
  /** Copies of an event that was stored or quarantined. */
  readonly duplicates: number;
  readonly quarantined: number;
  /** Acknowledged, but damaged on the disk (or removed) before they were stored, or in the store. Anything but 0 needs a person. */
  readonly lost: number;
  /** Durable in the log and not in the store yet. */
  readonly inFlight: number;
}

/** What one writer has brought in. */
export type Done = Readonly<Record<'stored' | 'duplicates' | 'quarantined' | 'lost', number>>;

export function doneBetween(before: Progress, after: Progress): Done {
  const stored = after.stored - before.stored;
  const duplicates = after.duplicates - before.duplicates;
  const quarantined = after.quarantined - before.quarantined;
  const lost = after.next - before.next - stored - duplicates - quarantined;
  return { stored, duplicates, quarantined, lost };
}

export function addDone(a: Done, b: Done): Done {
  return {
    stored: a.stored + b.stored,
    duplicates: a.duplicates + b.duplicates,
    quarantined: a.quarantined + b.quarantined,
    lost: a.lost + b.lost,
  };
}

/** The progress names what became of each offset below `next`; those without a fate are lost. */
export function ledgerOf(progress: Progress, ends: LogEnds): Ledger {
  const { next, stored, duplicates, quarantined } = progress;
  return {
    accepted: ends.next,
    stored,
    duplicates,
    quarantined,
    lost: next - stored - duplicates - quarantined,
    inFlight: ends.next - next,
  };
}

export function sumLedgers(ledgers: readonly Ledger[]): Ledger {
  const sum = { accepted: 0, stored: 0, duplicates: 0, quarantined: 0, lost: 0, inFlight: 0 };
  for (const ledger of ledgers) {
    for (const part of Object.keys(sum) as (keyof Ledger)[]) sum[part] += ledger[part];
  }
  return sum;
}

export function isBalanced(ledger: Ledger): boolean {
  const { accepted, stored, duplicates, quarantined, lost, inFlight } = ledger;
  return accepted === stored + duplicates + quarantined + lost + inFlight && Math.min(lost, inFlight) >= 0;
}

/** What became of the offsets [from, to) of one window. */
export interface WindowCounts {
  readonly from: number;
  readonly to: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly lost: number;
}

/** Throws when an offset has no fate or two: a defect, which must never become a progress. */
export function progressAfter(before: Progress, window: WindowCounts): Progress {
  const { from, to, stored, duplicates, quarantined, lost } = window;
  if (from !== before.next) throw new Error(`the window begins at ${from}, not at ${before.next}`);
  if (to - from !== stored + duplicates + quarantined + lost) {
    throw new Error(
      `the window ${from}-${to} has ${stored} stored, ${duplicates} copies, ${quarantined} quarantined, ${lost} lost`,
    );
  }
  return {
    next: to,
    stored: before.stored + stored,
    duplicates: before.duplicates + duplicates,
    quarantined: before.quarantined + quarantined,
  };
}
