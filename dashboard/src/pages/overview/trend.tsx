/** The course of one metric, beside the range that it is compared with; as a chart or as a table of the same numbers. */
import { Link } from '@tanstack/react-router';
import { ChartLine } from 'lucide-react';
import { useCallback } from 'react';
import type { Bucket, Compared, SeriesData } from '../../../../src/query/wire.ts';
import { type PlanInput, useAnswer } from '../../api/questions.ts';
import { type AnnotationBody, useSaved } from '../../api/saved.ts';
import { Chart } from '../../charts/chart.tsx';
import { trendOption } from '../../charts/trend-option.ts';
import { exploreSearch } from '../../explore/question-link.ts';
import { bucketTitle } from '../../format/dates.ts';
import { change, percent } from '../../format/numbers.ts';
import { type Interval, intervalOf, intervals, intervalsFor, type View, zoneOf } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { CsvButton } from '../../ui/csv-button.tsx';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { Annotations } from './annotations.tsx';
import { seriesOf, trendMetrics, trendPlan } from './metrics.ts';
import { Nothing } from './nothing.tsx';
import type { PartProps } from './overview.tsx';

interface TrendProps extends PartProps {
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
}

export function Trend({ project, view, onChange, isTable, onTable }: TrendProps) {
  const { data, error, isError, isPlaceholderData, refetch } = useAnswer<SeriesData & Compared>(
    project,
    trendPlan(view),
  );
  const metric = trendMetrics.find(({ name }) => name === view.metric) ?? trendMetrics[0]!;
  const [interval, zone] = [intervalOf(view), zoneOf(view)];
  const answer = data?.data;
  const { data: annotations } = useSaved<AnnotationBody>(project, 'annotation');
  const option = useCallback(
    (color: (name: string) => string) => {
      const before = answer?.compare?.data as SeriesData | undefined;
      return trendOption({
        buckets: answer?.buckets ?? [],
        values: answer === undefined ? [] : seriesOf(answer, metric.name),
        before: before && lineBefore(before, metric.name),
        interval: answer?.interval ?? interval,
        zone,
        label: metric.label,
        show: metric.show,
        annotations: annotations?.map(({ body }) => body) ?? [],
        color,
      });
    },
    [answer, metric, interval, zone, annotations],
  );
  const zoomIn = useCallback(
    (index: number) => {
      const bucket = answer?.buckets?.[Math.round(index)];
      if (bucket !== undefined && (interval === 'day' || interval === 'week' || interval === 'month'))
        onChange({ range: undefined, interval: undefined, ...daysOf(bucket, zone) });
    },
    [answer, interval, zone, onChange],
  );
  return (
    <div className="px-4 pt-3 pb-2">
      <div className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1">
        <h2 className="font-medium">{metric.label}</h2>
        <div className="ml-auto flex items-center gap-1">
          {isTable && <CsvButton project={project} plan={trendPlan(view)} name="Trend" look="quiet" small />}
          <Annotations project={project} zone={zone} />
          <Link
            to="/p/$project/explore"
            params={{ project }}
            aria-label="Look closer in Explore"
            search={exploreSearch(lineInExplore(view, metric.name)) as never}
            className="inline-flex h-8 items-center rounded-md px-2.5 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink"
          >
            <ChartLine aria-hidden className="size-4 sm:hidden" />
            <span className="hidden sm:inline">Look closer</span>
          </Link>
          <Button look="quiet" small aria-pressed={isTable} onClick={() => onTable(!isTable)}>
            {isTable ? 'Chart' : 'Table'}
          </Button>
          <ChoiceMenu
            label="Bucket"
            value={interval}
            quiet
            choices={intervalsFor(view).map((value) => ({ value, label: intervals[value] }))}
            onChoose={(next: Interval) => onChange({ interval: next }, true)}
          />
        </div>
      </div>
      <div className={classes('h-72', isPlaceholderData && 'opacity-60')}>
        {isError && answer === undefined ? (
          <Failure error={error} retry={() => refetch()} />
        ) : answer === undefined ? (
          <Skeleton className="h-full w-full" />
        ) : isNothing(answer) ? (
          <Nothing project={project} />
        ) : isTable ? (
          <TrendTable answer={answer} name={metric.name} show={metric.showFull} zone={zone} />
        ) : (
          <Chart
            option={option}
            onClick={zoomIn}
            label={`${metric.label} over time; the same as a table behind the button Table`}
            className="h-full w-full"
          />
        )}
      </div>
    </div>
  );
}

/** The question of the chosen line alone, to go on with. */
function lineInExplore(view: View, name: string): PlanInput {
  const plan = trendPlan(view);
  const series = plan.series as readonly { readonly name: string }[];
  const { name: _name, ...line } = series.find((each) => each.name === name)!;
  return { ...plan, series: [line] };
}

/** A time before the first event compares with nothing: a line at zero would only look like one. */
function lineBefore(before: SeriesData, name: string) {
  const values = seriesOf(before, name);
  return values.some((value) => value !== 0) ? { buckets: before.buckets ?? [], values } : undefined;
}

const isNothing = (answer: SeriesData) =>
  answer.series.every(({ values }) => values.every((value) => !value));

const dayIn = (time: number, zone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(time);

const daysOf = ({ from, to }: Bucket, zone: string) => ({
  from: dayIn(Date.parse(from), zone),
  to: dayIn(Date.parse(to) - 1, zone),
});

interface TableProps {
  readonly answer: SeriesData & Compared;
  readonly name: string;
  readonly show: (value: number) => string;
  readonly zone: string;
}

function TrendTable({ answer, name, show, zone }: TableProps) {
  const values = seriesOf(answer, name);
  const before = answer.compare && seriesOf(answer.compare.data as SeriesData, name);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section className="h-full overflow-y-auto" tabIndex={0} aria-label="The trend as a table">
      <table className="tabular w-full text-left">
        <thead className="sticky top-0 bg-card text-faint">
          <tr>
            <th className="py-1.5 font-medium">Time</th>
            <th className="py-1.5 text-right font-medium">Value</th>
            {before && <th className="py-1.5 text-right font-medium">Compared with</th>}
            {before && <th className="py-1.5 text-right font-medium">Change</th>}
          </tr>
        </thead>
        <tbody>
          {(answer.buckets ?? []).map((bucket, index) => {
            const share = change(values[index] ?? 0, before?.[index]);
            return (
              <tr key={bucket.from} className="border-t border-line">
                <td className="py-1.5">{bucketTitle(bucket, answer.interval ?? 'day', zone)}</td>
                <td className="py-1.5 text-right">{show(values[index] ?? 0)}</td>
                {before && <td className="py-1.5 text-right">{show(before[index] ?? 0)}</td>}
                {before && (
                  <td className="py-1.5 text-right">
                    {share === undefined ? '–' : `${share > 0 ? '+' : ''}${percent(share)}`}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
