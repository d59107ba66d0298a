/** A row for each period in which people began, a column for each period later: a table of numbers, shaded by them. */
import type { RetentionData } from '../../../../../src/query/wire.ts';
import { bucketTitle } from '../../../format/dates.ts';
import { fullNumber, percent, shortNumber } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { averages, type Cell, type Cohort, cohortLabel } from './retention-plan.ts';

interface HeatMapProps {
  readonly data: RetentionData;
  readonly cohorts: readonly Cohort[];
}

/** The share of the accent in the darkest cell: ink is readable on it in both themes. */
const shadeMax = 0.5;
const nameCell = 'sticky left-0 z-10 bg-card px-2 text-left font-medium whitespace-nowrap';

export function HeatMap({ data, cohorts }: HeatMapProps) {
  const { period, timeZone } = data;
  const average = averages(cohorts);
  const most = Math.max(0.01, ...cohorts.flatMap(({ cells }) => cells.map(({ rate }) => rate)));
  const people = cohorts.reduce((sum, cohort) => sum + cohort.people, 0);
  return (
    <ScrollBox label="Retention">
      <table data-painting className="tabular border-separate border-spacing-0.5">
        <thead className="text-[13px] text-faint">
          <tr>
            <th scope="col" className={classes(nameCell, 'font-normal')}>
              First {period}
            </th>
            <th scope="col" className="px-2 text-right font-normal">
              People
            </th>
            {average.map((_, later) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                key={later}
                scope="col"
                className="min-w-14 text-center font-normal"
                title={`${later + 1} ${period}s later`}
              >
                +{later + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" className={nameCell}>
              Average
            </th>
            <td className="px-2 text-right font-medium">{shortNumber(people)}</td>
            {average.map((rate, later) => (
              <td
                // biome-ignore lint/suspicious/noArrayIndexKey: as the columns
                key={later}
                className="h-8 rounded-sm text-center font-medium"
                style={shade(rate ?? 0, most)}
              >
                {rate === null ? '' : percent(rate)}
              </td>
            ))}
          </tr>
          {cohorts.map((cohort) => (
            <tr key={cohort.bucket.from}>
              <th scope="row" className={nameCell} title={bucketTitle(cohort.bucket, period, timeZone)}>
                {cohortLabel(cohort, data)}
              </th>
              <td className="px-2 text-right text-soft" title={fullNumber(cohort.people)}>
                {shortNumber(cohort.people)}
              </td>
              {cohort.cells.map((cell, later) => (
                <HeatCell
                  // biome-ignore lint/suspicious/noArrayIndexKey: as the columns
                  key={later}
                  cell={cell}
                  of={cohort.people}
                  most={most}
                  when={`${later + 1} ${period}s later`}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function HeatCell({ cell, of, most, when }: { cell: Cell; of: number; most: number; when: string }) {
  const { returned, rate, complete } = cell;
  return (
    <td
      title={`${when}: ${fullNumber(returned)} of ${fullNumber(of)}${complete ? '' : ' so far'}`}
      className={classes(
        'h-8 rounded-sm text-center',
        !complete && 'outline-1 -outline-offset-1 outline-faint outline-dashed',
      )}
      style={shade(rate, most)}
    >
      {percent(rate)}
      {!complete && <span className="text-soft">*</span>}
    </td>
  );
}

const shade = (rate: number, most: number) => ({
  backgroundColor: `color-mix(in oklab, var(--accent) ${Math.round((rate / most) * shadeMax * 100)}%, var(--sunken))`,
});
