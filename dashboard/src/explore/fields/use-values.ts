/** Values that a field has in a range, the most frequent first, with how many events have them; searched as one types. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SummaryData } from '../../../../src/query/wire.ts';
import { ask } from '../../api/questions.ts';
import { fieldType } from './fields.ts';

export interface KnownValue {
  readonly value: string | number | boolean;
  readonly events: number;
}

/** Range and zone of the question; the last 30 days when absent. */
export type Scope = Readonly<Record<string, unknown>>;

const valuesMax = 50;
const staleMs = 60_000;

/** Of a plan: what its suggestions are about. */
export function scopeOfPlan(plan: Readonly<Record<string, unknown>>): Scope {
  const { range, from, to, timeZone, bots } = plan;
  const scope = { range, from, to, timeZone, bots };
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
}

export function useValues(
  project: string,
  field: string,
  search: string,
  scope: Scope | undefined,
  enabled: boolean,
) {
  const isText = fieldType(field) === 'text' || fieldType(field) === 'property';
  const about = scope?.range === undefined && scope?.from === undefined ? { ...scope, range: '30d' } : scope;
  const plan = {
    kind: 'summary',
    ...about,
    metrics: ['events'],
    by: { field, limit: valuesMax },
    ...(search !== '' && isText && { filter: { field, op: 'contains', value: search } }),
  };
  return useQuery({
    queryKey: ['values', project, plan],
    queryFn: async ({ signal }) => valuesOf((await ask<SummaryData>(project, plan, signal)).data),
    placeholderData: keepPreviousData,
    staleTime: staleMs,
    enabled: enabled && field !== '',
  });
}

const valuesOf = ({ groups = [] }: SummaryData): readonly KnownValue[] =>
  groups.flatMap(({ value, other, events }) => (other || value === null ? [] : [{ value, events }]));
