/** What is counted: events, people, sessions, money, or a number of a field. */
import { useState } from 'react';
import { classes } from '../../../ui/classes.ts';
import { FieldPicker } from '../../fields/field-picker.tsx';
import { type Scope, useValues } from '../../fields/use-values.ts';
import { ValuePicker } from '../../fields/value-picker.tsx';
import type { Measure, Metric } from './draft.ts';
import { aggregates, wordMetrics } from './metrics.ts';

interface MetricPickerProps {
  readonly project: string;
  readonly metric: Metric;
  readonly scope: Scope;
  readonly onChange: (next: Metric) => void;
}

const currencyDefault = 'EUR';
/** The sum of `amount`, by its own name. */
const revenue = 'revenue';

export function MetricPicker({ project, metric, scope, onChange }: MetricPickerProps) {
  const [isNear, setNear] = useState(false);
  const { data: currencies } = useValues(project, 'currency', '', scope, isNear);
  const currency = String(currencies?.[0]?.value ?? currencyDefault);
  const measure = typeof metric === 'object' ? metric : undefined;
  const chosen =
    measure === undefined
      ? (metric as string)
      : measure.agg === 'sum' && measure.of === 'amount'
        ? revenue
        : measure.agg;
  const choose = (id: string) => {
    if (id === revenue) onChange({ agg: 'sum', of: 'amount', currency: measure?.currency ?? currency });
    else if (id in wordMetrics) onChange(id as keyof typeof wordMetrics);
    else onChange(withAggregate(measure, id, currency));
  };
  return (
    <div className="flex min-w-0 flex-1 flex-wrap gap-1.5">
      <select
        aria-label="What is counted"
        // the currency of most sales is known by the time that money is chosen
        onFocus={() => setNear(true)}
        onPointerEnter={() => setNear(true)}
        value={chosen}
        onChange={({ target }) => choose(target.value)}
        className={classes(
          'h-9 min-w-0 flex-1 basis-36 rounded-md border border-line bg-card px-2 font-medium',
        )}
      >
        <option value="events">{wordMetrics.events}</option>
        <option value="users">{wordMetrics.users}</option>
        <option value="sessions">{wordMetrics.sessions}</option>
        <option value={revenue}>Revenue</option>
        {metric === 'amount' && <option value="amount">{wordMetrics.amount}</option>}
        <optgroup label="Of a property or field">
          {Object.entries(aggregates).map(([agg, words]) => (
            <option key={agg} value={agg}>
              {words} …
            </option>
          ))}
        </optgroup>
      </select>
      {measure !== undefined && chosen !== revenue && (
        <FieldPicker
          project={project}
          value={measure.of}
          label="Of which field"
          only={measure.agg === 'distinct' ? 'groupable' : 'numeric'}
          onChange={(of) => onChange(measured(measure.agg, of, measure.currency ?? currency))}
          className="flex-1 basis-32"
        />
      )}
      {measure?.of === 'amount' && measure.agg !== 'distinct' && (
        <ValuePicker
          project={project}
          field="currency"
          value={measure.currency}
          label="In which currency"
          scope={scope}
          onChange={(next) => onChange({ ...measure, currency: String(next) })}
          className="w-24"
        />
      )}
    </div>
  );
}

const distinctDefault = 'path';

/** The field stays where the new number can be of it. */
function withAggregate(before: Measure | undefined, agg: string, currency: string): Measure {
  if (agg === 'distinct')
    return { agg, of: before === undefined || before.of === 'amount' ? distinctDefault : before.of };
  const of = before?.of.startsWith('properties.') ? before.of : 'amount';
  return measured(agg, of, before?.currency ?? currency);
}

const measured = (agg: string, of: string, currency: string): Measure =>
  of === 'amount' && agg !== 'distinct' ? { agg, of, currency } : { agg, of };
