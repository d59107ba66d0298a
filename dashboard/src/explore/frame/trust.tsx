/** How far an answer can be trusted: as of when, exact or approximate, out of what. */
import { dayAndClock } from '../../format/dates.ts';
import { percent, shortNumber } from '../../format/numbers.ts';
import { zoneOfPlan } from '../range.tsx';
import type { Answered } from './use-question.ts';

/** Of the normal distribution, for 19 of 20. */
const standardErrors = 1.96;

export function Trust({ answered: { plan, answer } }: { answered: Answered }) {
  const { approximate, error, stale, asOf, cached, durationMs, source, rowsRead, sample } = answer.meta;
  const zone = zoneOfPlan(plan);
  return (
    <p className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 text-[13px] text-faint">
      {stale && (
        <span className="rounded bg-warn-soft px-1.5 font-medium text-warn">
          The store is away: the last known numbers
        </span>
      )}
      <span>As of {dayAndClock(asOf, zone)}</span>
      <span>{trustWords(approximate, error, sample)}</span>
      <span>Days of {zone}</span>
      <span className="ml-auto" title={`Read from ${source}`}>
        {cached ? 'Kept answer' : `${shortNumber(rowsRead)} rows in ${Math.round(durationMs)} ms`}
      </span>
    </p>
  );
}

export function trustWords(approximate: boolean, error: number, sample: number | undefined): string {
  if (sample !== undefined) return `Out of ${percent(sample)} of the people, scaled up`;
  return approximate ? `People within ± ${percent(standardErrors * error)}, 19 times of 20` : 'Exact';
}
