/** The question about an experiment out of what was sent. */
import { below, type Fields, flag, invalid, list, oneOf, text } from './check.ts';
import { bucketsOf } from './edges.ts';
import { type ExperimentPlan, experimentDaysMax, goalsMax, variantsMax } from './experiment.ts';
import { type ParsedScope, scopeNames } from './parse-scope.ts';

export const weightMax = 1_000_000;

export const namesOfExperiments: readonly string[] = [
  ...scopeNames.filter((name) => name !== 'sample'),
  'experiment',
  'per',
  'goals',
  'reach',
  'money',
  'includeMixed',
  'control',
  'weights',
  'byDay',
  'exact',
];

/** Errors: plan_invalid. */
export function parseExperiment(
  fields: Fields,
  { from, to, timeZone, weekStart }: ParsedScope,
): Omit<ExperimentPlan, 'kind' | keyof ParsedScope> {
  const byDay = flag(fields.byDay ?? false, '/byDay');
  const days = byDay ? bucketsOf(from, to, 'day', timeZone, weekStart).edges.length - 1 : 0;
  if (days > experimentDaysMax)
    throw invalid(
      '/byDay',
      `makes ${days} days of this range, over the limit of ${experimentDaysMax}`,
      byDay,
    );
  return {
    experiment: named(fields.experiment, '/experiment'),
    per: oneOf(fields.per ?? 'user', '/per', ['user', 'session'] as const),
    ...(fields.goals !== undefined && { goals: goalsOf(fields.goals) }),
    reach: flag(fields.reach ?? true, '/reach'),
    money: flag(fields.money ?? false, '/money'),
    includeMixed: flag(fields.includeMixed ?? false, '/includeMixed'),
    ...(fields.control !== undefined && { control: named(fields.control, '/control') }),
    ...(fields.weights !== undefined && { weights: weightsOf(fields.weights) }),
    byDay,
    exact: flag(fields.exact ?? false, '/exact'),
  };
}

/** In one order, so that equal questions are equal data. */
function goalsOf(value: unknown): readonly string[] {
  const goals = list(value, '/goals', goalsMax).map((goal, i) => named(goal, below('/goals', i)));
  return [...new Set(goals)].sort();
}

function weightsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('/weights', 'must be an object of shares by variant', value);
  const entries = Object.entries(value);
  if (entries.length > variantsMax)
    throw invalid('/weights', `must have at most ${variantsMax} members`, value);
  for (const [variant, share] of entries)
    if (typeof share !== 'number' || !(share > 0 && share <= weightMax))
      throw invalid(below('/weights', variant), `must be a number above 0, at most ${weightMax}`, share);
  // as data a plan may be keyed by anything, `__proto__` included
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)) as [string, number][]);
}

function named(value: unknown, pointer: string): string {
  const name = text(value, pointer);
  if (name === '') throw invalid(pointer, 'must not be empty', value);
  return name;
}
