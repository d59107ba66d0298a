/** Since when people are lost between two steps: bucket by bucket, how many did the one and how many the other. */
import { Link } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { SeriesData } from '../../../../../src/query/wire.ts';
import { type PlanInput, useAnswer } from '../../../api/questions.ts';
import { Chart } from '../../../charts/chart.tsx';
import { trendOption } from '../../../charts/trend-option.ts';
import { percent } from '../../../format/numbers.ts';
import { intervals } from '../../../state/view.ts';
import { ChoiceMenu } from '../../../ui/menu.tsx';
import { Failure, Skeleton } from '../../../ui/states.tsx';
import { exploreSearch } from '../../question-link.ts';
import { zoneOfPlan } from '../../range.tsx';
import { intervalFor, scopeOf } from '../parts/plan-parts.ts';
import type { FunnelParts } from './chart.tsx';
import { perOf, stepsOf } from './funnel-plan.ts';

interface OverTimeProps extends FunnelParts {
  readonly project: string;
  /** Shown first: where most are lost. */
  readonly worst: number | undefined;
}

export function OverTime({ project, plan, names, unit, worst }: OverTimeProps) {
  const [chosen, setChosen] = useState<number>();
  const step = Math.min(chosen ?? worst ?? 1, names.length - 1);
  const asked = trendPlan(plan, step);
  const { data, error, isError, refetch } = useAnswer<SeriesData>(project, asked);
  const interval = intervalFor(plan);
  return (
    <section aria-label="Over time" className="grid min-w-0 gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-semibold">Over time</h3>
        <ChoiceMenu
          label="Between"
          value={String(step)}
          align="start"
          choices={names
            .slice(1)
            .map((name, index) => ({ value: String(index + 1), label: `${names[index]} → ${name}` }))}
          onChoose={(next) => setChosen(Number(next))}
        >
          <span className="max-w-64 truncate">
            {names[step - 1]} → {names[step]}
          </span>
        </ChoiceMenu>
        <Link
          data-no-painting
          to="/p/$project/explore"
          params={{ project }}
          search={exploreSearch(asked)}
          className="text-[13px] text-accent hover:underline"
        >
          Open as a trend
        </Link>
      </div>
      {isError && data === undefined ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined || data.data.kind !== 'series' ? (
        <Skeleton className="h-44" />
      ) : (
        <RateChart
          data={data.data}
          label={`${names[step]} for every ${names[step - 1]}`}
          zone={zoneOfPlan(plan)}
        />
      )}
      <p className="text-[13px] text-faint">
        {intervals[interval]}: {unit} with step {step + 1}, as a share of {unit} with step {step} in the same
        time. It counts each step by itself, whatever their order, so it shows when something changed rather
        than the rate of the funnel.
      </p>
    </section>
  );
}

const [came, wentOn] = ['came', 'went_on'];

function trendPlan(plan: PlanInput, step: number): PlanInput {
  const steps = stepsOf(plan);
  const metric = perOf(plan) === 'session' ? 'sessions' : 'users';
  return {
    kind: 'trend',
    ...scopeOf(plan),
    interval: intervalFor(plan),
    series: [
      { name: came, metric, filter: steps[step - 1]?.filter },
      { name: wentOn, metric, filter: steps[step]?.filter },
    ],
    formulas: [{ name: 'rate', formula: `${wentOn} / ${came}` }],
  };
}

function RateChart({ data, label, zone }: { data: SeriesData; label: string; zone: string }) {
  const option = useCallback(
    (color: (name: string) => string) =>
      trendOption({
        buckets: data.buckets ?? [],
        // in hundredths: the axis counts in whole ones; where nobody came there is a gap
        values: (data.series.at(-1)?.values ?? []).map((rate) => (rate === null ? Number.NaN : rate * 100)),
        before: undefined,
        interval: data.interval ?? 'day',
        zone,
        label,
        show: (value) => (Number.isNaN(value) ? 'nobody came' : percent(value / 100)),
        annotations: [],
        color,
      }),
    [data, label, zone],
  );
  return <Chart option={option} label={`${label}, over time`} className="h-44" />;
}
