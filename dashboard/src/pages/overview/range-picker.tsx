/** The range of the overview: by name, or two days of one's own. */
import { day } from '../../format/dates.ts';
import { ranges, type View } from '../../state/view.ts';
import { RangeMenu } from '../../ui/range-menu.tsx';
import type { ChangeView } from './use-view.ts';

const rangeLabel = ({ range, from, to }: View) => {
  if (range !== undefined) return ranges[range];
  return from === to ? day(from!, 'UTC') : `${day(from!, 'UTC')} – ${day(to!, 'UTC')}`;
};

export function RangePicker({ view, onChange }: { view: View; onChange: ChangeView }) {
  const today = new Date().toLocaleDateString('en-CA');
  const choose = (next: Partial<View>) =>
    onChange({ range: undefined, from: undefined, to: undefined, interval: undefined, ...next });
  return (
    <RangeMenu
      label={rangeLabel(view)}
      chosen={view.range}
      onRange={(range) => choose({ range })}
      days={[view.from ?? today, view.to ?? today]}
      onDays={(from, to) => choose({ from, to })}
      firstDayMax={today}
    />
  );
}
