/**
 * Tables in which `user_key` is the person that identity makes of it, so that whatever counts persons reads these and needs to know
 * nothing of identity. `own_key` is the key that the row has.
 */
import type { Linked } from './identity.ts';
import type { Parameters } from './parameters.ts';
import { eventColumns } from './schema.ts';

const rollupColumns = ['start', 'tier', 'bot', 'project', 'type'];
const rowColumns = eventColumns.map(({ name }) => name).filter((name) => name !== 'user_key');

export const linkedEvents = (parameters: Parameters, linked: Linked): string =>
  linkedTable('events', [...rowColumns, 'user_key AS own_key'], parameters, linked);

/** Lists of persons; sketches cannot be told apart by key. */
export const linkedLists = (parameters: Parameters, linked: Linked): string =>
  linkedTable('rollup_users', rollupColumns, parameters, linked);

function linkedTable(
  table: string,
  columns: readonly string[],
  parameters: Parameters,
  { keyList, personList }: Linked,
): string {
  const lists = [keyList, personList].map((list) => parameters.bind(list, 'bigint[]')).join(', ');
  return `(
  SELECT ${columns.join(', ')}, coalesce(person, user_key) AS user_key
  FROM ${table} LEFT JOIN unnest(${lists}) AS person_of (key, person) ON key = user_key
) AS ${table}`;
}
