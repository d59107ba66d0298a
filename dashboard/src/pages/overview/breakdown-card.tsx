/** One card: its tabs, the first rows of the open one, and all of them behind a button. */
import { Maximize2 } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense, useState } from 'react';
import type { SessionsData, SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { fieldName, flag, valueName } from '../../format/names.ts';
import { conditionFor, conditionText, toggled } from '../../state/conditions.ts';
import { BarList, type BarRow } from '../../ui/bar-list.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { AllRows } from './all-rows.tsx';
import { type CardOf, type Tab, tabPlan } from './cards.ts';
import type { PartProps } from './overview.tsx';
import { rowsOf } from './rows.ts';
import { useTurn } from './use-turn.ts';

const WorldMap = lazy(() => import('../../charts/world-map.tsx'));
const rowsShown = 8;
/** A map is of all countries. */
const countriesMax = 250;

export function BreakdownCard({ card, ...part }: PartProps & { card: CardOf }) {
  const { view, onChange } = part;
  const [isAll, setAll] = useState(false);
  const open = card.tabs.find(({ id }) => id === view.tabs[card.id]) ?? card.tabs[0]!;
  return (
    <Tabs.Root
      value={open.id}
      onValueChange={(tab) => onChange({ tabs: { ...view.tabs, [card.id]: tab } }, true)}
      className="flex flex-1 flex-col"
    >
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold">{card.label}</h2>
        {card.tabs.length > 1 && (
          <Tabs.List
            aria-label={`What of ${card.label}`}
            className="flex min-w-0 flex-wrap gap-0.5 text-[13px] max-sm:-ml-2 max-sm:w-full sm:ml-auto"
          >
            {card.tabs.map(({ id, label }) => (
              <Tabs.Trigger
                key={id}
                value={id}
                className="rounded px-2 py-1 whitespace-nowrap text-soft hover:text-ink data-[state=active]:bg-sunken data-[state=active]:font-medium data-[state=active]:text-ink"
              >
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        )}
      </div>
      <Tabs.Content value={open.id} className="flex flex-1 flex-col outline-offset-4">
        <TabRows {...part} tab={open} />
        {open.kind !== 'map' && (
          <Button look="quiet" small className="mt-auto self-center" onClick={() => setAll(true)}>
            <Maximize2 aria-hidden className="size-3.5" />
            All, and as CSV
          </Button>
        )}
      </Tabs.Content>
      {isAll && <AllRows {...part} tab={open} onClose={() => setAll(false)} />}
    </Tabs.Root>
  );
}

function TabRows({ tab, ...part }: PartProps & { tab: Tab }) {
  const { project, view, onChange } = part;
  const limit = tab.kind === 'map' ? countriesMax : rowsShown;
  const { data, error, isError, isPlaceholderData, refetch } = useAnswer<SummaryData | SessionsData>(
    project,
    tabPlan(view, tab, limit),
    { enabled: useTurn(project, view) },
  );
  if (isError && data === undefined) return <Failure error={error} retry={() => refetch()} />;
  if (data === undefined) return <RowSkeletons />;
  // a tab that was just opened still has the answer of the one before
  const isOfTab = tab.kind === 'entries' ? data.data.kind === 'sessions' : data.data.kind === 'summary';
  if (!isOfTab) return <RowSkeletons />;
  const { columns, rows } = rowsOf(tab, data.data);
  if (rows.length === 0) return <Empty title="Nothing here in this time" />;
  if (tab.kind === 'map')
    return (
      <Suspense fallback={<Skeleton className="min-h-64 flex-1" />}>
        <WorldMap
          rows={rows.map(({ value, share, cells }) => ({
            country: value === null ? '' : String(value),
            share,
            text: cells.join(', '),
          }))}
          onChoose={(country) =>
            onChange({ conditions: toggled(view.conditions, conditionFor('country', country)) })
          }
        />
      </Suspense>
    );
  return (
    <div className={classes('mb-2', isPlaceholderData && 'opacity-60')}>
      <BarList
        label={tab.label}
        nameColumn={fieldName(tab.field === 'entryPath' || tab.field === 'exitPath' ? 'path' : tab.field)}
        columns={columns}
        rows={barRows({ ...part, tab }, rows)}
      />
    </div>
  );
}

const sessionFields: readonly string[] = ['entryPath', 'exitPath'];

export function barRows(
  { tab, view, onChange }: PartProps & { tab: Tab },
  rows: ReturnType<typeof rowsOf>['rows'],
): readonly BarRow[] {
  return rows.map(({ value, isOther, share, cells }) => {
    const isFixed = isOther || sessionFields.includes(tab.field);
    const condition = conditionFor(tab.field, value);
    return {
      key: isOther ? 'other' : JSON.stringify(value),
      name: isOther ? 'All others' : <RowName field={tab.field} value={value} />,
      share: isOther ? 0 : share,
      cells,
      isChosen: view.conditions.some((each) => conditionText(each) === conditionText(condition)),
      ...(!isFixed && { onChoose: () => onChange({ conditions: toggled(view.conditions, condition) }) }),
    };
  });
}

function RowName({ field, value }: { field: string; value: string | number | boolean | null }) {
  const name = valueName(field, value);
  if (field !== 'country' || value === null) return <span title={name}>{name}</span>;
  return (
    <span>
      <span aria-hidden>{flag(String(value))} </span>
      {name}
    </span>
  );
}

function RowSkeletons() {
  return (
    <div className="grid gap-1.5 pt-5">
      {Array.from({ length: rowsShown }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Skeleton key={index} className="h-7" />
      ))}
    </div>
  );
}
