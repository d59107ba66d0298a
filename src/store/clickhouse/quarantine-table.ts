/** Events that could not be stored, each place once: the table replaces rows of the same place, and is read as replaced. */
import type { Clock } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { Place, Quarantined, QuarantineEnd, QuarantineQuery } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { deleteRows } from './delete-rows.ts';
import { nativeBlock } from './native-block.ts';
import { type QuarantineRow, quarantineColumns } from './schema.ts';

type Row = readonly [number, string, string, string, string, string, string, string];

const table = 'quarantine';

export class QuarantineTable {
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;

  constructor(client: ClickHouseClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async insert(items: readonly Quarantined[], queryId?: string): Promise<void> {
    await this.#write(
      items.map((item) => ({ ...item, isReleased: false })),
      queryId,
    );
  }

  /** Ascending by place; `after` is the `next` of the page before. */
  async list(query: QuarantineQuery): Promise<{
    readonly items: readonly Quarantined[];
    readonly total: number;
    readonly next?: string;
  }> {
    const asked = conditionOf(query);
    const [partition, offset] = (query.after ?? '').split(':').map(Number);
    const after =
      Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
        ? `(_partition, _offset) > (${partition}, ${offset})`
        : 'true';
    const [[total]] = (await this.#client.rows<[string]>(
      `SELECT count() FROM ${table} FINAL WHERE ${asked}`,
    )) as [[string]];
    const rows = await this.#client.rows<Row>(
      `SELECT _partition, _offset, project, event_id, toUnixTimestamp64Milli(received_at), reason, detail, body
FROM ${table} FINAL WHERE ${asked} AND ${after} ORDER BY _partition, _offset LIMIT ${query.limit + 1}`,
    );
    const items = rows.slice(0, query.limit).map(itemOf);
    const last = items.at(-1);
    if (rows.length <= query.limit || last === undefined) return { items, total: Number(total) };
    return { items, total: Number(total), next: `${last.partition}:${last.offset}` };
  }

  /** By rows that say so and how; the bodies go when the engine merges them with what they end. */
  async release(places: readonly Place[], end: QuarantineEnd): Promise<void> {
    if (places.length === 0) return;
    // an end must have nothing of the item's project: that may be deleted, and the end stays
    await this.#write(
      places.map(({ partition, offset }) => ({
        ...nothing,
        partition,
        offset,
        reason: end,
        isReleased: true,
      })),
    );
  }

  /** How many places ended in each way, by the rows that say so: they stay when the engine merges. */
  async ends(partition: number): Promise<Readonly<Record<QuarantineEnd, number>>> {
    const rows = await this.#client.rows<[QuarantineEnd, string]>(`SELECT end, toString(count()) FROM (
  SELECT argMax(reason, (written_at, is_released)) AS end, argMax(is_released, (written_at, is_released)) AS ended
  FROM ${table} WHERE _partition = ${partition} GROUP BY _offset
) WHERE ended GROUP BY end`);
    const ends = { replayed: 0, duplicate: 0, discarded: 0 };
    for (const [end, count] of rows) ends[end] = Number(count);
    return ends;
  }

  /** First their ends, so that each place keeps one, then the bodies. */
  async deleteProject(project: string): Promise<void> {
    const where = `project = ${stringLiteral(project)}`;
    for (;;) {
      const { items } = await this.list({ project, limit: releasedAtOnceMax });
      if (items.length === 0) break;
      await this.release(items, 'discarded');
    }
    await deleteRows(this.#client, this.#clock, table, where);
  }

  async #write(rows: readonly Omit<QuarantineRow, 'writtenAt'>[], queryId?: string): Promise<void> {
    const writtenAt = this.#clock.now();
    const block = nativeBlock(
      quarantineColumns,
      rows.map((row) => ({ ...row, writtenAt })),
    );
    const names = quarantineColumns.map(({ name }) => name);
    await this.#client.insertNative(table, names, block, queryId === undefined ? {} : { queryId });
  }
}

/** Bodies are read with them. */
const releasedAtOnceMax = 1_000;
const nothing = { project: '', eventId: '', receivedAt: 0, detail: '', body: '' };

function conditionOf({ project, withUnknown, reason, from, to, places }: QuarantineQuery): string {
  const conditions = ['true'];
  if (project !== undefined) {
    const projects = withUnknown ? [project, ''] : [project];
    conditions.push(`project IN (${projects.map(stringLiteral).join(', ')})`);
  }
  if (reason !== undefined) conditions.push(`reason = ${stringLiteral(reason)}`);
  if (from !== undefined) conditions.push(`received_at >= ${timeLiteral(from)}`);
  if (to !== undefined) conditions.push(`received_at < ${timeLiteral(to)}`);
  if (places !== undefined) {
    const list = places.map(({ partition, offset }) => `(${partition}, ${offset})`).join(', ');
    conditions.push(places.length === 0 ? 'false' : `(_partition, _offset) IN (${list})`);
  }
  return conditions.join(' AND ');
}

const timeLiteral = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.ceil(ms)}), 'UTC')`;

function itemOf([partition, offset, project, eventId, receivedAt, reason, detail, body]: Row): Quarantined {
  return {
    partition,
    offset: Number(offset),
    project,
    eventId,
    receivedAt: Number(receivedAt),
    reason,
    detail,
    body,
  };
}
