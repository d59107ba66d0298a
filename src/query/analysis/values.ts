/** The values of a field that stand by themselves in an answer: those with most events. Whatever lies past them is `other`. */
import type { FieldName, Filter, Scope } from '../../plan/plan.ts';
import type { GroupValue } from '../../store/asking.ts';
import type { AnalysisParts } from './analysis-parts.ts';

/** Most events first, ties by bytes; null for events on which the field is absent. */
export async function firstValues(
  { run }: AnalysisParts,
  scope: Scope,
  field: FieldName,
  limit: number,
  filter?: Filter,
): Promise<readonly GroupValue[]> {
  const filters = [scope.filter, filter].filter((one): one is Filter => one !== undefined);
  const { filter: _, ...rest } = scope;
  const plan = {
    ...rest,
    kind: 'breakdown' as const,
    metrics: ['events' as const],
    by: [{ field }],
    limit,
    exact: false,
    ...(filters.length > 0 && { filter: filters.length === 1 ? filters[0]! : { and: filters } }),
  };
  const { cells } = await run({ plan, edges: [scope.from, scope.to] });
  return cells.flatMap(({ group }) => (group.kind === 'values' ? [group.values[0] ?? null] : []));
}

/** How an answer names a code: the value at its place from 1, or other. */
export function nameOfCode(
  code: number,
  values: readonly GroupValue[],
): { readonly value: GroupValue; readonly other?: true } {
  return code === 0 ? { value: null, other: true } : { value: values[code - 1] ?? null };
}
