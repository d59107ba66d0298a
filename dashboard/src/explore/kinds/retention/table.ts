/** Retention as rows: one for each period in which somebody began. */
import type { Answer, RetentionData } from '../../../../../src/query/wire.ts';
import { fullNumber, percent } from '../../../format/numbers.ts';
import type { Table } from '../../kind.ts';
import { numberCell, textCell } from '../parts/group-name.ts';
import { cohortLabel, cohortsOf } from './retention-plan.ts';

export function retentionTable({ data }: Answer<RetentionData>): Table {
  const cohorts = cohortsOf(data);
  const longest = Math.max(0, ...cohorts.map(({ cells }) => cells.length));
  return {
    columns: [
      { name: `First ${data.period}`, isNumber: false },
      { name: 'People', isNumber: true },
      ...Array.from({ length: longest }, (_, later) => ({ name: `+${later + 1}`, isNumber: true })),
    ],
    rows: cohorts.map((cohort) => [
      // sorted by time, not by the name of a month
      { ...textCell(cohortLabel(cohort, data)), value: cohort.bucket.from },
      numberCell(cohort.people, fullNumber),
      ...Array.from({ length: longest }, (_, later) => {
        const cell = cohort.cells[later];
        if (cell === undefined) return numberCell(null, percent);
        return numberCell(cell.rate, (rate) => `${percent(rate)}${cell.complete ? '' : ' *'}`);
      }),
    ]),
  };
}
