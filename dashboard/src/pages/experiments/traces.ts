/** What the data has of an experiment before it is set up: its variants, the day it began, and goals that conversions name. */
import type { BreakdownData, TrendData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { browserZone } from '../../format/dates.ts';
import { conversions, exposures } from './experiment.ts';

const range = '90d';
const namesMax = 20;

export interface Traces {
  readonly variants: readonly { readonly key: string; readonly exposures: number }[];
  /** ISO 8601: the first moment of the first day with an exposure. */
  readonly since: string;
}

/** Undefined while it is not known, null when there is none. */
export function useTraces(project: string, experimentId: string): Traces | null | undefined {
  const { data, isPlaceholderData } = useAnswer<TrendData>(
    project,
    {
      kind: 'trend',
      range,
      timeZone: browserZone,
      interval: 'day',
      filter: { and: [exposures, { field: 'experimentId', op: 'eq', value: experimentId }] },
      metrics: ['events'],
      by: { field: 'variantKey', limit: namesMax },
    },
    { enabled: experimentId !== '' },
  );
  if (experimentId === '') return null;
  if (data === undefined || isPlaceholderData) return undefined;
  const { buckets, total, groups = [] } = data.data;
  const first = buckets[total.events.findIndex((events) => events > 0)];
  if (first === undefined) return null;
  return {
    since: first.from,
    variants: groups.flatMap(({ value, other, events }) =>
      other || typeof value !== 'string'
        ? []
        : [{ key: value, exposures: events.reduce((sum, each) => sum + each, 0) }],
    ),
  };
}

/** Goals that people reached lately, most reached first. */
export function useGoals(project: string): readonly string[] {
  const { data } = useAnswer<BreakdownData>(project, {
    kind: 'breakdown',
    range,
    timeZone: browserZone,
    by: ['properties.goal'],
    filter: conversions,
    metrics: ['events'],
    limit: namesMax,
  });
  return (data?.data.groups ?? []).flatMap(({ values: [value], other }) =>
    other || typeof value !== 'string' || value === '' ? [] : [value],
  );
}
