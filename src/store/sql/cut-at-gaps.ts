/** Sessions of events that name none: cut out of each person's events, in place. */
import { sessionGapMs } from '../../plan/analysis.ts';
import type { SequenceBlock } from '../sequences.ts';

/**
 * `block`: whole persons, all events that name no session. What comes out has the events that are shown (1), and shares its columns.
 */
export function cutAtGaps(
  { keys, ends, times, tags, codes }: SequenceBlock,
  isShown: Uint8Array,
): SequenceBlock {
  const cutKeys: bigint[] = [];
  const cutEnds: number[] = [];
  let kept = 0;
  let from = 0;
  for (let person = 0; person < ends.length; person++) {
    let begun = kept;
    const close = (): void => {
      if (kept === begun) return;
      cutKeys.push(keys[person]!);
      cutEnds.push(kept);
      begun = kept;
    };
    let before = Number.POSITIVE_INFINITY;
    for (let i = from; i < ends[person]!; i++) {
      const time = times[i]!;
      if (time - before > sessionGapMs) close();
      before = time;
      if (isShown[i] === 0) continue;
      // what is kept never overtakes what is read
      times[kept] = time;
      tags[kept] = tags[i]!;
      if (codes !== undefined) codes[kept] = codes[i]!;
      kept++;
    }
    close();
    from = ends[person]!;
  }
  return {
    keys: BigUint64Array.from(cutKeys),
    ends: Uint32Array.from(cutEnds),
    times: times.subarray(0, kept),
    tags: tags.subarray(0, kept),
    ...(codes && { codes: codes.subarray(0, kept) }),
  };
}
