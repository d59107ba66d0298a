/**
 * A column for each step: who came, over whom the step before lost. A click on either shows the people; the numbers below are the same as
 * buttons, as a column may be too low to be met.
 */
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { duration, fullNumber, percent, shortNumber } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import type { FunnelParts } from './chart.tsx';
import type { Asked } from './people.tsx';

interface FunnelBarsProps extends FunnelParts {
  readonly worst: number | undefined;
  /** Absent: the reader may not see who they are. */
  readonly onPeople: ((asked: Asked) => void) | undefined;
}

export function FunnelBars({ steps, names, unit, worst, onPeople }: FunnelBarsProps) {
  return (
    <ScrollBox label="Steps of the funnel">
      <ol className="flex min-w-fit gap-1 pb-1">
        {steps.map((step, index) => {
          const lost = (steps[index - 1]?.count ?? step.count) - step.count;
          const ask = (asked: Asked, count: number) =>
            onPeople === undefined || count === 0 ? undefined : () => onPeople(asked);
          const onCame = ask({ step: index + 1, outcome: 'reached' }, step.count);
          const onLost = ask({ step: index, outcome: 'dropped' }, lost);
          const where = `step ${index + 1}, ${names[index]}`;
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
              key={index}
              className="flex w-32 max-w-64 min-w-32 flex-1 flex-col"
            >
              <Column step={step} before={steps[index - 1]} onCame={onCame} onLost={onLost} />
              <div className="mt-2 grid justify-items-start px-1">
                <p className="line-clamp-2 max-w-full font-medium break-words" title={names[index]}>
                  <span className="tabular text-faint">{index + 1} </span>
                  {names[index]}
                </p>
                <Figure onClick={onCame} told={`${unit} came to ${where}`} title={fullNumber(step.count)}>
                  <span className="font-semibold">{shortNumber(step.count)}</span>
                  <span className="text-soft">{step.rate === null ? '' : percent(step.rate)}</span>
                </Figure>
                {index > 0 && (
                  <Figure
                    onClick={onLost}
                    told={`${unit} dropped out before ${where}`}
                    title={fullNumber(lost)}
                    className={classes(
                      'text-[13px]',
                      worst === index ? 'font-medium text-bad' : 'text-faint',
                    )}
                  >
                    <ChevronDown aria-hidden className="-mr-1 size-3.5 shrink-0" />
                    <span>
                      {shortNumber(lost)} lost
                      {step.rateFromPrevious !== null && `, ${percent(1 - step.rateFromPrevious)}`}
                    </span>
                  </Figure>
                )}
                {step.medianFromPreviousMs !== null && (
                  <p className="tabular text-[13px] text-faint" title="Median time from the step before">
                    after {duration(step.medianFromPreviousMs)}
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </ScrollBox>
  );
}

type Step = FunnelParts['steps'][number];
type OnClick = (() => void) | undefined;

interface ColumnProps {
  readonly step: Step;
  readonly before: Step | undefined;
  readonly onCame: OnClick;
  readonly onLost: OnClick;
}

const stripes =
  'bg-[repeating-linear-gradient(135deg,var(--bar)_0_3px,transparent_3px_7px)] enabled:hover:bg-[repeating-linear-gradient(135deg,var(--accent)_0_3px,transparent_3px_7px)]';

/** For the eye and the pointer alone: all of it stands below. */
function Column({ step, before, onCame, onLost }: ColumnProps) {
  const hasLost = before !== undefined && before.count > step.count;
  const share = (rate: number | null | undefined) => `${(rate ?? 0) * 100}%`;
  return (
    <div aria-hidden className="flex h-56 flex-col justify-end border-b border-line">
      {hasLost && (
        <Part
          className={classes('rounded-t', stripes)}
          height={`calc(${share(before.rate)} - ${share(step.rate)})`}
          onClick={onLost}
        />
      )}
      <Part
        className={classes('min-h-px bg-accent enabled:hover:opacity-85', !hasLost && 'rounded-t')}
        height={share(step.rate)}
        onClick={onCame}
      />
    </div>
  );
}

function Part({ className, height, onClick }: { className: string; height: string; onClick: OnClick }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      disabled={onClick === undefined}
      onClick={onClick}
      className={classes('block w-full disabled:cursor-default', className)}
      style={{ height }}
    />
  );
}

interface FigureProps {
  readonly onClick: OnClick;
  /** What the number is of, for those who hear it. */
  readonly told: string;
  readonly title: string;
  readonly className?: string;
  readonly children: ReactNode;
}

function Figure({ onClick, told, title, className, children }: FigureProps) {
  const look = classes('tabular flex min-h-6 max-w-full items-center gap-1.5 text-left', className);
  if (onClick === undefined)
    return (
      <p className={look} title={title}>
        {children} <span className="sr-only">{told}</span>
      </p>
    );
  return (
    <button
      type="button"
      onClick={onClick}
      title={`${title}: see who`}
      className={classes(look, 'hover:underline')}
    >
      {children} <span className="sr-only">{told}: see who</span>
    </button>
  );
}
