/** A column for each step: who came, over whom the step before lost. Both are buttons that show the people. */
import { ChevronDown } from 'lucide-react';
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
        {steps.map((step, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            key={index}
            className="flex w-32 max-w-64 min-w-32 flex-1 flex-col"
          >
            <Column
              step={step}
              before={steps[index - 1]}
              name={names[index]!}
              unit={unit}
              index={index}
              onPeople={onPeople}
            />
            <div className="mt-2 grid gap-0.5 px-1">
              <p className="line-clamp-2 font-medium break-words" title={names[index]}>
                <span className="tabular text-faint">{index + 1} </span>
                {names[index]}
              </p>
              <p className="tabular">
                <span className="font-semibold" title={fullNumber(step.count)}>
                  {shortNumber(step.count)}
                </span>{' '}
                <span className="text-soft">{step.rate === null ? '' : percent(step.rate)}</span>
              </p>
              {index > 0 && <FromPrevious step={step} before={steps[index - 1]!} isWorst={worst === index} />}
            </div>
          </li>
        ))}
      </ol>
    </ScrollBox>
  );
}

type Step = FunnelParts['steps'][number];

interface ColumnProps {
  readonly step: Step;
  readonly before: Step | undefined;
  readonly name: string;
  readonly unit: string;
  readonly index: number;
  readonly onPeople: ((asked: Asked) => void) | undefined;
}

const stripes =
  'bg-[repeating-linear-gradient(135deg,var(--bar)_0_3px,transparent_3px_7px)] hover:bg-[repeating-linear-gradient(135deg,var(--accent)_0_3px,transparent_3px_7px)]';

function Column({ step, before, name, unit, index, onPeople }: ColumnProps) {
  const lost = before === undefined ? 0 : before.count - step.count;
  const share = (rate: number | null | undefined) => `${(rate ?? 0) * 100}%`;
  const came = `${fullNumber(step.count)} ${unit} came to step ${index + 1}, ${name}`;
  const dropped = `${fullNumber(lost)} ${unit} dropped out before step ${index + 1}, ${name}`;
  return (
    <div className="flex h-56 flex-col justify-end border-b border-line">
      {lost > 0 && (
        <Part
          label={dropped}
          className={classes('rounded-t', stripes)}
          height={`calc(${share(before?.rate)} - ${share(step.rate)})`}
          onClick={onPeople && (() => onPeople({ step: index, outcome: 'dropped' }))}
        />
      )}
      <Part
        label={came}
        className={classes('min-h-px bg-accent', lost === 0 && 'rounded-t', onPeople && 'hover:opacity-85')}
        height={share(step.rate)}
        onClick={
          onPeople && step.count > 0 ? () => onPeople({ step: index + 1, outcome: 'reached' }) : undefined
        }
      />
    </div>
  );
}

interface PartProps {
  readonly label: string;
  readonly className: string;
  readonly height: string;
  readonly onClick: (() => void) | undefined;
}

function Part({ label, className, height, onClick }: PartProps) {
  if (onClick === undefined)
    return <div role="img" aria-label={label} title={label} className={className} style={{ height }} />;
  return (
    <button
      type="button"
      aria-label={`${label}: see who`}
      title={label}
      onClick={onClick}
      className={classes('block w-full', className)}
      style={{ height }}
    />
  );
}

function FromPrevious({ step, before, isWorst }: { step: Step; before: Step; isWorst: boolean }) {
  const lost = before.count - step.count;
  return (
    <>
      <p
        className={classes(
          'tabular flex items-center gap-0.5 text-[13px]',
          isWorst ? 'font-medium text-bad' : 'text-faint',
        )}
      >
        <ChevronDown aria-hidden className="size-3.5" />
        {shortNumber(lost)} lost
        {step.rateFromPrevious !== null && `, ${percent(1 - step.rateFromPrevious)}`}
      </p>
      {step.medianFromPreviousMs !== null && (
        <p className="tabular text-[13px] text-faint" title="Median time from the step before">
          after {duration(step.medianFromPreviousMs)}
        </p>
      )}
    </>
  );
}
