/** Retention's own members of a plan, and the numbers that its forms share. */
import type { Bucket, RetentionData } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { bucketLabel } from '../../../format/dates.ts';
import { oneOf } from '../parts/plan-parts.ts';

export const periods = { day: 'Days', week: 'Weeks', month: 'Months' } as const;
export type Period = keyof typeof periods;
export const periodNames = ['day', 'week', 'month'] as const;
export const periodOf = (plan: PlanInput): Period => oneOf(plan.period, ['week', 'day', 'month']);

/** Periods of which the range has a few. */
export function startPeriod(range: unknown): Period {
  if (range === '12mo' || range === 'ytd' || range === 'all') return 'month';
  return range === '7d' || range === 'today' || range === 'yesterday' ? 'day' : 'week';
}

/** How far back one may look: as many periods, and the range that has them. */
export const depths: Readonly<
  Record<Period, readonly { readonly range: string; readonly periods: number }[]>
> = {
  day: [
    { range: '7d', periods: 7 },
    { range: '30d', periods: 30 },
    { range: '90d', periods: 90 },
  ],
  week: [
    { range: '30d', periods: 5 },
    { range: '90d', periods: 13 },
    { range: '12mo', periods: 52 },
  ],
  month: [
    { range: '90d', periods: 3 },
    { range: '12mo', periods: 12 },
  ],
};

/** Of those who began in one period, how many came back so many periods later. */
export interface Cell {
  readonly returned: number;
  readonly rate: number;
  /** False while that period is not over, or where the range cuts it. */
  readonly complete: boolean;
}

export interface Cohort {
  readonly bucket: Bucket;
  readonly people: number;
  /** From the first period after their own. */
  readonly cells: readonly Cell[];
}

/** Those in which somebody began. */
export const cohortsOf = ({ cohorts, periods: buckets }: RetentionData): readonly Cohort[] =>
  cohorts.flatMap(({ people, returned }, at) => {
    if (people === 0) return [];
    const cells = returned.map((count, later) => ({
      returned: count,
      rate: count / people,
      complete: buckets[at + later + 1]?.complete ?? false,
    }));
    return [{ bucket: buckets[at]!, people, cells }];
  });

/** All cohorts together, each by its people, of the periods that are over; null where there is none yet. */
export function averages(cohorts: readonly Cohort[]): readonly (number | null)[] {
  const longest = Math.max(0, ...cohorts.map(({ cells }) => cells.length));
  return Array.from({ length: longest }, (_, later) => {
    const over = cohorts.filter(({ cells }) => cells[later]?.complete);
    const people = over.reduce((sum, cohort) => sum + cohort.people, 0);
    const returned = over.reduce((sum, { cells }) => sum + cells[later]!.returned, 0);
    return people === 0 ? null : returned / people;
  });
}

export const cohortLabel = ({ bucket }: Cohort, { period, timeZone }: RetentionData) =>
  bucketLabel(bucket, period, timeZone);
