/**
 * Who is the same person, for questions: the map from keys to persons that a project's `identify` and `alias` events make
 * (store/memory/evaluate-identity.ts says how), kept in memory and read anew once the version of the project's links has changed.
 * A statement gets it bound as two arrays, so that a replica, or a user who may only read, needs no table of it.
 */
import type { Connection } from '../../postgres/postgres-pool.ts';
import { linkTypes } from '../sql/link-types.ts';
import { resolveLinks } from '../sql/resolve-links.ts';
import { Parameters } from './parameters.ts';
import { linksVersionOf } from './version.ts';

/** xxHash64 (seed 0) of UTF-8, as the writer makes the keys of persons. */
export type Hash64 = (text: string) => bigint;

/** Keys that stand for another person, and whose. */
export interface Linked {
  readonly keys: BigUint64Array;
  readonly persons: BigUint64Array;
  /** The same as PostgreSQL reads arrays of bigint. */
  readonly keyList: string;
  readonly personList: string;
}

/** Identity as of a version of the project's links. */
export interface Persons {
  readonly version: string;
  /** Undefined: every key is a person of its own. */
  readonly linked: Linked | undefined;
}

/** Links that are kept, of all projects together: 60 bytes each. */
const linksKeptMax = 1_000_000;
const projectsKeptMax = 10_000;

export class Identity {
  readonly #hash64: Hash64;
  readonly #known = new Map<string, Persons>();
  #links = 0;

  constructor(hash64: Hash64) {
    this.#hash64 = hash64;
  }

  /** As it was last read; a project that was never read is taken for one without links, whose version is '0'. */
  last(project: string): Persons {
    return this.#known.get(project) ?? unlinked;
  }

  /** As of the moment that the transaction sees. Errors: those of the driver. */
  async of(connection: Connection, project: string): Promise<Persons> {
    const parameters = new Parameters();
    const text = `SELECT ${linksVersionOf(parameters, project)} AS version`;
    const { rows } = await connection.query<{ version: string }>(text, parameters.values);
    return this.at(connection, project, rows[0]!.version);
  }

  /** As of this version, which the same transaction has told. Errors: those of the driver. */
  async at(connection: Connection, project: string, version: string): Promise<Persons> {
    const known = this.last(project);
    if (known.version === version) return known;
    const persons = { version, linked: await this.#read(connection, project) };
    this.#keep(project, persons);
    return persons;
  }

  /** The person that an id belongs to. */
  personOf(id: string, { linked }: Persons): bigint {
    const key = this.#hash64(id);
    return linked?.persons[linked.keys.indexOf(key)] ?? key;
  }

  async #read(connection: Connection, project: string): Promise<Linked | undefined> {
    const parameters = new Parameters();
    const { rows } = await connection.query<[id: string, target: string]>({
      text: pairsText(parameters, project),
      values: parameters.values,
      rowMode: 'array',
    });
    const firsts = new Map<bigint, bigint>();
    for (const [id, target] of rows) {
      const [key, to] = [this.#hash64(id), BigInt.asUintN(64, BigInt(target))];
      if (key !== to && !firsts.has(key)) firsts.set(key, to);
    }
    return linkedBy(firsts);
  }

  #keep(project: string, persons: Persons): void {
    this.#links += sizeOf(persons) - sizeOf(this.last(project));
    this.#known.set(project, persons);
    if (this.#links <= linksKeptMax && this.#known.size <= projectsKeptMax) return;
    this.#known.clear();
    this.#links = 0;
  }
}

const unlinked: Persons = { version: '0', linked: undefined };
const sizeOf = ({ linked }: Persons): number => linked?.keys.length ?? 0;

function linkedBy(firsts: ReadonlyMap<bigint, bigint>): Linked | undefined {
  const ids = BigUint64Array.from(firsts.keys());
  const resolved = resolveLinks(ids, BigUint64Array.from(firsts.values()));
  // the smallest key of a circle stands for itself; nobody (0) stands for nobody else
  const isMoved = (key: bigint, i: number): boolean => key !== resolved[i] && key !== 0n;
  const keys = ids.filter(isMoved);
  const persons = resolved.filter((_, i) => isMoved(ids[i]!, i));
  if (keys.length === 0) return undefined;
  return { keys, persons, keyList: listOf(keys), personList: listOf(persons) };
}

const listOf = (keys: BigUint64Array): string => `{${new BigInt64Array(keys.buffer).join(',')}}`;

/** All keys of these persons. */
export function keysOf(persons: readonly bigint[], linked: Linked | undefined): readonly bigint[] {
  if (linked === undefined) return persons;
  const asked = new Set(persons);
  const others = [...linked.keys].filter((_, i) => asked.has(linked.persons[i]!));
  return [...persons, ...others];
}

const types = [...linkTypes].map((type) => `'${type}'`).join(', ');
const order = 'timestamp, _partition, _offset';

/**
 * An id and a key that it is linked to, each pair once, in the order in which the links that hold were first made: a link holds
 * from when it was first made after it was last undone.
 */
const pairsText = (parameters: Parameters, project: string): string => `SELECT id, target
FROM (
  SELECT id, target, at, is_undone, coalesce(max(at) FILTER (WHERE is_undone) OVER (PARTITION BY id, target), 0) AS undone
  FROM (
    SELECT CASE WHEN type IN ('alias', 'ALIAS') THEN previous_id ELSE anonymous_id END AS id, user_key AS target,
      row_number() OVER (ORDER BY ${order}) AS at, properties @> '{"undo": true}' AS is_undone
    FROM events
    WHERE project = ${parameters.bind(project, 'text')} AND type IN (${types}) AND user_key <> 0
      AND CASE WHEN type IN ('alias', 'ALIAS') THEN previous_id <> '' ELSE user_id <> '' AND anonymous_id <> '' END
  ) AS links
) AS pairs
WHERE NOT is_undone AND at > undone
GROUP BY id, target
ORDER BY min(at)`;
