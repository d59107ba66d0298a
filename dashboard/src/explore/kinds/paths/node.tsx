/** A value at a step: its bar, its name, its number; behind it the questions that begin or end there. */
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import type { PathsData } from '../../../../../src/query/wire.ts';
import { fullNumber, shortNumber } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { menuItem, menuPanel } from '../../../ui/menu.tsx';
import type { Scalar } from '../../fields/value-picker.tsx';
import { groupName } from '../parts/group-name.ts';
import type { PlacedNode } from './layout.ts';

interface PathNodeProps {
  readonly node: PlacedNode;
  readonly columns: number;
  readonly field: string;
  readonly unit: string;
  readonly direction: PathsData['direction'];
  readonly onPoint: (key: string | undefined) => void;
  readonly onAnchor: ((anchor: 'start' | 'end', value: Scalar) => void) | undefined;
}

export function PathNode({ node, columns, field, unit, direction, onPoint, onAnchor }: PathNodeProps) {
  const { key, column, top, height, value, other, sequences, ends } = node;
  const name = groupName(field, node);
  const stop = direction === 'forward' ? 'leave' : 'begin';
  const title = `${name}: ${fullNumber(sequences)} ${unit}, ${fullNumber(ends)} ${stop} there`;
  const place = { left: `${(column / columns) * 100}%`, top, width: `calc(${100 / columns}% - 0.75rem)` };
  const frame = {
    title,
    style: place,
    onPointerEnter: () => onPoint(key),
    onPointerLeave: () => onPoint(undefined),
    onFocus: () => onPoint(key),
    onBlur: () => onPoint(undefined),
    className: 'absolute flex min-h-6 items-start gap-1.5 rounded-sm text-left',
  };
  const inner = (
    <>
      <span
        aria-hidden
        className="flex w-2 shrink-0 flex-col overflow-hidden rounded-sm bg-accent"
        style={{ height }}
      >
        <span
          className="mt-auto bg-faint"
          style={{ height: `${sequences === 0 ? 0 : (ends / sequences) * 100}%` }}
        />
      </span>
      <span className="flex min-w-0 items-baseline gap-1.5 pt-0.5 text-[13px] leading-5">
        <NodeName name={name} isOther={other ?? false} />
        <span className="tabular shrink-0 text-soft">{shortNumber(sequences)}</span>
        <span className="sr-only">
          {unit}, {fullNumber(ends)} {stop} there
        </span>
      </span>
    </>
  );
  if (onAnchor === undefined || other || value === null) return <div {...frame}>{inner}</div>;
  return (
    <NodeMenu
      trigger={
        <button type="button" {...frame}>
          {inner}
        </button>
      }
    >
      <DropdownMenu.Label className="max-w-72 truncate px-2.5 py-1.5 text-[13px] text-faint">
        {name}
      </DropdownMenu.Label>
      <DropdownMenu.Item className={menuItem} onSelect={() => onAnchor('start', value)}>
        Paths from here
      </DropdownMenu.Item>
      <DropdownMenu.Item className={menuItem} onSelect={() => onAnchor('end', value)}>
        Paths to here
      </DropdownMenu.Item>
    </NodeMenu>
  );
}

/** Pages of one folder differ in their last part: the folder is what is cut first. */
function NodeName({ name, isOther }: { name: string; isOther: boolean }) {
  const at = isOther ? -1 : name.lastIndexOf('/', name.length - 2);
  const look = isOther ? 'text-soft' : 'font-medium';
  if (at <= 0) return <span className={classes('truncate', look)}>{name}</span>;
  return (
    <span className={classes('flex min-w-0', look)}>
      <span className="min-w-4 shrink-[1000] truncate">{name.slice(0, at)}</span>
      <span className="truncate">{name.slice(at)}</span>
    </span>
  );
}

function NodeMenu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} className={menuPanel}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
