/** Events that could not be stored, each place once: the table replaces rows of the same place, and is read as replaced. */
import type { Clock } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { Quarantined } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { deleteRows } from './delete-rows.ts';
import { nativeBlock } from './native-block.ts';
import { type QuarantineRow, quarantineColumns } from './schema.ts';

type Row = readonly [number, string, string, string, string, string, string, string];
type Place = { readonly partition: number; readonly offset: number };

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
  async list(query: { readonly project?: string; readonly limit: number; readonly after?: string }): Promise<{
    readonly items: readonly Quarantined[];
    readonly total: number;
    readonly next?: string;
  }> {
    const ofProject = query.project === undefined ? 'true' : `project = ${stringLiteral(query.project)}`;
    const [partition, offset] = (query.after ?? '').split(':').map(Number);
    const after =
      Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
        ? `(_partition, _offset) > (${partition}, ${offset})`
        : 'true';
    const [[total]] = (await this.#client.rows<[string]>(
      `SELECT count() FROM ${table} FINAL WHERE ${ofProject}`,
    )) as [[string]];
    const rows = await this.#client.rows<Row>(
      `SELECT _partition, _offset, project, event_id, toUnixTimestamp64Milli(received_at), reason, detail, body
FROM ${table} FINAL WHERE ${ofProject} AND ${after} ORDER BY _partition, _offset LIMIT ${query.limit + 1}`,
    );
    const items = rows.slice(0, query.limit).map(itemOf);
    const last = items.at(-1);
    if (rows.length <= query.limit || last === undefined) return { items, total: Number(total) };
    return { items, total: Number(total), next: `${last.partition}:${last.offset}` };
  }

  /** By rows that say so: the bodies go when the engine merges them with what they end. */
  async release(places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    await this.#write(places.map((place) => ({ ...nothing, ...place, isReleased: true })));
  }

  async deleteProject(project: string): Promise<void> {
    await deleteRows(this.#client, this.#clock, table, `project = ${stringLiteral(project)}`);
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

const nothing = { project: '', eventId: '', receivedAt: 0, reason: '', detail: '', body: '' };

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
