/** The version of a range: the sum of those of its days, which only ever grow. */
import type { Parameters } from './parameters.ts';

/** An SQL expression, text. The range is half-open, epoch ms. */
export function versionOf(parameters: Parameters, project: string, from: number, to: number): string {
  const day = (ms: number): string => `(${parameters.instant(ms)} AT TIME ZONE 'UTC')::date`;
  const where = `project = ${parameters.bind(project, 'text')} AND day >= ${day(from)} AND day <= ${day(to - 1)}`;
  return `(SELECT coalesce(sum(version), 0)::text FROM day_versions WHERE ${where})`;
}
