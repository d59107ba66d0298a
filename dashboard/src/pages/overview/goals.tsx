/** What counts as success here: how often each saved goal was reached, by how many of the visitors. Absent where there is no goal. */
import { Link } from '@tanstack/react-router';
import type { SeriesData } from '../../../../src/query/wire.ts';
import { type PlanInput, useAnswer } from '../../api/questions.ts';
import { type GoalBody, type Saved, useSaved } from '../../api/saved.ts';
import { exploreSearch } from '../../explore/question-link.ts';
import { decimalNumber, money, percent, shortNumber } from '../../format/numbers.ts';
import { scopeOf, type View } from '../../state/view.ts';
import { BarList } from '../../ui/bar-list.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { seriesOf } from './metrics.ts';
import type { PartProps } from './overview.tsx';

type Goal = Saved<GoalBody>;
/** One question has up to 20 series: the visitors, and three for each goal. */
const goalsShown = 6;

export function Goals({ project, view }: PartProps) {
  const { data: goals = [] } = useSaved<GoalBody>(project, 'goal');
  if (goals.length === 0) return null;
  return (
    <Card label="Goals" className="flex min-w-0 flex-col p-4 lg:col-span-2">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 className="font-semibold">Goals</h2>
        <Link
          to="/p/$project/saved"
          params={{ project }}
          search={{ kind: 'goals' } as never}
          className="rounded px-2 py-1 text-[13px] text-soft hover:text-ink"
        >
          {goals.length > goalsShown ? `All ${goals.length}` : 'Edit'}
        </Link>
      </div>
      <GoalRows project={project} view={view} goals={goals.slice(0, goalsShown)} />
    </Card>
  );
}

function GoalRows({ project, view, goals }: { project: string; view: View; goals: readonly Goal[] }) {
  const asked = useAnswer<SeriesData>(project, goalsPlan(view, goals));
  const { data, error, isError, isPlaceholderData, refetch } = asked;
  if (isError && data === undefined) return <Failure error={error} retry={() => refetch()} />;
  if (data === undefined) return <Skeleton className="mt-5 h-16" />;
  const visitors = one(data.data, 'visitors');
  const rows = goals.map((goal, index) => {
    const rate = visitors === 0 ? 0 : one(data.data, `people${index}`) / visitors;
    return { goal, rate, times: one(data.data, `times${index}`), worth: worthOf(goal, data.data, index) };
  });
  const isWorth = rows.some(({ worth }) => worth !== '');
  const most = Math.max(...rows.map(({ rate }) => rate), 1e-9);
  return (
    <div className={classes(isPlaceholderData && 'opacity-60')}>
      <BarList
        label="Goals"
        nameColumn="Goal"
        columns={isWorth ? ['Times', 'Worth', 'Rate'] : ['Times', 'Rate']}
        rows={rows.map(({ goal, rate, times, worth }) => ({
          key: goal.id,
          name: (
            <Link
              to="/p/$project/explore"
              params={{ project }}
              search={exploreSearch(trendOf(view, goal)) as never}
              title={goal.name}
              className="text-ink hover:underline"
            >
              {goal.name}
            </Link>
          ),
          share: rate / most,
          cells: [shortNumber(times), ...(isWorth ? [worth] : []), percent(rate)],
        }))}
      />
    </div>
  );
}

const filterOf = ({ id }: Goal) => ({ goal: id });

function goalsPlan(view: View, goals: readonly Goal[]): PlanInput {
  const series = goals.flatMap((goal, index) => {
    const [filter, { value }] = [filterOf(goal), goal.body];
    return [
      { name: `times${index}`, metric: 'events', filter },
      { name: `people${index}`, metric: 'users', filter },
      ...(typeof value === 'object'
        ? [{ name: `worth${index}`, metric: { agg: 'sum', ...value }, filter }]
        : []),
    ];
  });
  return { kind: 'summary', ...scopeOf(view), series: [{ name: 'visitors', metric: 'users' }, ...series] };
}

const trendOf = (view: View, goal: Goal): PlanInput => ({
  kind: 'trend',
  ...scopeOf(view),
  interval: 'day',
  series: [
    { name: 'times', metric: 'events', filter: filterOf(goal) },
    { name: 'people', metric: 'users', filter: filterOf(goal) },
  ],
});

const one = (data: SeriesData, name: string) => seriesOf(data, name)[0] ?? 0;

/** '' where a goal says nothing of its worth. */
function worthOf({ body: { value } }: Goal, data: SeriesData, index: number): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return decimalNumber(value * one(data, `times${index}`));
  const sum = one(data, `worth${index}`);
  return value.currency === undefined ? decimalNumber(sum) : money(String(sum), value.currency);
}
