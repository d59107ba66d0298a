/** A number with its interval as a dot on a bar. All bars of a table share one scale, and the control's number is a line through them. */
import { classes } from '../../ui/classes.ts';

export interface Drawn {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** So much room beside the outermost ends, as a share. */
const room = 0.06;

/** Undefined when there is nothing to draw. */
export function scaleOf(all: readonly Drawn[]): Scale | undefined {
  if (all.length === 0) return undefined;
  const min = Math.min(...all.map(({ low }) => low));
  const max = Math.max(...all.map(({ high }) => high));
  const width = max - min || Math.abs(max) || 1;
  return { min: min - width * room, max: max + width * room };
}

export type Tone = 'control' | 'good' | 'bad' | 'open';

const bars: Readonly<Record<Tone, string>> = {
  control: 'bg-faint/40',
  good: 'bg-good/40',
  bad: 'bg-bad/40',
  open: 'bg-accent/40',
};
const dots: Readonly<Record<Tone, string>> = {
  control: 'bg-faint',
  good: 'bg-good',
  bad: 'bg-bad',
  open: 'bg-accent',
};

interface IntervalBarProps {
  readonly drawn: Drawn;
  readonly scale: Scale;
  /** The control's number. */
  readonly reference?: number | undefined;
  readonly tone: Tone;
  /** The same in words. */
  readonly label: string;
}

export function IntervalBar({
  drawn: { value, low, high },
  scale,
  reference,
  tone,
  label,
}: IntervalBarProps) {
  const place = (at: number) => `${((at - scale.min) / (scale.max - scale.min)) * 100}%`;
  const width = `${((high - low) / (scale.max - scale.min)) * 100}%`;
  return (
    <div role="img" aria-label={label} title={label} className="relative h-7 w-full min-w-24">
      {reference !== undefined && (
        <div
          className="absolute inset-y-0 border-l border-dashed border-faint"
          style={{ left: place(reference) }}
        />
      )}
      <div
        className={classes('absolute top-1/2 h-2 min-w-0.5 -translate-y-1/2 rounded-full', bars[tone])}
        style={{ left: place(low), width }}
      />
      <div
        className={classes(
          'absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-card',
          dots[tone],
        )}
        style={{ left: place(value) }}
      />
    </div>
  );
}

/** The ends of the scale, under the bars. */
export function ScaleEnds({ drawn, show }: { drawn: readonly Drawn[]; show: (value: number) => string }) {
  return (
    <div aria-hidden className="flex justify-between text-[13px] text-faint">
      <span>{show(Math.min(...drawn.map(({ low }) => low)))}</span>
      <span>{show(Math.max(...drawn.map(({ high }) => high)))}</span>
    </div>
  );
}
