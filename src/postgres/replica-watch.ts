/**
 * Whether the replica will do for questions: up, a copy of this primary, and not too far behind.
 *
 * How far behind: each look notes where the primary's log ends, then asks how far the replica has replayed. The replica is as old as
 * the newest note that it has passed. That needs no common clock, and a primary where nothing happens makes nobody late. Where the
 * notes say too old, which may only mean that nobody looked for a while, the replica gets a moment to pass the newest one.
 * Before it has passed any, the age of the last transaction that it replayed counts.
 */
import type { Clock } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { PostgresConfig } from './postgres-config.ts';
import type { PostgresError } from './postgres-error.ts';
import { placeOf } from './postgres-target.ts';
import type { ServerPool } from './server-pool.ts';

export type ReplicaState = 'unknown' | 'used' | 'behind' | 'down';

/** For anybody to see: the reason, which has addresses in it, goes to who listens. */
export interface ReplicaFigures {
  readonly state: ReplicaState;
  /** Undefined while nothing is known. */
  readonly lagMs: number | undefined;
}

interface Mark {
  readonly at: number;
  readonly end: bigint;
}

interface Standby {
  readonly standby: boolean;
  readonly system: string;
  /** Null where a server keeps no log of its own to replay. */
  readonly replayed: string | null;
  readonly age_ms: number | null;
}

/** How old a look may be before the next use makes another, while that use goes on by what is known. */
const freshMs = 1_000;
/** After this long nothing is known any more, and the next use waits for the look. */
const staleMs = 3_000;
const lookMsMax = 2_000;
const secondLooks = 5;
const secondLookMs = 100;
const marksMax = 600;

const limits = { timeoutMs: lookMsMax, totalMs: lookMsMax };

const primaryQuery = `SELECT pg_is_in_recovery() AS standby,
  (SELECT system_identifier::text FROM pg_control_system()) AS system,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS end`;
const replicaQuery = `SELECT pg_is_in_recovery() AS standby,
  (SELECT system_identifier::text FROM pg_control_system()) AS system,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END::text AS replayed,
  CASE WHEN pg_is_in_recovery()
    THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 END::float8 AS age_ms`;

export interface ReplicaWatchOptions {
  readonly primary: ServerPool;
  readonly replica: ServerPool;
  readonly config: PostgresConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export class ReplicaWatch {
  readonly #options: ReplicaWatchOptions;
  readonly #marks: Mark[] = [];
  #figures: ReplicaFigures = { state: 'unknown', lagMs: undefined };
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: ReplicaWatchOptions) {
    this.#options = options;
  }

  figures(): ReplicaFigures {
    return this.#figures;
  }

  /** Whether to ask the replica now. Never rejects. */
  async usable(): Promise<boolean> {
    const age = this.#options.clock.monotonic() - this.#lookedAt;
    if (age > freshMs) {
      const look = this.#look();
      if (age > staleMs || this.#figures.state === 'unknown') await look;
    }
    return this.#figures.state === 'used';
  }

  /** A question found it broken. */
  fell(error: PostgresError): void {
    this.#become('down', undefined, error.message);
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#lookedAt = this.#options.clock.monotonic();
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { clock, primary, replica } = this.#options;
    const at = clock.monotonic();
    const [end, standby] = await Promise.allSettled([
      primary.query<{ system: string; end: string }>(primaryQuery, [], limits),
      replica.query<Standby>(replicaQuery, [], limits),
    ]);
    if (standby.status === 'rejected') {
      this.#become('down', undefined, (standby.reason as Error).message);
    } else if (end.status === 'rejected') {
      // without a primary nothing new comes, so that the replica stays as good as it was
      if (this.#figures.state === 'unknown') this.#become('used', undefined, 'the primary cannot be asked');
    } else if (end.value.rows[0]!.system !== standby.value.rows[0]!.system) {
      this.#become('down', undefined, this.#stranger());
    } else {
      this.#marks.push({ at, end: position(end.value.rows[0]!.end) });
      if (this.#marks.length > marksMax) this.#marks.shift();
      await this.#judge(standby.value.rows[0]!);
    }
  }

  async #judge(first: Standby): Promise<void> {
    const { clock, config, replica } = this.#options;
    let lagMs = this.#lag(first);
    for (let look = 0; look < secondLooks && lagMs > config.replicaLagMs; look++) {
      await clock.sleep(secondLookMs);
      const again = await replica.query<Standby>(replicaQuery, [], limits).catch(() => undefined);
      if (again !== undefined) lagMs = this.#lag(again.rows[0]!);
    }
    const late = lagMs > config.replicaLagMs;
    const limit = `MILLRACE_POSTGRES_REPLICA_LAG_MS is ${config.replicaLagMs}`;
    const reason = `it is ${(lagMs / 1000).toFixed(1)} s behind (${limit})`;
    this.#become(late ? 'behind' : 'used', lagMs, late ? reason : '');
  }

  #lag({ standby, replayed, age_ms }: Standby): number {
    // the primary itself, or a copy that shares its storage
    if (!standby || replayed === null) return 0;
    const reached = position(replayed);
    const passed = this.#marks.findLastIndex((mark) => mark.end <= reached);
    if (passed < 0) return age_ms ?? Number.POSITIVE_INFINITY;
    const isNewest = passed === this.#marks.length - 1;
    const lagMs = isNewest ? 0 : this.#options.clock.monotonic() - this.#marks[passed]!.at;
    this.#marks.splice(0, passed);
    return lagMs;
  }

  #stranger(): string {
    const { host } = this.#options.config.replica!.settings;
    return `it is no replica of the primary (another system identifier): correct ${host}`;
  }

  #become(state: ReplicaState, lagMs: number | undefined, reason: string): void {
    const before = this.#figures.state;
    this.#figures = { state, lagMs };
    if (state === before) return;
    const place = placeOf(this.#options.config.replica!);
    this.#options.telemetry.publish('postgres.replica', { state, place, reason, lagMs: lagMs ?? -1 });
  }
}

/** '16/B374D848' as a number. */
function position(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
