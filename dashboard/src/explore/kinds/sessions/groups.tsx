/** Groups of sessions: bars for how many, columns for how long and how good; on phones the columns that matter. */
import type { SessionsData } from '../../../../../src/query/wire.ts';
import { classes } from '../../../ui/classes.ts';
import { groupKey, groupName, type Named } from '../parts/group-name.ts';
import { dimensionName, figures, figureText } from './sessions-plan.ts';

type Group = NonNullable<SessionsData['groups']>[number];

const columns = [
  { figure: figures.sessions, className: 'w-20' },
  { figure: figures.median, className: 'hidden w-28 md:table-cell' },
  { figure: figures.average, className: 'hidden w-28 xl:table-cell' },
  { figure: figures.pages, className: 'hidden w-32 sm:table-cell' },
  { figure: figures.bounce, className: 'w-20' },
];

interface SessionGroupsProps {
  readonly dimension: string;
  readonly groups: readonly Group[];
  readonly isTile: boolean;
  /** Filters by it; absent where one cannot. */
  readonly onChoose: ((group: Named) => void) | undefined;
}

export function SessionGroups({ dimension, groups, isTile, onChoose }: SessionGroupsProps) {
  const label = dimensionName(dimension);
  const most = Math.max(1, ...groups.filter(({ other }) => !other).map(({ sessions }) => sessions));
  const shown = isTile ? columns.filter(({ className }) => !className.includes('hidden')) : columns;
  return (
    <table
      aria-label={`Sessions by ${label}`}
      className="tabular w-full table-fixed border-separate border-spacing-y-0.5"
    >
      <thead className="text-[13px] text-faint">
        <tr>
          <th scope="col" className="truncate pl-2 text-left font-normal">
            {label}
          </th>
          {shown.map(({ figure, className }) => (
            <th
              key={figure.name}
              scope="col"
              className={classes('truncate pr-1 text-right font-normal', className)}
            >
              {figure.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => {
          const name = groupName(dimension, group);
          const isFixed = onChoose === undefined || group.other;
          return (
            <tr key={groupKey(group)}>
              <td className="relative h-8 p-0">
                {!group.other && (
                  <div
                    aria-hidden
                    className="absolute inset-y-0 left-0 rounded bg-bar"
                    style={{ width: `${Math.max((group.sessions / most) * 100, 0.8)}%` }}
                  />
                )}
                {isFixed ? (
                  <span
                    className={classes('relative block truncate px-2', group.other && 'text-faint')}
                    title={name}
                  >
                    {name}
                  </span>
                ) : (
                  <button
                    type="button"
                    title={`Only ${name}`}
                    onClick={() => onChoose(group)}
                    className="relative block h-8 w-full truncate px-2 text-left hover:underline"
                  >
                    {name}
                  </button>
                )}
              </td>
              {shown.map(({ figure, className }, index) => (
                <td
                  key={figure.name}
                  className={classes(
                    'truncate pr-1 text-right',
                    index === 0 ? 'font-medium' : 'text-soft',
                    className,
                  )}
                >
                  {figureText(figure, group)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
