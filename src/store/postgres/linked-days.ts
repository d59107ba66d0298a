/**
 * Days whose sketches hold keys that stand for other persons: their persons are counted in raw rows. Looked for in the question's own
 * transaction, since such keys may come again on any day.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { Connection } from '../../postgres/postgres-pool.ts';
import type { Range } from '../sql/cover.ts';
import type { Question } from '../store.ts';
import type { Linked } from './identity.ts';
import { Parameters } from './parameters.ts';

/** Keys that are looked for one by one, by an index; with more, hardly a day has none. */
const keysMax = 1_000;

/** Whole UTC days, ascending. Errors: those of the driver. */
export async function linkedDays(
  connection: Connection,
  { plan, edges }: Question,
  linked: Linked,
): Promise<readonly Range[]> {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const [first, last] = [Math.floor(from / millisecondsPerDay), Math.ceil(to / millisecondsPerDay)];
  if (linked.keys.length > keysMax)
    return [{ from: first * millisecondsPerDay, to: last * millisecondsPerDay }];
  const parameters = new Parameters();
  const text = `SELECT DISTINCT floor(date_part('epoch', timestamp) / 86400) AS day
FROM events
WHERE project = ${parameters.bind(plan.project, 'text')} AND user_key = ANY (${parameters.bind(linked.keyList, 'bigint[]')}) AND user_key <> 0
  AND timestamp >= ${parameters.instant(from)} AND timestamp < ${parameters.instant(to)}
ORDER BY day`;
  const { rows } = await connection.query<{ day: number }>(text, parameters.values);
  return rows.map(({ day }) => ({ from: day * millisecondsPerDay, to: (day + 1) * millisecondsPerDay }));
}
