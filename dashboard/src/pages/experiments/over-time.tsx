/** How the variants came along: the rate up to each day, and who came in on it; as lines, or as a table of the same numbers. */
import { useCallback, useState } from 'react';
import type { ExperimentDays } from '../../../../src/query/wire.ts';
import { Chart } from '../../charts/chart.tsx';
import { bucketTitle } from '../../format/dates.ts';
import { fullNumber, shortNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Given } from '../../ui/given.tsx';
import { type DaysLine, daysOption } from './days-option.ts';
import type { ShownVariant } from './experiment.ts';
import { Segments } from './segments.tsx';
import { nouns, rate, shareOnAxis } from './words.ts';

type Measure = 'rate' | 'entered';

interface OverTimeProps {
  readonly days: ExperimentDays;
  readonly variants: readonly ShownVariant[];
  readonly per: 'user' | 'session';
  /** What counts as a conversion. */
  readonly goalWords: string;
}

const seriesMax = 8;

/** The name of the color of a variant's line: the control is gray. */
const lineColorsOf = (variants: readonly ShownVariant[]): readonly string[] => {
  let series = 0;
  return variants.map(({ isControl }) => (isControl ? 'faint' : `series-${1 + (series++ % seriesMax)}`));
};

export function OverTime({ days, variants, per, goalWords }: OverTimeProps) {
  const [measure, setMeasure] = useState<Measure>('rate');
  const [isTable, setTable] = useState(false);
  const seen = variants.filter(({ key }) => days.variants.some(({ variant }) => variant === key));
  const show = measure === 'rate' ? rate : fullNumber;
  const option = useCallback(
    (color: (name: string) => string) => {
      const shown = variants.filter(({ key }) => days.variants.some(({ variant }) => variant === key));
      const colors = lineColorsOf(shown);
      return daysOption({
        buckets: days.buckets,
        lines: linesOf(days, shown, measure),
        zone: days.timeZone,
        show: measure === 'rate' ? rate : fullNumber,
        showAxis: measure === 'rate' ? shareOnAxis : shortNumber,
        isShare: measure === 'rate',
        color,
        lineColor: (index) => color(colors[index]!),
      });
    },
    [days, variants, measure],
  );
  const title = measure === 'rate' ? 'Rate up to each day' : `New ${nouns[per][1]} by day`;
  return (
    <Card label="Over time" className="min-w-0 p-4">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <div className="mr-auto">
          <h2 className="font-semibold">{title}</h2>
          <p className="text-[13px] text-faint">
            {measure === 'rate'
              ? `Of all exposed so far, who had converted by then: ${goalWords}`
              : 'By the day of the first exposure'}
          </p>
        </div>
        <Segments
          label="What over time"
          value={measure}
          choices={[
            { value: 'rate', label: 'Rate' },
            { value: 'entered', label: 'Exposed' },
          ]}
          onChoose={setMeasure}
        />
        <Button look="quiet" small aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? 'Chart' : 'Table'}
        </Button>
      </div>
      {isTable ? (
        <DaysTable days={days} lines={linesOf(days, seen, measure)} show={show} />
      ) : (
        <>
          <Legend variants={seen} />
          <Chart
            option={option}
            label={`${title}; the same as a table behind the button Table`}
            className="h-64 w-full"
          />
        </>
      )}
    </Card>
  );
}

function linesOf(
  { variants }: ExperimentDays,
  shown: readonly ShownVariant[],
  measure: Measure,
): readonly DaysLine[] {
  return shown.flatMap(({ key, name, isControl }) => {
    const found = variants.find(({ variant }) => variant === key);
    if (found === undefined) return [];
    const { entered, exposed, converted } = found;
    const rates = exposed.map((units, day) => (units === 0 ? null : converted[day]! / units));
    return [{ key, name, isControl, values: measure === 'rate' ? rates : entered }];
  });
}

function Legend({ variants }: { variants: readonly ShownVariant[] }) {
  const colors = lineColorsOf(variants);
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
      {variants.map((variant, index) => (
        <li key={variant.key} className="flex min-w-0 items-center gap-1.5">
          <span
            aria-hidden
            className="h-0.5 w-4 shrink-0"
            style={{ background: `var(--${colors[index]})` }}
          />
          <Given text={variant.name} className="max-w-72" />
          {variant.isControl && <span className="text-faint">control</span>}
        </li>
      ))}
    </ul>
  );
}

interface DaysTableProps {
  readonly days: ExperimentDays;
  readonly lines: readonly DaysLine[];
  readonly show: (value: number) => string;
}

function DaysTable({ days: { buckets, timeZone }, lines, show }: DaysTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section className="h-72 overflow-auto" tabIndex={0} aria-label="The days as a table">
      <table className="tabular w-full text-left">
        <thead className="sticky top-0 bg-card text-[13px] text-faint">
          <tr>
            <th scope="col" className="py-1.5 pr-3 font-normal">
              Day
            </th>
            {lines.map(({ key, name }) => (
              <th key={key} scope="col" className="max-w-40 py-1.5 pl-3 text-right font-normal">
                <Given text={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket, index) => (
            <tr key={bucket.from} className="border-t border-line">
              <td className="py-1.5 pr-3 whitespace-nowrap">{bucketTitle(bucket, 'day', timeZone)}</td>
              {lines.map(({ key, values }) => {
                const value = values[index];
                return (
                  <td key={key} className="py-1.5 pl-3 text-right">
                    {value == null ? '–' : show(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
