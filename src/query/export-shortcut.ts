/** `GET /api/v1/export`: its parameters as the events that are asked for. */
import { objectWith, oneOf, text } from '../plan/check.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { Scope } from '../plan/plan.ts';
import { getScope, scopeParameters } from './get-scope.ts';
import { common } from './shortcut-parameters.ts';

export const exportFormats = ['ndjson', 'csv', 'parquet', 'arrow'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportParameters: readonly string[] = [...scopeParameters, 'format', 'filter', 'after'];

export interface ExportRequest {
  readonly scope: Scope;
  /** Undefined: nothing is said. */
  readonly format: ExportFormat | undefined;
  /** The eventId of the last event that the asker has. */
  readonly after: string | undefined;
}

/** Everything is meant, bots too, unless the parameters say otherwise; they are those of the address, unescaped. Errors: plan_invalid, its pointer naming the parameter. */
export function exportRequest(
  parameters: Readonly<Record<string, unknown>>,
  project: string,
  now: number,
): ExportRequest {
  const given = objectWith(parameters, '', exportParameters);
  const filter =
    given.filter === undefined ? {} : { filter: common.filter.read(String(given.filter), '/filter') };
  const format = given.format === undefined ? undefined : oneOf(given.format, '/format', exportFormats);
  const after = given.after === undefined ? undefined : text(given.after, '/after');
  return {
    scope: parsePlan(
      { kind: 'events', ...getScope({ bots: 'include', ...given }, now), ...filter },
      { project, now },
    ),
    format,
    after,
  };
}
