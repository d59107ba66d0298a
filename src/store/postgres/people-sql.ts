/** A list of persons as a SELECT, and its rows as the contract has them. */
import type { PeopleQuestion, PersonRow } from '../analyses.ts';
import { indent } from '../sql/select.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';

/** 64-bit integers as text. */
export type PersonAnswer = readonly [
  key: string,
  firstSeen: string,
  lastSeen: string,
  events: string,
  userId: string | null,
  anonymousId: string | null,
];

const columns = { firstSeen: 'first_seen', lastSeen: 'last_seen', events: 'events' } as const;
const values = {
  first_seen: ms('min(timestamp)'),
  last_seen: ms('max(timestamp)'),
  events: 'count(*)',
} as const;
/** In the order of the keys, which are unsigned. */
const unsigned = `user_key # '-9223372036854775808'::bigint`;
const latest = 'timestamp DESC, _partition DESC, _offset DESC';

function ms(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000)::bigint`;
}

/** The persons first, then the ids of those alone. */
export function peopleSelect(compiler: PostgresCompiler, question: PeopleQuestion): string {
  const { scope, order, limit, after, keys } = question;
  const { parameters, rowsTable } = compiler;
  const where = [
    ...compiler.conditions(scope),
    compiler.inRanges('timestamp', [scope]),
    'user_key <> 0',
    ...(keys === undefined ? [] : compiler.ofPersons(keys)),
  ].join(' AND ');
  const by = columns[order];
  const numbers = Object.entries(values).map(([name, value]) => `${value} AS ${name}`);
  const having =
    after === undefined
      ? ''
      : `\nHAVING ${isAfter(values[by], after, (one) => parameters.bind(one, 'bigint'))}`;
  const chosen = `SELECT user_key, ${numbers.join(', ')}
FROM ${rowsTable}
WHERE ${where}
GROUP BY user_key${having}
ORDER BY ${by} DESC, ${unsigned}
LIMIT ${limit}`;
  const last = (id: string): string =>
    `(array_agg(${id} ORDER BY ${latest}) FILTER (WHERE ${id} <> ''))[1] AS ${id}`;
  return `WITH chosen AS MATERIALIZED (
${indent(chosen)}
)
SELECT user_key, first_seen, last_seen, events, user_id, anonymous_id
FROM chosen JOIN (
  SELECT user_key, ${last('user_id')}, ${last('anonymous_id')}
  FROM ${rowsTable}
  WHERE ${where} AND user_key IN (SELECT user_key FROM chosen)
  GROUP BY user_key
) AS ids USING (user_key)
ORDER BY ${by} DESC, ${unsigned}`;
}

function isAfter(
  value: string,
  after: NonNullable<PeopleQuestion['after']>,
  bind: (value: string) => string,
): string {
  const [last, key] = [bind(String(after.value)), bind(String(BigInt.asIntN(64, after.key ^ (1n << 63n))))];
  return `${value} < ${last} OR (${value} = ${last} AND (${unsigned}) > ${key})`;
}

export const personOfRow = ([
  key,
  firstSeen,
  lastSeen,
  events,
  userId,
  anonymousId,
]: PersonAnswer): PersonRow => ({
  key: BigInt.asUintN(64, BigInt(key)),
  firstSeen: Number(firstSeen),
  lastSeen: Number(lastSeen),
  events: Number(events),
  userId: userId ?? '',
  anonymousId: anonymousId ?? '',
});
