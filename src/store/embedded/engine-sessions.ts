/**
 * chDB Sessions, by two rules that were paid for. A Session is closed after ANY failed query, because the failed query's
 * partial rows would stand in front of its next answer. And nothing ever sets a setting on a Session that is used again.
 */
import { mkdirSync } from 'node:fs';
import { type ChdbResult, Session } from 'chdb';
import { identifier } from '../sql/clickhouse-literal.ts';
import { EngineRefusal, refusals } from './engine-refusal.ts';
import { pinnedSettings } from './engine-server-config.ts';
import type { Settings } from './engine-statement.ts';

export const defaultFormat = 'TabSeparated';

/** Opens the engine on a directory. The Session that it keeps holds the engine open while others come and go. */
export class EngineSessions {
  readonly #directory: string;
  readonly #database: string;
  readonly #configPath: string;
  readonly #keeper: Session;
  readonly #settingNames: ReadonlySet<string>;

  /** Errors: chDB's own, when the directory is locked or cannot be read. */
  constructor(directory: string, database: string, configPath: string) {
    this.#directory = directory;
    this.#database = database;
    this.#configPath = configPath;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#keeper = this.#connect({});
    // the engine's own default database cannot do all that Atomic can
    this.#keeper.query(`CREATE DATABASE IF NOT EXISTS ${identifier(database)} ENGINE = Atomic`);
    const names = this.#keeper.query('SELECT groupArray(name) FROM system.settings', 'JSONCompactEachRow');
    this.#settingNames = new Set((JSON.parse(names) as [string[]])[0]);
  }

  open(settings: Settings = {}): Session {
    const session = this.#connect(settings);
    try {
      session.query(`USE ${identifier(this.#database)}`);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** A Session takes a name that it does not know without a word, so names are compared here. Errors: EngineRefusal. */
  checkSettings(settings: Settings): void {
    for (const name of Object.keys(settings)) {
      if (!this.#settingNames.has(name)) {
        throw new EngineRefusal(refusals.unknownSetting, `Unknown setting '${name}'`);
      }
    }
  }

  #connect(settings: Settings): Session {
    const pinned = Object.entries({ ...pinnedSettings, ...settings }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    return new Session(this.#directory, { connectionArgs: [`--config-file=${this.#configPath}`, ...pinned] });
  }
}

/** One place to run statements, one after another: a Session that is replaced once something failed on it. */
export class Lane {
  readonly #sessions: EngineSessions;
  readonly #settings: Settings;
  #session: Session | undefined;

  /** `settings` hold for all that runs here, but not for `runApart`. */
  constructor(sessions: EngineSessions, settings: Settings) {
    this.#sessions = sessions;
    this.#settings = settings;
  }

  async run(sql: string, format: string): Promise<ChdbResult> {
    this.#session ??= this.#sessions.open(this.#settings);
    try {
      return await this.#session.queryAsync(sql, { format });
    } catch (error) {
      this.#discard();
      throw error;
    }
  }

  /** In a Session of its own, with the settings at its start: for statements that cannot carry them in their text. */
  async runApart(sql: string, format: string, settings: Settings): Promise<ChdbResult> {
    const session = this.#openWith(settings);
    try {
      return await session.queryAsync(sql, { format });
    } finally {
      session.close();
    }
  }

  /** The answer's bytes as they are made; memory stays flat whatever their number. */
  async *stream(sql: string, format: string): AsyncGenerator<Uint8Array> {
    this.#session ??= this.#sessions.open(this.#settings);
    let whole = false;
    try {
      for await (const chunk of this.#session.queryStream(sql, { format })) yield chunk.raw();
      whole = true;
    } finally {
      if (!whole) this.#discard();
    }
  }

  #openWith(settings: Settings): Session {
    try {
      return this.#sessions.open(settings);
    } catch (error) {
      // chDB says no more than that it could not connect
      const names = Object.keys(settings).join(', ');
      throw new EngineRefusal(refusals.badRequest, `one of ${names} has a value that is not taken: ${error}`);
    }
  }

  #discard(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}
