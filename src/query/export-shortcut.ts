/** `GET /api/v1/export`: its parameters as the events that are asked for. */
import { objectWith, oneOf, text } from '../plan/check.ts';
import { getScope, scopeParameters, zoneOf } from './get-scope.ts';
import { common } from './shortcut-parameters.ts';

export const exportFormats = ['ndjson', 'csv', 'parquet', 'arrow'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportParameters: readonly string[] = [...scopeParameters, 'range', 'format', 'filter', 'after'];

export interface ExportRequest {
  /** Of kind `events`, as `Query.export` takes it: it may name what is saved. */
  readonly plan: Readonly<Record<string, unknown>>;
  /** Undefined: nothing is said. */
  readonly format: ExportFormat | undefined;
  /** The eventId of the last event that the asker has. */
  readonly after: string | undefined;
}

/** Everything is meant, bots too, unless the parameters say otherwise; they are those of the address, unescaped. Errors: plan_invalid, its pointer naming the parameter. */
export function exportRequest(parameters: Readonly<Record<string, unknown>>, now: number): ExportRequest {
  const given = objectWith(parameters, '', exportParameters);
  const filter =
    given.filter === undefined ? {} : { filter: common.filter.read(String(given.filter), '/filter') };
  const format = given.format === undefined ? undefined : oneOf(given.format, '/format', exportFormats);
  const after = given.after === undefined ? undefined : text(given.after, '/after');
  const scope = { bots: 'include', ...given };
  return {
    plan: {
      kind: 'events',
      ...(given.range === undefined ? getScope(scope, now) : namedScope(scope)),
      ...filter,
    },
    format,
    after,
  };
}

/** `from` and `to` beside it are refused with the plan. */
function namedScope({ from, to, range, timeZone, bots }: Readonly<Record<string, unknown>>) {
  return { from, to, range, timeZone: zoneOf(timeZone), bots };
}
