/** For those who look at an experiment while it runs: what holds whenever one looks, in words. */
import type { ExperimentData } from '../../../../src/query/wire.ts';
import type { GoalChoice, ShownVariant } from './experiment.ts';
import { points } from './words.ts';

interface AnyTimeProps {
  readonly data: ExperimentData;
  readonly goal: GoalChoice;
  readonly variants: readonly ShownVariant[];
}

export function AnyTime({ data, goal, variants }: AnyTimeProps) {
  const names = new Map(variants.map(({ key, name }) => [key, name]));
  const told = goal.results.flatMap(({ variant, comparison }) => {
    const interval = comparison?.sequential?.interval;
    return interval === undefined ? [] : [{ key: variant, name: names.get(variant) ?? variant, ...interval }];
  });
  if (told.length === 0 || data.control === null) return null;
  return (
    <details className="mt-3 border-t border-line pt-3">
      <summary className="cursor-pointer font-medium">If you look before the end</summary>
      <p className="mt-2 max-w-3xl text-soft">
        The table is made for one look at the planned end; who looks every day and stops at the first good one
        is wrong far more often than they think. These ranges are wider, and hold whenever you look, in
        percentage points against {names.get(data.control) ?? data.control}:
      </p>
      <ul className="mt-2 grid gap-1">
        {told.map(({ key, name, low, high }) => (
          <li key={key} className="break-words">
            <span className="font-medium">{name}</span>: between {points(low)} and {points(high)}.{' '}
            <span className="text-soft">
              {low > 0
                ? 'It is better, and you may stop now.'
                : high < 0
                  ? 'It is worse, and you may stop now.'
                  : 'No difference at all is still possible: wait for the planned end.'}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
