/** Which segments may go: a pure rule over what the log holds. */
import type { Segment } from './segment.ts';

export interface RetentionRule {
  /** Offsets below it are consumed. */
  readonly consumed: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of consumed segments, how much is kept and for how long since their last append. */
  readonly retainBytesMax: number;
  readonly retainMs: number;
}

/**
 * The oldest segments that are consumed whole and neither small nor young enough to be retained. Never the newest, whose
 * name or content carries the next offset; never one behind a segment that stays, so that offsets stay without a hole.
 */
export function removable(segments: readonly Segment[], rule: RetentionRule): readonly Segment[] {
  const older = segments.slice(0, -1);
  const firstKept = older.findIndex((segment) => segment.next > rule.consumed);
  const consumed = firstKept < 0 ? older : older.slice(0, firstKept);
  let bytes = consumed.reduce((sum, segment) => sum + segment.bytes, 0);
  let count = 0;
  for (const segment of consumed) {
    const retained = bytes <= rule.retainBytesMax && rule.now - segment.modifiedAt < rule.retainMs;
    if (retained) break;
    bytes -= segment.bytes;
    count++;
  }
  return consumed.slice(0, count);
}
