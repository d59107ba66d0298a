/**
 * What a server is and how many connections it gives us, asked once on the first connection to it, and how pools are held to that.
 * Several processes share a server, so none takes all of it.
 */
import type { ClientBase } from 'pg';
import { PostgresError } from './postgres-error.ts';
import { type PostgresTarget, placeOf } from './postgres-target.ts';

export interface ServerFacts {
  /** 150018 for 15.18. */
  readonly version: number;
  /** A standby: it answers, and takes no writes. */
  readonly standby: boolean;
  /** Connections for this user and database together, without those that are kept for superusers. */
  readonly connectionsMax: number;
}

const versionMin = 140_000;
/** What is left for other people and tools, as a share. */
const spareShare = 0.1;
/** A lock that is held for others' work takes one of a pool and the work another. */
const shareMin = 2;
const connectionsMin = 5;

/** -1 stands for "no limit of its own". `reserved_connections` came with PostgreSQL 16. */
const factsQuery = `SELECT
  current_setting('server_version_num')::int AS version,
  pg_is_in_recovery() AS standby,
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true), '0')::int AS places,
  (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_places,
  (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_places`;

/** Errors: those of the driver, and PostgresError `unsuitable`. */
export async function checkServer(client: ClientBase, target: PostgresTarget): Promise<ServerFacts> {
  const { rows } = await client.query(factsQuery);
  const { version, standby, places, role_places, database_places } = rows[0] as Record<string, number> & {
    standby: boolean;
  };
  const server = `PostgreSQL at ${placeOf(target)}`;
  if (version! < versionMin) {
    const found = `${Math.floor(version! / 10_000)}.${version! % 10_000}`;
    const line = `${server} is version ${found}, and 14 or newer is needed: upgrade it, or name another in ${target.settings.host}`;
    throw new PostgresError('unsuitable', line);
  }
  const limits = [places, role_places, database_places].filter((each) => each !== undefined && each >= 0);
  const connectionsMax = Math.min(...(limits as number[]));
  if (connectionsMax < connectionsMin) {
    const line = `${server} gives user "${target.user}" ${connectionsMax} connections, and ${connectionsMin} are needed: raise max_connections or the limit of the user or database`;
    throw new PostgresError('unsuitable', line);
  }
  return { version: version!, standby, connectionsMax };
}

/** How many connections each pool may have on one server, in the order of `wanted`; all of them when there is room. */
export function heldShares(wanted: readonly number[], connectionsMax: number): readonly number[] {
  const room = Math.floor(connectionsMax * (1 - spareShare));
  const sum = wanted.reduce((total, each) => total + each, 0);
  return sum <= room
    ? wanted
    : wanted.map((each) => Math.min(each, Math.max(shareMin, Math.floor((each * room) / sum))));
}
