/** A list of persons as a SELECT, and its rows as the contract has them. */
import type { PeopleQuestion, PersonRow } from '../analyses.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { position } from './position-sql.ts';

/** 64-bit integers as text. */
export type PersonAnswer = readonly [
  key: string,
  firstSeen: string,
  lastSeen: string,
  events: string,
  userId: string,
  anonymousId: string,
];

const columns = { firstSeen: 'first_seen', lastSeen: 'last_seen', events: 'events_of' } as const;

/**
 * First who is on the page, then what those are called: ids are wide, and most people are not on it. Where everybody who is asked for
 * has room on it, who that is need not be found out.
 */
export function peopleSelect(compiler: ClickHouseCompiler, question: PeopleQuestion): string {
  const { scope, order, limit, after, keys } = question;
  const where = [
    ...compiler.inScope(scope),
    'user_key <> 0',
    ...(keys === undefined ? [] : [`${compiler.person} IN (${keys.join(', ')})`]),
  ].join(' AND ');
  const by = columns[order];
  const having =
    after === undefined
      ? ''
      : `\nHAVING ${by} < ${after.value} OR (${by} = ${after.value} AND person > ${after.key})`;
  const numbers = `min(ms) AS first_seen, max(ms) AS last_seen, count() AS events_of`;
  const first = `ORDER BY ${by} DESC, person ASC\nLIMIT ${limit}`;
  const page = `SELECT person FROM (
  SELECT person, ${numbers}
  FROM (SELECT ${compiler.person} AS person, toUnixTimestamp64Milli(timestamp) AS ms FROM events WHERE ${where})
  GROUP BY person${having}
  ${first}
)`;
  const isForAll = keys !== undefined && after === undefined && keys.length <= limit;
  const onPage = isForAll ? where : `${where} AND ${compiler.person} IN (${page})`;
  return `${compiler.constants()}SELECT toString(person), toString(first_seen), toString(last_seen), toString(events_of), own_id, device_id
FROM (
  SELECT person, ${numbers}, argMaxIf(user_id, at, user_id <> '') AS own_id, argMaxIf(anonymous_id, at, anonymous_id <> '') AS device_id
  FROM (
    SELECT ${compiler.person} AS person, toUnixTimestamp64Milli(timestamp) AS ms, user_id, anonymous_id, ${position} AS at
    FROM events
    WHERE ${onPage}
  )
  GROUP BY person
)
${first}`;
}

export const personOfRow = ([
  key,
  firstSeen,
  lastSeen,
  events,
  userId,
  anonymousId,
]: PersonAnswer): PersonRow => ({
  key: BigInt(key),
  firstSeen: Number(firstSeen),
  lastSeen: Number(lastSeen),
  events: Number(events),
  userId,
  anonymousId,
});
