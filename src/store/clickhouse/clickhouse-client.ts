/**
 * ClickHouse's HTTP dialect over bare `node:http`: the same client for a server (http, https) and for the embedded engine's
 * Unix socket. Statements are complete texts (see clickhouse-literal.ts); every failure is a ClickHouseError that says
 * whether the statement may have run. It never tries again by itself: only the caller knows what may be repeated.
 */
import { randomUUID } from 'node:crypto';
import { ClickHouseError, clickhouseCodes } from './clickhouse-error.ts';
import { identifier, stringLiteral } from './clickhouse-literal.ts';
import { ClickHouseTransport, type Reply } from './clickhouse-transport.ts';
import { laidBytesMin, laidFileParameter, layFile } from './laid-file.ts';

export interface ClickHouseTarget {
  readonly socketPath?: string;
  readonly url?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** Where the data of an insert may be laid for an engine beside us: it reads them from there, and a large body is not sent. */
  readonly filesDirectory?: string;
}

export interface CallOptions {
  /** The name under which `kill` and the fence find the statement; unique for ever. Made up when absent. */
  readonly queryId?: string;
  /** ClickHouse settings of this call alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
  /** For the whole call, reading the answer included. */
  readonly timeoutMs?: number;
  /** Told what the SELECT of `rows` has read, once it has ended. */
  readonly onSummary?: (summary: CallSummary) => void;
}

export interface CallSummary {
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface ClientOptions {
  /** For calls that name none. Default 60,000. */
  readonly timeoutMs?: number;
  /** The most that `rows` takes into memory. Default 256 MiB. */
  readonly answerBytesMax?: number;
  /** Connections at a time; calls beyond wait. Default 64. Kills and pings have connections of their own. */
  readonly connectionsMax?: number;
  /** ClickHouse settings of every call. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Makes query ids. */
  readonly makeQueryId?: () => string;
  /** Told of each error that ClickHouse itself answered with. */
  readonly onError?: (error: ClickHouseError) => void;
}

const defaults = { timeoutMs: 60_000, answerBytesMax: 256 * 1024 * 1024, connectionsMax: 64 };
const controlTimeoutMs = 5_000;

/** Answers come whole or as an error; 64-bit integers do not fit a double. */
const readSettings = { wait_end_of_query: 1, output_format_json_quote_64bit_integers: 1 };
/** Acknowledged means written: no server-side buffering, and no deduplication by content (see design §4). */
const writeSettings = { wait_end_of_query: 1, async_insert: 0, insert_deduplicate: 0 };

export class ClickHouseClient {
  readonly #target: () => ClickHouseTarget;
  readonly #transport: ClickHouseTransport;
  readonly #settings: Readonly<Record<string, string | number>>;
  readonly #timeoutMs: number;
  readonly #answerBytesMax: number;
  readonly #makeQueryId: () => string;
  readonly #onError: ((error: ClickHouseError) => void) | undefined;
  readonly #kills = new Set<Promise<void>>();

  constructor(target: ClickHouseTarget | (() => ClickHouseTarget), options: ClientOptions = {}) {
    const connectionsMax = options.connectionsMax ?? defaults.connectionsMax;
    this.#target = typeof target === 'function' ? target : () => target;
    this.#transport = new ClickHouseTransport(this.#target, connectionsMax);
    this.#settings = options.settings ?? {};
    this.#timeoutMs = options.timeoutMs ?? defaults.timeoutMs;
    this.#answerBytesMax = options.answerBytesMax ?? defaults.answerBytesMax;
    this.#makeQueryId = options.makeQueryId ?? randomUUID;
    this.#onError = options.onError;
  }

  /** Runs a statement that gives nothing back (DDL, INSERT SELECT, ALTER). Errors: ClickHouseError. */
  async command(sql: string, options: CallOptions = {}): Promise<void> {
    const reply = await this.#send(sql, options, writeSettings);
    await reply.whole(this.#answerBytesMax);
  }

  /**
   * Runs a SELECT and gives its rows as arrays; 64-bit integers are strings. An aborted or late call is also
   * stopped where it runs. Errors: ClickHouseError.
   */
  async rows<T extends readonly unknown[]>(sql: string, options: CallOptions = {}): Promise<T[]> {
    const queryId = options.queryId ?? this.#makeQueryId();
    try {
      const reply = await this.#send(
        `${sql}
FORMAT JSONCompact`,
        { ...options, queryId },
        readSettings,
      );
      const answer = parseAnswer<T>(await reply.whole(this.#answerBytesMax));
      const { rows_read: rowsRead, bytes_read: bytesRead } = answer.statistics;
      options.onSummary?.({ rowsRead, bytesRead });
      return answer.data;
    } catch (error) {
      if (isLeftRunning(error)) this.#killLater(queryId);
      throw error;
    }
  }

  /** Runs a SELECT and gives the answer's bytes as they come. Leaving the loop early stops the statement. */
  async *stream(sql: string, format: string, options: CallOptions = {}): AsyncGenerator<Buffer> {
    const queryId = options.queryId ?? this.#makeQueryId();
    let running = true;
    try {
      const { wait_end_of_query: _, ...settings } = readSettings;
      const reply = await this.#send(`${sql}\nFORMAT ${format}`, { ...options, queryId }, settings);
      yield* reply.chunks();
      running = false;
    } catch (error) {
      running = isLeftRunning(error);
      throw error;
    } finally {
      if (running) this.#killLater(queryId);
    }
  }

  /**
   * Inserts one Native block; resolves once it is written. `table` is SQL text; `columns` are plain names in the
   * block's order. Errors: ClickHouseError, whose outcome says whether to read back.
   */
  async insertNative(
    table: string,
    columns: readonly string[],
    block: Uint8Array,
    options: CallOptions = {},
  ): Promise<void> {
    const sql = `INSERT INTO ${table} (${columns.map(identifier).join(', ')}) FORMAT Native`;
    const { filesDirectory } = this.#target();
    if (filesDirectory === undefined || block.byteLength < laidBytesMin) {
      const reply = await this.#send(sql, options, writeSettings, block);
      await reply.whole(this.#answerBytesMax);
      return;
    }
    const laid = await layFile(filesDirectory, block);
    try {
      const settings = { ...writeSettings, [laidFileParameter]: laid.name };
      const reply = await this.#send(sql, options, settings, Buffer.alloc(0));
      await reply.whole(this.#answerBytesMax);
    } finally {
      // whoever reads it still has it open
      await laid.remove();
    }
  }

  /** Asks that a statement stop. Does not wait until it has: that is the fence's work. */
  async kill(queryId: string): Promise<void> {
    const sql = `KILL QUERY WHERE query_id = ${stringLiteral(queryId)} ASYNC`;
    const reply = await this.#transport.send({
      sql,
      parameters: {},
      timeoutMs: controlTimeoutMs,
      control: true,
    });
    await reply.whole(this.#answerBytesMax);
  }

  /** Whether somebody answers. Never throws. */
  async ping(): Promise<boolean> {
    try {
      const reply = await this.#transport.send({
        path: 'ping',
        parameters: {},
        timeoutMs: controlTimeoutMs,
        control: true,
      });
      await reply.whole(this.#answerBytesMax);
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for kills under way, then closes the connections; calls under way fail. */
  async close(): Promise<void> {
    await Promise.all(this.#kills);
    this.#transport.close();
  }

  async #send(
    sql: string,
    options: CallOptions,
    settings: Readonly<Record<string, string | number>>,
    body?: Uint8Array,
  ): Promise<Reply> {
    const sent = this.#transport.send({
      sql,
      body,
      signal: options.signal,
      timeoutMs: options.timeoutMs ?? this.#timeoutMs,
      parameters: {
        ...this.#settings,
        ...settings,
        ...options.settings,
        query_id: options.queryId ?? this.#makeQueryId(),
      },
    });
    try {
      return await sent;
    } catch (error) {
      if (error instanceof ClickHouseError && error.clickhouseCode !== 0) this.#onError?.(error);
      throw error;
    }
  }

  #killLater(queryId: string): void {
    // best effort: the engine also stops a question whose asker has gone
    const kill = this.kill(queryId)
      .catch(() => {})
      .finally(() => this.#kills.delete(kill));
    this.#kills.add(kill);
  }
}

function isLeftRunning(error: unknown): boolean {
  return error instanceof ClickHouseError && error.outcome === 'unclear' && error.clickhouseCode === 0;
}

interface Answer<T> {
  readonly data: T[];
  readonly statistics: { readonly rows_read: number; readonly bytes_read: number };
}

function parseAnswer<T>(bytes: Buffer): Answer<T> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Answer<T>;
  } catch (error) {
    throw new ClickHouseError('the answer is not whole', 0, 'unclear', error);
  }
}

export { ClickHouseError, clickhouseCodes };
