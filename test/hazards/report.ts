/** What a hazard came to, said in one form, so that `scripts/hazards.ts` can make docs/hazards.md of it. */
import type { TestContext } from 'node:test';

export interface HazardRow {
  /** Its number in the list of docs/hazards.md; rows are sorted by it. */
  readonly number: number;
  readonly hazard: string;
  /** How it was made. */
  readonly made: string;
  readonly rounds: number;
  /** Kills, refused writes, flipped bits: how often the thing itself happened. */
  readonly faults: number;
  readonly acknowledged: number;
  /** As compared with what is stored; left out where nothing was compared. */
  readonly lost?: number;
  readonly doubled?: number;
  /** Anything else that a reader should know, such as a rate. */
  readonly note?: string;
}

export const hazardMark = 'HAZARD ';

export function report(t: TestContext, row: HazardRow): void {
  t.diagnostic(hazardMark + JSON.stringify(row));
}
