/**
 * The version of a range: the sum of those of its days, which only ever grow. A day of its own stands for the project's links
 * between ids, which change answers about any time.
 */
import type { Parameters } from './parameters.ts';

/** In `day_versions`: before every day. */
export const linksDay = `'-infinity'::date`;

/** An SQL expression, text. The range is half-open, epoch ms. */
export function versionOf(parameters: Parameters, project: string, from: number, to: number): string {
  const day = (ms: number): string => `(${parameters.instant(ms)} AT TIME ZONE 'UTC')::date`;
  return summed(parameters, project, `(day = ${linksDay} OR day >= ${day(from)} AND day <= ${day(to - 1)})`);
}

/** An SQL expression, text: '0' where there never was a link. */
export const linksVersionOf = (parameters: Parameters, project: string): string =>
  summed(parameters, project, `day = ${linksDay}`);

const summed = (parameters: Parameters, project: string, which: string): string =>
  `(SELECT coalesce(sum(version), 0)::text FROM day_versions WHERE project = ${parameters.bind(project, 'text')} AND ${which})`;
