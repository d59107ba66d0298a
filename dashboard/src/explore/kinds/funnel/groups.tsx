/** The same funnel for each group, one under the other: small columns on one scale, and how many came to the end. */
import type { FunnelGroup } from '../../../../../src/query/wire.ts';
import { fieldName } from '../../../format/names.ts';
import { fullNumber, percent, shortNumber } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { groupKey, groupName } from '../parts/group-name.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import type { FunnelParts } from './chart.tsx';
import { byOf } from './funnel-plan.ts';
import { ratio } from './table.ts';

export function FunnelGroups({
  plan,
  steps,
  names,
  unit,
  groups,
}: FunnelParts & { groups: readonly FunnelGroup[] }) {
  const field = byOf(plan) ?? 'group';
  const whole = steps.at(-1)?.rate ?? null;
  return (
    <section aria-label={`By ${fieldName(field)}`} className="grid min-w-0 gap-2">
      <h3 className="font-semibold">By {fieldName(field).toLowerCase()} at the first step</h3>
      <ScrollBox label="The funnel of each group">
        <table className="tabular w-full border-separate border-spacing-y-1">
          <thead className="text-[13px] text-faint">
            <tr>
              <th scope="col" className="sticky left-0 z-10 bg-card px-2 text-left font-normal">
                {fieldName(field)}
              </th>
              {names.map((name, index) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                  key={index}
                  scope="col"
                  className="max-w-28 min-w-20 truncate px-1 text-left font-normal"
                  title={name}
                >
                  {name}
                </th>
              ))}
              <th scope="col" className="px-2 text-right font-normal whitespace-nowrap">
                To the end
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <Group
                key={groupKey(group)}
                group={group}
                name={groupName(field, group)}
                unit={unit}
                whole={whole}
                names={names}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

interface GroupProps {
  readonly group: FunnelGroup;
  readonly name: string;
  readonly unit: string;
  readonly names: readonly string[];
  readonly whole: number | null;
}

/** Points of a share from which a group stands out. */
const apart = 0.02;

function Group({ group, name, unit, names, whole }: GroupProps) {
  const rate = group.rates.at(-1) ?? null;
  const apartBy = rate === null || whole === null ? 0 : rate - whole;
  return (
    <tr>
      <th
        scope="row"
        className="sticky left-0 z-10 max-w-32 min-w-24 truncate bg-card px-2 text-left font-medium sm:max-w-48"
        title={name}
      >
        {name}
      </th>
      {group.counts.map((count, index) => {
        const before = group.counts[index - 1];
        const onward = before === undefined ? null : ratio(count, before);
        const title = `${names[index]}: ${fullNumber(count)} ${unit}${onward === null ? '' : `, ${percent(onward)} of the step before`}`;
        return (
          <td
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            key={index}
            title={title}
            className="p-0 pr-1 align-bottom"
          >
            <div className="relative h-9 overflow-hidden rounded-sm bg-sunken">
              <div
                className="absolute inset-x-0 bottom-0 bg-bar"
                style={{ height: `${(group.rates[index] ?? 0) * 100}%` }}
              />
              <span className="relative flex h-full items-center gap-1 px-1.5 text-[13px]">
                {shortNumber(count)}
                {onward !== null && <span className="text-soft">{percent(onward)}</span>}
              </span>
            </div>
          </td>
        );
      })}
      <td
        className={classes(
          'px-2 text-right font-semibold',
          !group.other && apartBy <= -apart && 'text-bad',
          !group.other && apartBy >= apart && 'text-good',
        )}
        title={whole === null ? undefined : `All together: ${percent(whole)}`}
      >
        {rate === null ? '' : percent(rate)}
      </td>
    </tr>
  );
}
