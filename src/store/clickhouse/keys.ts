/** Event ids that are stored or quarantined: are these, and which were received lately. */
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { EventKey } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';

/** Ids in one statement: about 40 KB of text. The index on ids only helps few at a time. */
const keysInStatementMax = 500;
/** Of one line of the answer: an id of 128 characters, a project, a time, all escaped. */
const lineBytesMax = 64 * 1024;

/** Of a whole reading: a busy day's ids take longer than any question may. An engine that is gone ends it at once. */
const recentTimeoutMs = 60 * 60_000;

type Recent = EventKey & { readonly receivedAt: number };

export async function knownKeys(
  client: ClickHouseClient,
  keys: readonly EventKey[],
  among?: 'rows',
): Promise<readonly boolean[]> {
  const stored = new Set<string>();
  for (const [project, some] of Map.groupBy(keys, (key) => key.project)) {
    for (let from = 0; from < some.length; from += keysInStatementMax) {
      const ids = some.slice(from, from + keysInStatementMax).map(({ eventId }) => stringLiteral(eventId));
      const where = `project = ${stringLiteral(project)} AND event_id IN (${ids.join(', ')})`;
      const quarantined = `UNION DISTINCT SELECT event_id FROM quarantine FINAL WHERE ${where}`;
      const rows = await client.rows<[string]>(
        `SELECT DISTINCT event_id FROM events WHERE ${where} ${among === 'rows' ? '' : quarantined}`,
      );
      for (const [eventId] of rows) stored.add(nameOf({ project, eventId }));
    }
  }
  return keys.map((key) => stored.has(nameOf(key)));
}

/** In pieces as they come, so that memory is bound. */
export async function* recentKeys(
  client: ClickHouseClient,
  partition: number,
  since: number,
): AsyncGenerator<readonly Recent[]> {
  const where = `_partition = ${partition} AND received_at >= fromUnixTimestamp64Milli(toInt64(${Math.ceil(since)}), 'UTC') AND event_id != ''`;
  const columns = 'project, event_id, toUnixTimestamp64Milli(received_at)';
  const sql = `SELECT ${columns} FROM events WHERE ${where} UNION ALL SELECT ${columns} FROM quarantine FINAL WHERE ${where}`;
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of client.stream(sql, 'JSONCompactEachRow', { timeoutMs: recentTimeoutMs })) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineBytesMax)
      throw new RangeError(`a line of the answer is over ${lineBytesMax} bytes`);
    if (lines.length > 0) yield lines.map(recentOf);
  }
  if (rest !== '') yield [recentOf(rest)];
}

function recentOf(line: string): Recent {
  const [project, eventId, receivedAt] = JSON.parse(line) as [string, string, string];
  return { project, eventId, receivedAt: Number(receivedAt) };
}

const nameOf = ({ project, eventId }: EventKey): string => JSON.stringify([project, eventId]).toWellFormed();
