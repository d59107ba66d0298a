/** The state of an experiment and the tone of a verdict, as marks that are read at a glance. */
import { CircleDashed, CircleStop, Info, TrendingDown, TrendingUp } from 'lucide-react';
import { classes } from '../../ui/classes.ts';
import type { State, Verdict } from './experiment.ts';

const dots: Readonly<Record<State['name'], string>> = {
  draft: 'border border-faint',
  planned: 'border-2 border-accent',
  running: 'bg-good',
  overdue: 'bg-warn',
  ended: 'bg-faint',
};

export function StateBadge({ state: { name, label } }: { state: State }) {
  return (
    <span className="inline-flex items-center gap-1.5 font-medium whitespace-nowrap text-soft">
      <span aria-hidden className={classes('size-2 rounded-full', dots[name])} />
      {label}
    </span>
  );
}

export const toneColors: Readonly<Record<Verdict['tone'], string>> = {
  good: 'text-good',
  bad: 'text-bad',
  open: 'text-soft',
  stop: 'text-bad',
  note: 'text-warn',
};

const toneWords: Readonly<Record<Verdict['tone'], string>> = {
  good: 'Good',
  bad: 'Bad',
  open: 'Open',
  stop: 'Stop',
  note: 'Note',
};

export function ToneIcon({ verdict: { code, tone } }: { verdict: Verdict }) {
  const Icon =
    tone === 'stop'
      ? code === 'no_exposures'
        ? CircleDashed
        : CircleStop
      : tone === 'note'
        ? Info
        : code === 'better'
          ? TrendingUp
          : code === 'worse'
            ? TrendingDown
            : CircleDashed;
  return (
    <Icon
      role="img"
      aria-label={toneWords[tone]}
      className={classes('mt-0.5 size-4 shrink-0', code === 'no_exposures' ? 'text-soft' : toneColors[tone])}
    />
  );
}
