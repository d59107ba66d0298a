/** How far the numbers can be trusted, always to be seen: as of when, exact or approximate, and whether the store is away. */
import type { SeriesData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { browserZone, dayAndClock } from '../../format/dates.ts';
import { percent } from '../../format/numbers.ts';
import { zoneOf } from '../../state/view.ts';
import { totalsPlan } from './metrics.ts';
import type { PartProps } from './overview.tsx';

export function Freshness({ project, view }: PartProps) {
  const { data } = useAnswer<SeriesData>(project, totalsPlan(view));
  if (data === undefined) return <div className="h-9 border-t border-line" />;
  const { approximate, error, stale, asOf, cached, durationMs, source } = data.meta;
  const zone = zoneOf(view);
  return (
    <p className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 text-[13px] text-faint">
      {stale && (
        <span className="rounded bg-warn-soft px-1.5 font-medium text-warn">
          The store is away: the last known numbers
        </span>
      )}
      <span>As of {dayAndClock(asOf, zone)}</span>
      <span
        title={
          approximate ? 'People are counted by a sketch; ask with exact for every one' : 'Counted one by one'
        }
      >
        {approximate ? `Visitors within ± ${percent(1.96 * error)}, 19 times of 20` : 'Exact'}
      </span>
      {zone !== browserZone && <span>Days of {zone}</span>}
      <span title={`Read from ${source}`} className="ml-auto">
        {cached ? 'Kept answer' : `Computed in ${Math.round(durationMs)} ms`}
      </span>
    </p>
  );
}
