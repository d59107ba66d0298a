/** What a question that is too much is told: the limit, where this asker's is set, and what would help this question. */
import { failure, isFailure } from '../errors.ts';
import type { AnyPlan } from '../plan/plan.ts';
import { type Asker, budgetOf, laneOf, whereSet } from './asker.ts';
import type { QuerySettings } from './query-settings.ts';

/** The error as this asker should hear it; any other error as it is. */
export function refusalOf(error: unknown, plan: AnyPlan, asker: Asker, settings: QuerySettings): unknown {
  const { timeMs: limitMs, memoryBytes: limitBytes, rowsMax: limitRows } = budgetOf(asker, settings);
  const { insideMax: concurrencyMax, waitingMax } = laneOf(asker, settings);
  const advice = adviceOn(plan);
  if (isFailure(error, 'over_time'))
    return failure('over_time', { setting: whereSet(asker, 'timeMs'), limitMs, advice }, error);
  if (isFailure(error, 'over_memory'))
    return failure('over_memory', { setting: whereSet(asker, 'memoryBytes'), limitBytes, advice }, error);
  if (isFailure(error, 'over_rows'))
    return failure('over_rows', { setting: whereSet(asker, 'rowsMax'), limitRows, advice }, error);
  if (isFailure(error, 'questions_too_many')) {
    const setting = whereSet(asker, 'waitingMax');
    return failure('questions_too_many', { concurrencyMax, waitingMax, setting }, error);
  }
  return error;
}

/** What makes this plan cheaper, most useful first. */
function adviceOn(plan: AnyPlan): string {
  const ways = ['a shorter range', ...ownWays(plan)];
  const mayBeSampled = plan.kind !== 'events' && plan.kind !== 'user' && plan.kind !== 'experiment';
  if (mayBeSampled && (plan.sample ?? 1) > sampleAdvised) ways.push(`a sample ("sample": ${sampleAdvised})`);
  return `ask for ${new Intl.ListFormat('en', { type: 'disjunction' }).format(ways)}`;
}

const sampleAdvised = 0.1;

function ownWays(plan: AnyPlan): readonly string[] {
  switch (plan.kind) {
    case 'summary':
    case 'trend':
    case 'breakdown':
      return [
        ...(plan.exact ? ['people without "exact"'] : []),
        ...(plan.by === undefined ? [] : ['fewer groups']),
        // what choose-source.ts finds in rollups
        'events, users or amount by type alone, which are kept added up',
      ];
    case 'funnel':
      return ['steps that fewer events match'];
    case 'events':
    case 'users':
    case 'user':
      return ['a smaller limit'];
    default:
      return ['a narrower filter'];
  }
}
