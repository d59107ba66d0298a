/**
 * Fills columns from properties in rows that are there, a month at a time, by a mutation: the engine writes the parts anew that hold
 * such rows, one after the other, each whole or not at all. Nothing that is filled is filled again, so it may be broken off
 * anywhere; what the engine would go on with by itself after a crash is ended first (`endMutations`).
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import { columnName } from '../sql/column-name.ts';
import type { BackfillTask } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { ClickHouseCompiler } from './clickhouse-compiler.ts';

const timeoutMs = 10 * 60_000;
const lookIntervalMs = 50;

/** Months that have rows, ascending, after the one given. */
export async function monthsAfter(client: ClickHouseClient, after = ''): Promise<readonly string[]> {
  const rows = await client.rows<[string]>(
    `SELECT DISTINCT partition_id FROM system.parts
WHERE database = currentDatabase() AND table = 'events' AND active AND partition_id > ${stringLiteral(after)}
ORDER BY partition_id`,
  );
  return rows.map(([month]) => month);
}

/** Rows of the month that are to be filled, by day since 1970-01-01, ascending. */
export async function daysToFill(
  client: ClickHouseClient,
  task: BackfillTask,
  month: string,
): Promise<readonly (readonly [day: number, events: number])[]> {
  const rows = await client.rows<[number, string]>(
    `SELECT toInt32(day) AS number, toString(count()) FROM events
WHERE _partition_id = ${stringLiteral(month)} AND ${isToFill(task)} GROUP BY number ORDER BY number`,
    { timeoutMs },
  );
  return rows.map(([day, events]) => [day, Number(events)] as const);
}

/** Resolves when the month's rows are filled. Errors: ClickHouseError, store_unavailable when the engine cannot do it. */
export async function fillMonth(
  client: ClickHouseClient,
  clock: Clock,
  task: BackfillTask,
  month: string,
): Promise<void> {
  const assignments = task.fields.map((one) => {
    const column = columnName(one.field);
    return `${column} = if(${column} = '', ${filledValue(one)}, ${column})`;
  });
  const sql = `ALTER TABLE events UPDATE ${assignments.join(', ')} IN PARTITION ID ${stringLiteral(month)} WHERE ${isToFill(task)}`;
  await client.command(sql, { settings: { mutations_sync: 0 }, timeoutMs });
  await mutationsDone(client, clock);
}

/** Ends what an earlier process, or engine, left unfinished: the rows that are filled stay filled. */
export async function endMutations(client: ClickHouseClient, clock: Clock): Promise<void> {
  const [[left]] = (await client.rows<[string]>(`SELECT toString(count()) FROM ${unfinished}`)) as [[string]];
  if (left === '0') return;
  await client.command(`KILL MUTATION WHERE database = currentDatabase() AND table = 'events' AND ${isOurs}`);
  await mutationsDone(client, clock);
}

/** Deletes are mutations too, and are waited for by others. */
const isOurs = `command NOT LIKE '%_row_exists%' AND command LIKE '%UPDATE %'`;
const unfinished = `system.mutations WHERE database = currentDatabase() AND table = 'events' AND NOT is_done AND ${isOurs}`;

async function mutationsDone(client: ClickHouseClient, clock: Clock): Promise<void> {
  const sql = `SELECT latest_fail_reason FROM ${unfinished}`;
  for (;;) {
    const running = await client.rows<[string]>(sql);
    if (running.length === 0) return;
    const reason = running.map(([each]) => each).find((each) => each !== '');
    if (reason !== undefined) {
      // the engine would try again for ever
      await client.command(
        `KILL MUTATION WHERE database = currentDatabase() AND table = 'events' AND ${isOurs}`,
      );
      throw failure('store_unavailable', { detail: `columns cannot be filled: ${reason}` });
    }
    await clock.sleep(lookIntervalMs);
  }
}

type Filled = BackfillTask['fields'][number];

function isToFill({ fields, project }: BackfillTask): string {
  const any = fields
    .map((one) => `(${columnName(one.field)} = '' AND ${filledValue(one)} <> '')`)
    .join(' OR ');
  return `(${any})${project === undefined ? '' : ` AND project = ${stringLiteral(project)}`}`;
}

/** '' when there is none. */
function filledValue({ paths, charactersMax }: Filled): string {
  const compiler = new ClickHouseCompiler();
  const choices = paths.map((path) => {
    const value = `ifNull(${compiler.property(path, 'string')}, '')`;
    return `${value} <> '' AND lengthUTF8(${value}) <= ${charactersMax}, ${value}`;
  });
  return `multiIf(${choices.join(', ')}, '')`;
}
