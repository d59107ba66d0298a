/** Saved things in words. A question is a line: 'Funnel of 3 steps: looked, filled the cart, bought · Last 30 days · Country is Germany'. */
import type { PlanInput } from '../../api/questions.ts';
import type { CohortBody } from '../../api/saved.ts';
import { filterWords, type NameOfSaved } from '../../explore/filters/filter-words.ts';
import { rangeWords } from '../../explore/range.tsx';
import { fullDay } from '../../format/dates.ts';
import { fieldName } from '../../format/names.ts';

type Members = Readonly<Record<string, unknown>>;
const namesShown = 4;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function planWords(plan: PlanInput, nameOf?: NameOfSaved): string {
  const parts = [subject(plan, nameOf), rangeWords(plan)];
  const filter = filterWords(plan.filter, nameOf);
  if (filter !== '') parts.push(filter);
  return parts.join(' · ');
}

/** Who is in it. */
export function cohortWords({ description: _, ...cohort }: CohortBody, nameOf?: NameOfSaved): string {
  const { from, to } = cohort;
  const words = capital(filterWords({ cohort }, nameOf));
  if (from === undefined || to === undefined) return words;
  // the end is not in it
  return `${words}, ${fullDay(from, 'UTC')} – ${fullDay(Date.parse(to) - 1, 'UTC')}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function subject(plan: PlanInput, nameOf?: NameOfSaved): string {
  switch (plan.kind) {
    case 'funnel': {
      const steps = list(plan.steps).filter(isObject);
      return `Funnel of ${steps.length} steps: ${some(steps.map((step) => stepName(step, nameOf)))}`;
    }
    case 'retention':
      return `Retention by ${String(plan.period ?? 'week')}`;
    case 'paths':
      return `Paths by ${fieldName(String(plan.field ?? 'path')).toLowerCase()}`;
    case 'sessions':
      return `Visits${by(plan)}`;
    case 'summary':
    case 'breakdown':
      return `${measured(plan)}${by(plan)}`;
    case 'trend':
      return `${measured(plan)} by ${String(plan.interval ?? 'day')}${by(plan).replace(' by', ' and')}`;
    default:
      return capital(plan.kind);
  }
}

function stepName(step: Members, nameOf?: NameOfSaved): string {
  if (typeof step.name === 'string') return step.name;
  if (typeof step.goal === 'string') return nameOf?.('goal', step.goal) ?? step.goal;
  return filterWords(step.filter, nameOf) || 'any event';
}

function measured(plan: PlanInput): string {
  const series = [...list(plan.series), ...list(plan.formulas)].filter(isObject);
  const names =
    series.length > 0
      ? series.map(({ name }) => String(name))
      : list(plan.metrics ?? ['events', 'users']).map((metric) =>
          isObject(metric)
            ? `${String(metric.agg)} of ${fieldName(String(metric.of))}`
            : metric === 'users'
              ? 'people'
              : String(metric),
        );
  return capital(some(names));
}

function by(plan: PlanInput): string {
  const fields = Array.isArray(plan.by) ? plan.by : plan.by === undefined ? [] : [plan.by];
  const names = fields.map((each) =>
    fieldName(String(isObject(each) ? (each.field ?? each.dimension) : each)).toLowerCase(),
  );
  return names.length === 0 ? '' : ` by ${names.join(', ')}`;
}

function some(names: readonly string[]): string {
  const rest = names.length - namesShown;
  return names.slice(0, namesShown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
