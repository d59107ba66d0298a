/** A list of persons as a SELECT, and its rows as the contract has them. */
import type { PeopleQuestion, PersonRow } from '../analyses.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';

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

export function peopleSelect(compiler: ClickHouseCompiler, question: PeopleQuestion): string {
  const { scope, order, limit, after, keys } = question;
  const where = [
    ...compiler.inScope(scope),
    'user_key <> 0',
    ...(keys === undefined ? [] : [`${compiler.person} IN (${keys.join(', ')})`]),
  ];
  const by = columns[order];
  const last = 'at';
  const having =
    after === undefined
      ? ''
      : `\nHAVING ${by} < ${after.value} OR (${by} = ${after.value} AND person > ${after.key})`;
  return `${compiler.constants()}SELECT toString(person), toString(min(ms) AS first_seen), toString(max(ms) AS last_seen), toString(count() AS events_of),
  argMaxIf(user_id, ${last}, user_id <> ''), argMaxIf(anonymous_id, ${last}, anonymous_id <> '')
FROM (
  SELECT ${compiler.person} AS person, toUnixTimestamp64Milli(timestamp) AS ms, user_id, anonymous_id,
    (ms, _partition, _offset) AS at
  FROM events
  WHERE ${where.join(' AND ')}
)
GROUP BY person${having}
ORDER BY ${by} DESC, person ASC
LIMIT ${limit}`;
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
