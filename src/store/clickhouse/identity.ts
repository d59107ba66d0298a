/**
 * Who is the same person, for questions: the map from keys to persons that a project's `identify` and `alias` events make
 * (store/memory/evaluate-identity.ts says how), resolved anew once such events have arrived, and kept as a table that
 * statements read. Projects without such events cost one look each, and questions about them nothing.
 */
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import { linkTypes } from '../sql/link-types.ts';
import { resolveLinks } from '../sql/resolve-links.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { nativeBlock } from './native-block.ts';
import { nativeBlocks } from './native-reader.ts';
import { position } from './position-sql.ts';
import type { Column } from './schema.ts';

interface Resolved {
  readonly revision: number;
  readonly keys: BigUint64Array;
  readonly persons: BigUint64Array;
}

interface Superseded {
  readonly revision: number;
  readonly since: number;
}

interface IdentityRow {
  readonly revision: bigint;
  readonly key: bigint;
  readonly person: bigint;
}

const columns: readonly Column<IdentityRow>[] = [
  { name: 'revision', kind: 'uint64', field: 'revision' },
  { name: 'key', kind: 'uint64', field: 'key' },
  { name: 'person', kind: 'uint64', field: 'person' },
];

/** Projects that are remembered; over it all are looked at again. */
const projectsMax = 10_000;
const rowsOfBlock = 50_000;
const resolveMemoryBytes = 400_000_000;
const resolveMsMax = 60_000;
/** A statement that was begun with a revision may still read it. */
const revisionsKeptMs = 10 * 60_000;

export class Identity {
  readonly #client: ClickHouseClient;
  readonly #now: () => number;
  readonly #known = new Map<string, Promise<Resolved | undefined>>();
  /** The newest of each project, so that one that says the same is not written again. */
  readonly #latest = new Map<string, Resolved>();
  #superseded: Superseded[] = [];
  #revision = 0;
  /** One at a time, so that of two of a project the later one stays. */
  #last: Promise<unknown> = Promise.resolve();

  /** `now`: epoch ms. */
  constructor(client: ClickHouseClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** Revisions of an earlier process are of no use. */
  async open(): Promise<void> {
    const [[rows]] = (await this.#client.rows<[string]>('SELECT count() FROM identity')) as [[string]];
    if (Number(rows) > 0) await this.#client.command('TRUNCATE TABLE identity');
  }

  /** An SQL expression of two arrays, the keys and their persons; undefined: every key is a person of its own. */
  async of(project: string): Promise<string | undefined> {
    const resolved = await this.#resolvedOf(project);
    if (resolved === undefined) return undefined;
    return `(SELECT (groupArray(key), groupArray(person)) FROM (SELECT key, person FROM identity WHERE revision = ${resolved.revision}))`;
  }

  /** Events of the project that may link ids have arrived or gone. */
  forget(project: string): void {
    this.#known.delete(project);
  }

  forgetAll(): void {
    this.#known.clear();
  }

  #resolvedOf(project: string): Promise<Resolved | undefined> {
    const known = this.#known.get(project);
    if (known !== undefined) return known;
    if (this.#known.size >= projectsMax) this.#known.clear();
    const made = this.#last.then(() => this.#resolve(project));
    this.#last = made.catch(() => {});
    this.#known.set(project, made);
    made.catch(() => {
      if (this.#known.get(project) === made) this.#known.delete(project);
    });
    return made;
  }

  async #resolve(project: string): Promise<Resolved | undefined> {
    const { keys, targets } = await this.#links(project);
    const before = this.#latest.get(project);
    const persons = resolveLinks(keys, targets);
    if (before !== undefined && isSame(before.keys, keys) && isSame(before.persons, persons)) return before;
    if (before !== undefined) this.#superseded.push({ revision: before.revision, since: this.#now() });
    this.#latest.delete(project);
    await this.#dropOld();
    if (keys.length === 0) return undefined;
    const resolved = { revision: ++this.#revision, keys, persons };
    await this.#write(resolved);
    this.#latest.set(project, resolved);
    return resolved;
  }

  /** Each linked id and what it is linked to, ascending by id. */
  async #links(project: string): Promise<{ keys: BigUint64Array; targets: BigUint64Array }> {
    const parts: BigUint64Array[][] = [[], []];
    const settings = { max_memory_usage: resolveMemoryBytes };
    const answer = this.#client.stream(linksSelect(project), 'Native', { settings, timeoutMs: resolveMsMax });
    for await (const block of nativeBlocks(answer))
      for (const [i, { values }] of block.entries()) parts[i]!.push(values as BigUint64Array);
    return { keys: joined(parts[0]!), targets: joined(parts[1]!) };
  }

  async #write({ revision, keys, persons }: Resolved): Promise<void> {
    for (let from = 0; from < keys.length; from += rowsOfBlock) {
      const rows = Array.from({ length: Math.min(rowsOfBlock, keys.length - from) }, (_, i) => ({
        revision: BigInt(revision),
        key: keys[from + i]!,
        person: persons[from + i]!,
      }));
      await this.#client.insertNative(
        'identity',
        columns.map(({ name }) => name),
        nativeBlock(columns, rows),
      );
    }
  }

  async #dropOld(): Promise<void> {
    const isOld = ({ since }: Superseded): boolean => this.#now() - since > revisionsKeptMs;
    const gone = this.#superseded.filter(isOld);
    this.#superseded = this.#superseded.filter((one) => !isOld(one));
    for (const { revision } of gone)
      await this.#client.command(`ALTER TABLE identity DROP PARTITION ${revision}`);
  }
}

/** One row a linked id: of the links that hold, the one that was made first. Links are pairs, and hold from when they were first made after they were last undone. */
function linksSelect(project: string): string {
  const isAlias = "lower(type) = 'alias'";
  return `SELECT key, argMin(target, since) AS first
FROM (
  SELECT key, target, maxIf(at, undo) AS undone, arrayMin(arrayFilter(one -> one > undone, groupArrayIf(at, NOT undo))) AS since
  FROM (
    SELECT xxHash64(if(${isAlias}, previous_id, anonymous_id)) AS key, user_key AS target,
      ${position} AS at,
      coalesce(getSubcolumn(properties, 'undo.:\`Bool\`'), false) AS undo
    FROM events
    WHERE project = ${stringLiteral(project)} AND type IN (${[...linkTypes].map(stringLiteral).join(', ')}) AND user_key <> 0
      AND if(${isAlias}, previous_id <> '', user_id <> '' AND anonymous_id <> '')
  )
  WHERE key <> target
  GROUP BY key, target
  HAVING notEmpty(arrayFilter(one -> one > undone, groupArrayIf(at, NOT undo)))
)
GROUP BY key
ORDER BY key`;
}

function joined(parts: readonly BigUint64Array[]): BigUint64Array {
  const all = new BigUint64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const isSame = (a: BigUint64Array, b: BigUint64Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
