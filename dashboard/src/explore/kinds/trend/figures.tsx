/** Numbers of the whole range, large, each beside what it is compared with. */
import { change, percent } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import type { Line } from './lines.ts';

export function Figures({ lines, isTile }: { lines: readonly Line[]; isTile: boolean }) {
  return (
    <dl
      className={classes(
        'flex h-full flex-wrap content-center items-center justify-center gap-x-10 gap-y-6',
        isTile ? 'p-2' : 'min-h-64 p-6',
      )}
    >
      {lines.map((line) => (
        <Figure key={line.key} line={line} isLarge={lines.length === 1} />
      ))}
    </dl>
  );
}

function Figure({ line: { name, values, before, shown }, isLarge }: { line: Line; isLarge: boolean }) {
  const value = values[0];
  const earlier = before?.[0];
  const share = change(value ?? 0, earlier ?? undefined);
  return (
    <div className="min-w-0 text-center">
      <dt className="truncate text-soft" title={name}>
        {name}
      </dt>
      <dd className={classes('tabular font-semibold', isLarge ? 'text-5xl' : 'text-3xl')}>
        {value === null || value === undefined ? '–' : shown.full(value)}
      </dd>
      {before !== undefined && (
        <dd className="tabular text-faint">
          {share !== undefined && (
            <span className="text-soft">{`${share > 0 ? '+' : ''}${percent(share)}`}</span>
          )}{' '}
          from {earlier === null || earlier === undefined ? '–' : shown.full(earlier)}
        </dd>
      )}
    </div>
  );
}
