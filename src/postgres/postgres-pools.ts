/**
 * The pools of one PostgreSQL: `write` to the primary, `read` to the replica or the primary. Nothing connects before it is needed, and
 * each server is asked once what it gives: our pools share that.
 *
 * Without a replica `write` and `read` share the primary. With one, `write` and the questions that fall back share the primary.
 */
import type { Clock } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { PostgresConfig } from './postgres-config.ts';
import { PostgresError } from './postgres-error.ts';
import type { PoolFigures, PostgresPool } from './postgres-pool.ts';
import { placeOf } from './postgres-target.ts';
import { ReadPool } from './read-pool.ts';
import { type ReplicaFigures, ReplicaWatch } from './replica-watch.ts';
import { heldShares, type ServerFacts } from './server-check.ts';
import { ServerPool, type ServerPoolOptions } from './server-pool.ts';

export interface PostgresPools {
  readonly config: PostgresConfig;
  readonly write: PostgresPool;
  readonly read: PostgresPool;
  /** Connects to the primary and sees whether it will do. Errors: PostgresError. */
  check(): Promise<ServerFacts>;
  figures(): PoolsFigures;
  close(): Promise<void>;
}

export interface PoolsFigures {
  readonly write: PoolFigures;
  readonly read: PoolFigures;
  readonly replica: ReplicaFigures | undefined;
}

/** Opens no connection yet. Errors: setting_invalid, for certificates that cannot be read. */
export function openPools(config: PostgresConfig, clock: Clock, telemetry: Telemetry): PostgresPools {
  return new Pools(config, clock, telemetry);
}

class Pools implements PostgresPools {
  readonly config: PostgresConfig;
  readonly #telemetry: Telemetry;
  readonly #write: ServerPool;
  readonly #reading: ServerPool;
  readonly #replica: ServerPool | undefined;
  readonly #watch: ReplicaWatch | undefined;
  readonly #read: ReadPool;
  #said = '';

  constructor(config: PostgresConfig, clock: Clock, telemetry: Telemetry) {
    const { primary, replica } = config;
    this.config = config;
    this.#telemetry = telemetry;
    const pool = (options: Pick<ServerPoolOptions, 'name' | 'target' | 'max' | 'min' | 'hold'>) =>
      new ServerPool({ ...options, config, clock, telemetry });
    const [writeMax, readMax] = [config.poolMax, config.readPoolMax];
    this.#write = pool({
      name: 'write',
      target: primary,
      max: writeMax,
      min: config.poolMin,
      hold: (facts) => this.#holdPrimary(facts, 0),
    });
    this.#reading = pool({
      name: replica === undefined ? 'read' : 'fallback',
      target: primary,
      max: readMax,
      min: replica === undefined ? config.readPoolMin : 0,
      hold: (facts) => this.#holdPrimary(facts, 1),
    });
    if (replica !== undefined) {
      this.#replica = pool({
        name: 'read',
        target: replica,
        max: readMax,
        min: config.readPoolMin,
        hold: ({ connectionsMax }) => heldShares([readMax], connectionsMax)[0]!,
      });
      this.#watch = new ReplicaWatch({
        primary: this.#reading,
        replica: this.#replica,
        config,
        clock,
        telemetry,
      });
    }
    this.#read = new ReadPool({
      primary: this.#reading,
      replica: this.#replica && this.#watch && { pool: this.#replica, watch: this.#watch },
    });
  }

  get write(): PostgresPool {
    return this.#write;
  }

  get read(): PostgresPool {
    return this.#read;
  }

  check(): Promise<ServerFacts> {
    return this.#write.facts();
  }

  figures(): PoolsFigures {
    return {
      write: this.#write.figures(),
      read: this.#read.figures(),
      replica: this.#watch?.figures(),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#write.close(), this.#reading.close(), this.#replica?.close()]);
  }

  /** `which`: 0 is the write pool, 1 the questions' share. */
  #holdPrimary(facts: ServerFacts, which: 0 | 1): number {
    const { poolMax, primary, readPoolMax } = this.config;
    if (facts.standby && which === 0) {
      const line = `PostgreSQL at ${placeOf(primary)} is a standby, which takes no writes: name the primary in ${primary.settings.host}, and this one in DB_READ_HOST`;
      throw new PostgresError('unsuitable', line);
    }
    const shares = heldShares([poolMax, readPoolMax], facts.connectionsMax);
    this.#sayHeld(shares, facts);
    return shares[which]!;
  }

  #sayHeld([write = 0, read = 0]: readonly number[], { connectionsMax }: ServerFacts): void {
    const { poolMax, primary, readPoolMax } = this.config;
    if (write === poolMax && read === readPoolMax) return;
    const message = `DB_POOL_MAX and DB_READ_POOL_MAX ask for ${poolMax} and ${readPoolMax} connections, and PostgreSQL at ${placeOf(primary)} gives user "${primary.user}" ${connectionsMax}: this process takes at most ${write} and ${read}; several processes share them, so lower both settings or raise max_connections`;
    if (message === this.#said) return;
    this.#said = message;
    this.#telemetry.publish('note', { level: 'info', message });
  }
}
