/** Arithmetic over the series: 100 * A / B. */
import { Sigma } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { classes } from '../../../ui/classes.ts';
import { menuItem, menuPanel } from '../../../ui/menu.tsx';
import { RemoveButton } from '../../filters/row.tsx';
import type { PlanProblem } from '../../kind.ts';
import { isAt, ProblemAt } from '../../problem.tsx';
import { asName, type Draft, formulaName, type SeriesDraft, seriesName } from './draft.ts';

/** Letters that fit beside the name. */
const lengthBesideMax = 18;

interface FormulaProps {
  readonly draft: Draft;
  readonly onChange: (next: Partial<Draft>) => void;
}

export function FormulaRows({
  draft,
  onChange,
  problem,
}: FormulaProps & { problem: PlanProblem | undefined }) {
  const { formulas, series } = draft;
  const names = series.map(seriesName).join(', ');
  return formulas.map((each, index) => {
    const at = `/formulas/${index}`;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: its name is its place
      <div key={index} className="grid min-w-0 gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-1.5">
          <input
            aria-label={`Name of the formula ${formulaName(each, index)}`}
            spellCheck={false}
            value={each.name ?? ''}
            placeholder={formulaName({ formula: '' }, index)}
            onChange={({ target }) =>
              onChange({ formulas: formulas.with(index, { ...each, name: asName(target.value) }) })
            }
            className="h-9 w-20 shrink-0 rounded-md border border-line bg-card px-2 text-[13px]"
          />
          <span aria-hidden className="text-faint">
            =
          </span>
          <input
            aria-label={`Formula ${formulaName(each, index)}`}
            aria-invalid={isAt(problem, at)}
            spellCheck={false}
            value={each.formula}
            placeholder={`100 * ${seriesName(series[0]!, 0)} / …`}
            title={`Numbers, + - * / ( ) and the names ${names}`}
            onChange={({ target }) =>
              onChange({ formulas: formulas.with(index, { ...each, formula: target.value }) })
            }
            className={classes(
              'h-9 min-w-0 flex-1 rounded-md border border-line bg-card px-2.5 font-mono text-[13px] aria-invalid:border-bad',
              // under its name, where it has the whole width
              each.formula.length > lengthBesideMax && 'order-last basis-full',
            )}
          />
          <RemoveButton
            label={`Remove the formula ${formulaName(each, index)}`}
            onClick={() => onChange({ formulas: formulas.toSpliced(index, 1) })}
          />
        </div>
        <ProblemAt problem={problem} pointer={at} />
      </div>
    );
  });
}

/** The usual ones by name; each brings what it needs. */
function AddFormula({ draft, onChange }: FormulaProps) {
  const { series, formulas } = draft;
  const first = seriesName(series[0]!, 0);
  const second = series[1] === undefined ? undefined : seriesName(series[1], 1);
  const add = (formula: string, more: readonly SeriesDraft[] = []) =>
    onChange({ series: [...series, ...more], formulas: [...formulas, { formula }] });
  const nameOfNext = seriesName({ metric: 'events' }, series.length);
  const choices = [
    {
      label: `Share: ${first} of ${second ?? nameOfNext}, in percent`,
      formula: `100 * ${first} / ${second ?? nameOfNext}`,
      needs: second === undefined ? [other(series[0]!)] : [],
    },
    {
      label: `${first} for each person`,
      formula: `${first} / ${nameOfNext}`,
      needs: [{ metric: 'users' as const, filter: series[0]?.filter }],
    },
    {
      label: 'A formula of your own',
      formula: second === undefined ? `${first} * 1` : `${first} + ${second}`,
      needs: [],
    },
  ];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink">
        <Sigma aria-hidden className="size-4" />
        Formula
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} className={menuPanel}>
          {choices.map(({ label, formula, needs }) => (
            <DropdownMenu.Item key={label} className={menuItem} onSelect={() => add(formula, needs)}>
              <span className="flex-1">{label}</span>
              <code className="font-mono text-[13px] text-faint">{formula}</code>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The same of every event. */
const other = ({ metric }: SeriesDraft): SeriesDraft => ({ metric });

FormulaRows.Add = AddFormula;
