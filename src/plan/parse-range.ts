/** `from` and `to` as people and programs write them. */
import { type Fields, invalid } from './check.ts';
import type { Range } from './plan.ts';
import { looksLikeSeconds, parseTime } from './time.ts';

/** `from` and `to` of an object at `pointer`. */
export function parseRange(fields: Fields, pointer: string, timeZone: string): Range {
  // Both at once: one alone may well be a time in early 1970.
  if (looksLikeSeconds(fields.from) && looksLikeSeconds(fields.to)) {
    throw invalid(
      `${pointer}/from`,
      'looks like seconds, and so does to; give epoch milliseconds',
      fields.from,
    );
  }
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const moment = parseTime(fields[name], timeZone);
    if (typeof moment === 'string') throw invalid(`${pointer}/${name}`, moment, fields[name]);
    return moment.from;
  }) as [number, number];
  if (from >= to)
    throw invalid(`${pointer}/to`, 'must be later than from; a range ends before its `to`', fields.to);
  return { from, to };
}
