/** Numbers over time as lines, areas, stacks or bars; groups without a course as bars; one number large. */
import { useCallback, useMemo, useState } from 'react';
import type { NumbersData } from '../../../../../src/query/wire.ts';
import { type AnnotationBody, useSaved } from '../../../api/saved.ts';
import { Chart } from '../../../charts/chart.tsx';
import { bucketTitle } from '../../../format/dates.ts';
import { Annotations } from '../../../pages/overview/annotations.tsx';
import { classes } from '../../../ui/classes.ts';
import { Empty } from '../../../ui/states.tsx';
import type { ChartProps } from '../../kind.ts';
import { Figures } from './figures.tsx';
import { GroupBars } from './group-bars.tsx';
import { Legend } from './legend.tsx';
import { type ChartForm, forms, lineOption } from './line-option.ts';
import { type Lines, linesOf } from './lines.ts';
import { zoomed } from './zoom.ts';

const bars = import('../../../charts/bars.ts');

export function TrendChart(props: ChartProps<NumbersData>) {
  const { answer, plan, isTile = false, onPlan } = props;
  const all = useMemo(() => linesOf(answer, plan), [answer, plan]);
  if (all.lines.every(({ values }) => values.every((value) => !value)) && all.buckets !== undefined)
    return <Empty title="Nothing happened in this time">Choose a longer range, or take filters away.</Empty>;
  if (all.buckets !== undefined) return <Course {...props} all={all} />;
  if (all.by.length === 0) return <Figures lines={all.lines} isTile={isTile} />;
  return <GroupBars all={all} plan={plan} onPlan={onPlan} />;
}

export const formOf = (view: ChartProps['view']): ChartForm =>
  (Object.keys(forms).find((form) => form === view?.chart) as ChartForm | undefined) ?? 'lines';

function Course({
  project,
  plan,
  isTile = false,
  onPlan,
  view,
  onView,
  all,
}: ChartProps<NumbersData> & { all: Lines }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { data: annotations } = useSaved<AnnotationBody>(project, 'annotation', { enabled: !isTile });
  const form = formOf(view);
  const option = useCallback(
    (color: (name: string) => string) =>
      lineOption({
        all,
        hidden,
        form,
        isTile,
        color,
        annotations: annotations?.map(({ body }) => body) ?? [],
      }),
    [all, hidden, form, isTile, annotations],
  );
  const { buckets = [], interval, zone, lines } = all;
  const last = buckets.length - 1;
  const zoom = (from: number, to: number) => {
    const [first, end] = [buckets[Math.min(from, last)], buckets[Math.min(to, last)]];
    if (first !== undefined && end !== undefined) onPlan?.(zoomed(plan, first, end, zone));
  };
  const rangeLabel = (from: number, to: number) => {
    const [first, end] = [buckets[Math.min(from, last)], buckets[Math.min(to, last)]];
    return first === undefined || end === undefined
      ? ''
      : bucketTitle({ ...first, to: end.to, complete: true }, isDays(interval) ? 'week' : interval, zone);
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      {onView !== undefined && (
        <div className="mb-2 flex items-center justify-end gap-1">
          <Annotations project={project} zone={zone} />
          <FormChoice form={form} onChange={(chart) => onView({ ...view, chart })} />
        </div>
      )}
      <div data-painting className="flex min-h-0 flex-1 flex-col">
        <Chart
          option={option}
          extra={bars}
          label={`${lines.map(({ name }) => name).join(', ')} over time; the same as a table behind the button Table`}
          className={classes('w-full', isTile ? 'min-h-24 flex-1' : 'h-80 lg:h-96')}
          onRange={onPlan && zoom}
          rangeLabel={rangeLabel}
        />
        {lines.length > 1 && <Legend lines={lines} hidden={hidden} onHide={setHidden} isTile={isTile} />}
      </div>
    </div>
  );
}

const isDays = (interval: string) => interval === 'day' || interval === 'week' || interval === 'month';

function FormChoice({ form, onChange }: { form: ChartForm; onChange: (form: ChartForm) => void }) {
  return (
    <fieldset aria-label="How it is drawn" className="flex gap-0.5 text-[13px]">
      {(Object.entries(forms) as [ChartForm, string][]).map(([name, label]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === form}
          onClick={() => onChange(name)}
          className="rounded px-2 py-1 text-soft hover:text-ink aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
