/** The cards over the trend. A click chooses what the trend shows; those of visits have no course of their own. */
import type { Compared, SeriesData, SessionsData, SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { change, money, percent } from '../../format/numbers.ts';
import { comparisonOf, comparisons, scopeOf } from '../../state/view.ts';
import { classes } from '../../ui/classes.ts';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { seriesOf, sessionMetrics, sessionsPlan, totalsPlan, trendMetrics, trendPlan } from './metrics.ts';
import type { PartProps } from './overview.tsx';
import { useTurn } from './use-turn.ts';

export function Numbers({ project, view, onChange }: PartProps) {
  const totals = useAnswer<SeriesData & Compared>(project, totalsPlan(view));
  const trend = useAnswer<SeriesData & Compared>(project, trendPlan(view));
  const isTurn = useTurn(project, view);
  const sessions = useAnswer<SessionsData>(project, sessionsPlan(view), { enabled: isTurn });
  const revenue = useAnswer<SummaryData & Compared>(
    project,
    {
      kind: 'summary',
      ...scopeOf(view),
      ...comparisonOf(view),
      metrics: ['amount'],
    },
    { enabled: isTurn },
  );
  if (totals.isError && totals.data === undefined)
    return (
      <Failure error={totals.error} retry={() => totals.refetch()} title="The numbers could not be loaded" />
    );
  const before = totals.data?.data.compare?.data as SeriesData | undefined;
  const against = view.compare === 'none' ? undefined : comparisons[view.compare].toLowerCase();
  const isLastOpen = trend.data?.data.buckets?.at(-1)?.complete === false;
  return (
    <div
      className={classes(
        'grid grid-cols-2 border-b border-line sm:grid-cols-3 lg:grid-cols-4',
        totals.isPlaceholderData && 'opacity-60',
      )}
    >
      {trendMetrics.map((metric) => {
        const value = totals.data && (seriesOf(totals.data.data, metric.name)[0] ?? 0);
        const isChosen = view.metric === metric.name;
        return (
          <button
            key={metric.name}
            type="button"
            aria-pressed={isChosen}
            title={metric.help}
            onClick={() => onChange({ metric: metric.name }, true)}
            className={classes(
              'flex flex-col gap-1 border-line px-4 py-3 text-left not-last:border-r hover:bg-sunken',
              // two columns have no place for a third card beside the others
              'max-sm:nth-[2]:border-r-0 max-sm:nth-[3]:col-span-2 max-sm:nth-[3]:border-t max-sm:nth-[3]:border-r-0',
              isChosen && 'shadow-[inset_0_-2px_0_var(--accent)]',
            )}
          >
            <Label isStrong={isChosen}>{metric.label}</Label>
            {value === undefined ? (
              <Skeleton className="h-8 w-20" />
            ) : (
              <Value
                text={`${totals.data?.meta.approximate && metric.name === 'visitors' ? '≈ ' : ''}${metric.show(value)}`}
                title={metric.showFull(value)}
                change={change(value, before && seriesOf(before, metric.name)[0])}
                against={against}
              />
            )}
            {trend.data === undefined ? (
              <Skeleton className="h-7 w-full" />
            ) : (
              <Sparkline values={seriesOf(trend.data.data, metric.name)} isLastOpen={isLastOpen} />
            )}
          </button>
        );
      })}
      <Visits data={sessions.data?.data} isFailed={sessions.isError} />
      <Revenue now={revenue.data?.data} against={against} />
    </div>
  );
}

function Label({ children, isStrong = false }: { children: string; isStrong?: boolean }) {
  return (
    <span className={classes('text-[13px] font-medium', isStrong ? 'text-accent' : 'text-soft')}>
      {children}
    </span>
  );
}

interface ValueProps {
  readonly text: string;
  readonly title?: string;
  readonly change?: number | undefined;
  readonly against: string | undefined;
}

function Value({ text, title, change: share, against }: ValueProps) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      <span title={title} className="tabular text-2xl font-semibold tracking-tight">
        {text}
      </span>
      {share !== undefined && against !== undefined && (
        <span
          title={`Beside the ${against}`}
          className={classes(
            'tabular text-[13px] font-medium',
            share > 0 ? 'text-good' : share < 0 ? 'text-bad' : 'text-faint',
          )}
        >
          <span aria-hidden>{share > 0 ? '↑' : share < 0 ? '↓' : ''}</span>
          <span className="sr-only">{share > 0 ? 'up' : share < 0 ? 'down' : 'unchanged'}</span>{' '}
          {percent(Math.abs(share))}
        </span>
      )}
    </span>
  );
}

function Visits({ data, isFailed }: { data: SessionsData | undefined; isFailed: boolean }) {
  return (
    <div className="col-span-2 grid grid-cols-2 gap-x-4 border-line max-lg:border-t gap-y-2 px-4 py-3 sm:col-span-3 sm:grid-cols-4 lg:col-span-1 lg:grid-cols-2">
      {sessionMetrics.map(({ label, help, value }) => (
        <div key={label} title={help} className="min-w-0">
          <Label>{label}</Label>
          <div className="tabular text-lg font-semibold">
            {data === undefined ? (
              isFailed ? (
                '–'
              ) : (
                <Skeleton className="h-6 w-14" />
              )
            ) : (
              (value(data.total) ?? '–')
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

/** Only where there is money. */
function Revenue({
  now,
  against,
}: {
  now: (SummaryData & Compared) | undefined;
  against: string | undefined;
}) {
  const amounts = now?.total.amount ?? [];
  if (amounts.length === 0) return null;
  const before = now?.compare?.data as SummaryData | undefined;
  return (
    <div className="col-span-full flex flex-wrap gap-x-8 gap-y-2 border-t border-line px-4 py-3">
      {amounts.map(({ currency, sum, count }) => {
        const earlier = before?.total.amount?.find((each) => each.currency === currency);
        return (
          <div
            key={currency}
            className="flex items-baseline gap-3"
            title={`The sum of amount over ${count} events`}
          >
            <Label>{`Revenue${amounts.length > 1 ? ` in ${currency ?? 'no currency'}` : ''}`}</Label>
            <Value
              text={money(sum, currency)}
              title={money(sum, currency, false)}
              change={change(Number(sum), earlier && Number(earlier.sum))}
              against={against}
            />
          </div>
        );
      })}
    </div>
  );
}
