/**
 * Which days a process that ended in the middle of something may have left with wrong rollups: those of rows past the
 * durable progress, and those that were announced before something that the progress does not cover (a replay).
 */
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { Progress } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { dayText } from './repair.ts';

const table = 'suspect_days';

export class SuspectDays {
  readonly #client: ClickHouseClient;
  /** Names of announcements that stand in the table, by who made them. */
  readonly #standing = new Map<string, Set<string>>();
  /** One statement at a time: one that empties the table must not pass one that announces. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #makeId: () => string;

  constructor(client: ClickHouseClient, makeId: () => string) {
    this.#client = client;
    this.#makeId = makeId;
  }

  /** Days since 1970-01-01; for the start of a process. Earlier announcements become those of `owner`. */
  async find(owner: string, progress: ReadonlyMap<number, Progress>): Promise<readonly number[]> {
    const beyond = [...progress].map(
      ([partition, { next }]) => `(_partition = ${partition} AND _offset >= ${next})`,
    );
    const others = `_partition NOT IN (${[...progress.keys(), -1].join(', ')})`;
    // apart: together they would keep the engine from using the index of offsets
    const rows = await this.#client.rows<[number]>(
      `SELECT DISTINCT toInt32(day) FROM events WHERE ${beyond.join(' OR ') || 'false'}
UNION DISTINCT SELECT DISTINCT toInt32(day) FROM events WHERE ${others}
UNION DISTINCT SELECT toInt32(day) FROM ${table}`,
    );
    const names = await this.#client.rows<[string]>(`SELECT DISTINCT name FROM ${table}`);
    this.#standing.set(owner, new Set(names.map(([name]) => name)));
    return rows.map(([day]) => day);
  }

  /** Returns the announcement's name. */
  async announce(owner: string, days: Iterable<number>): Promise<string> {
    const name = this.#makeId();
    const standing = this.#standing.get(owner);
    if (standing === undefined) this.#standing.set(owner, new Set([name]));
    else standing.add(name);
    const list = [...days].map((day) => `toDate32('${dayText(day)}')`).join(', ');
    const sql = `INSERT INTO ${table} (day, name) SELECT arrayJoin([${list}]), ${stringLiteral(name)}`;
    await this.#inTurn(() => this.#client.command(sql));
    return name;
  }

  /**
   * The days of these announcements are right again; without names, those of all that `owner` has made. The table is
   * emptied once none stands: one that stays for longer only has its days rebuilt once more at the next start.
   */
  async withdraw(owner: string, names = [...(this.#standing.get(owner) ?? [])]): Promise<void> {
    if (names.length === 0) return;
    for (const name of names) this.#standing.get(owner)?.delete(name);
    await this.#inTurn(async () => {
      const standing = this.#standing.values().some((some) => some.size > 0);
      if (!standing) await this.#client.command(`TRUNCATE TABLE ${table}`);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
