/** Paths as a Sankey: columns are steps, heights are how many, and each value is a button that asks on. */
import { useMemo, useState } from 'react';
import type { PathsData } from '../../../../../src/query/wire.ts';
import { fieldName } from '../../../format/names.ts';
import { fullNumber } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { Empty } from '../../../ui/states.tsx';
import type { ChartProps } from '../../kind.ts';
import { groupName } from '../parts/group-name.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { layoutOf } from './layout.ts';
import { PathNode } from './node.tsx';
import { anchored, fieldOf, pathUnit } from './paths-plan.ts';

/** A name of a page and a number stand beside each other. */
const columnWidthMin = '8.5rem';

export default function PathsChart({ plan, answer, isTile = false, onPlan }: ChartProps<PathsData>) {
  const { data } = answer;
  const layout = useMemo(() => layoutOf(data), [data]);
  const [pointed, setPointed] = useState<string>();
  const { field, direction, sequences } = data;
  const unit = pathUnit(plan);
  if (sequences === 0) return <NoPaths plan={plan} field={field} />;
  const { columns, height, nodes, ribbons, left } = layout;
  return (
    <div data-painting className="grid min-w-0 gap-2">
      <ScrollBox label="Paths" className="pb-1" isFromEnd={direction === 'backward'}>
        <div style={{ minWidth: `calc(${columns} * ${columnWidthMin})` }}>
          <div
            className="mb-1 grid text-[13px] text-faint"
            style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}
          >
            {Array.from({ length: columns }, (_, column) => {
              const step = direction === 'forward' ? column : columns - 1 - column;
              return <span key={step}>{columnName(step, direction)}</span>;
            })}
          </div>
          <div className="relative" style={{ height }}>
            <svg
              aria-hidden
              viewBox={`0 0 ${columns} ${height}`}
              preserveAspectRatio="none"
              className="absolute inset-0 size-full overflow-visible"
            >
              {ribbons.map(({ key, from, to, shape }) => (
                <path
                  key={key}
                  d={shape}
                  className={classes(
                    'transition-[fill-opacity]',
                    pointed === from.key || pointed === to.key
                      ? 'fill-accent [fill-opacity:0.5]'
                      : 'fill-accent [fill-opacity:0.17]',
                  )}
                />
              ))}
            </svg>
            {nodes.map((node) => (
              <PathNode
                key={node.key}
                node={node}
                columns={columns}
                field={field}
                unit={unit}
                direction={direction}
                onPoint={setPointed}
                onAnchor={onPlan && ((anchor, value) => onPlan(anchored(plan, anchor, value)))}
              />
            ))}
          </div>
        </div>
      </ScrollBox>
      {!isTile && (
        <p className="text-[13px] text-faint">
          {fullNumber(sequences)} {unit}. The gray part of a bar{' '}
          {direction === 'forward' ? 'goes no further' : 'begins there'}.
          {left > 0 && ` The ${fullNumber(left)} thinnest ways are not drawn; the table has them.`}
        </p>
      )}
    </div>
  );
}

function columnName(step: number, direction: PathsData['direction']): string {
  if (direction === 'forward') return step === 0 ? 'Begin' : `Then, ${step}`;
  return step === 0 ? 'End' : `Before, ${step}`;
}

function NoPaths({ plan, field }: Pick<ChartProps, 'plan'> & { field: string }) {
  const anchor = plan.start ?? plan.end;
  if (anchor === undefined)
    return (
      <Empty title={`No event has a ${fieldName(fieldOf(plan)).toLowerCase()} in this time`}>
        Choose a longer range, or paths of another field.
      </Empty>
    );
  return (
    <Empty title={`Nobody came by “${groupName(field, { value: String(anchor) })}” in this time`}>
      Choose another value, or a longer range.
    </Empty>
  );
}
