/** What may be filled from properties afterwards, and where it is looked for. */
import { failure } from '../errors.ts';
import type { BackfillField, BackfillTask } from '../store/store.ts';

/** Fields by the most characters that they take. */
export const backfillFields: Readonly<Record<BackfillField, number>> = {
  experimentId: 200,
  variantKey: 200,
  productId: 200,
  sessionId: 200,
  viewId: 200,
  title: 2_000,
  screen: 200,
  language: 200,
  appVersion: 200,
  os: 200,
  device: 200,
  browser: 200,
  country: 200,
  region: 200,
  city: 200,
};

/** Paths of one field. */
export const backfillPathsMax = 10;
const pathCharactersMax = 1_000;

/** What a client orders: paths by field, as `properties.ab.variant`. */
export interface BackfillOrder {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly project?: string;
  readonly after?: string;
  readonly dryRun: boolean;
}

/** As senders spell them. */
export const usualFields: Readonly<Record<string, readonly string[]>> = {
  experimentId: ['properties.experimentId', 'properties.experiment_id'],
  variantKey: ['properties.variantKey', 'properties.variant_key'],
};

/** Errors: request_invalid, with the field. */
export function backfillTask({ fields, project, after, dryRun }: BackfillOrder): BackfillTask {
  const entries = Object.entries(fields);
  if (entries.length === 0)
    throw failure('request_invalid', { detail: 'fields must name at least one field' });
  return {
    fields: entries.map(([field, paths]) => {
      if (!Object.hasOwn(backfillFields, field))
        throw failure('request_invalid', {
          detail: `${field.slice(0, 80)} cannot be filled; there are ${Object.keys(backfillFields).join(', ')}`,
        });
      return {
        field: field as BackfillField,
        paths: pathsOf(field, paths),
        charactersMax: backfillFields[field as BackfillField],
      };
    }),
    ...(project !== undefined && { project }),
    ...(after !== undefined && { after: marked(after) }),
    dryRun,
  };
}

function pathsOf(field: string, paths: unknown): readonly string[] {
  const rule = `the paths of ${field} must be a list of 1 to ${backfillPathsMax} texts such as "properties.variant"`;
  if (!Array.isArray(paths) || paths.length === 0 || paths.length > backfillPathsMax)
    throw failure('request_invalid', { detail: rule });
  return paths.map((path: unknown) => {
    const isPath =
      typeof path === 'string' &&
      path.isWellFormed() &&
      !path.includes('\0') &&
      path.length <= pathCharactersMax &&
      /^properties(\.[^.]+)+$/s.test(path);
    if (!isPath) throw failure('request_invalid', { detail: rule });
    return path.slice('properties.'.length);
  });
}

/** The `next` of a step, of either store. */
function marked(after: string): string {
  if (/^(\d{6}|\d{4}-\d\d-\d\d)$/.test(after)) return after;
  throw failure('request_invalid', { detail: 'after must be the next of the step before' });
}
