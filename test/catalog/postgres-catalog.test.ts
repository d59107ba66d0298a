/** The catalog in PostgreSQL, and the copy that a process goes on with while it is away. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { CopiedCatalog } from '../../src/catalog/copy/copied-catalog.ts';
import { makeKey } from '../../src/catalog/keys.ts';
import { PostgresCatalog } from '../../src/catalog/postgres/postgres-catalog.ts';
import { millisecondsPerDay } from '../../src/clock.ts';
import { isFailure } from '../../src/errors.ts';
import type { PostgresPools } from '../../src/postgres/postgres-pools.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { catalogSuite } from '../../src/testing/catalog-suite.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { openTestPools } from '../postgres/support.ts';
import { openDatabase } from '../support/postgres.ts';

const unavailable = (error: unknown) => isFailure(error, 'catalog_unavailable');
const openCatalog = (pools: PostgresPools) => PostgresCatalog.open({ pools, random: randomBytes });

async function openEmpty(context: TestContext) {
  const { url, close } = await openDatabase();
  const all: PostgresPools[] = [];
  context.after(async () => {
    await Promise.all(all.map((pools) => pools.close()));
    await close();
  });
  const openPools = () => {
    const { pools } = openTestPools(context, url);
    all.push(pools);
    return pools;
  };
  return { url, openPools };
}

/** The tables' files as they are on disk, with what was deleted and not overwritten. */
async function filesOf(url: string): Promise<Buffer> {
  return withClient(url, async (client) => {
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ bytes: Buffer }>(
      `SELECT pg_read_binary_file(pg_relation_filepath(oid)) AS bytes FROM pg_class
       WHERE relnamespace = 'millrace'::regnamespace AND pg_relation_filepath(oid) IS NOT NULL`,
    );
    return Buffer.concat(rows.map(({ bytes }) => bytes));
  });
}

catalogSuite('postgres', async (context) => {
  const { url, openPools } = await openEmpty(context);
  const open = () => openCatalog(openPools());
  return { catalog: await open(), second: open, reopen: open, contents: () => filesOf(url) };
});

catalogSuite('copied postgres', async (context) => {
  const { url, openPools } = await openEmpty(context);
  const directory = await temporary(context);
  // the suite's own time: a later one would have the real catalog forget the salts that it makes
  const clock = new TestClock(Date.UTC(2026, 2, 1, 12));
  const opened: CopiedCatalog[] = [];
  const openAt = (name: string) => async () => {
    const catalog = await openCopied(join(directory, name), () => openCatalog(openPools()), { clock });
    opened.push(catalog);
    return catalog;
  };
  context.after(() => Promise.all(opened.map((catalog) => catalog.close())));
  return {
    catalog: await openAt('one')(),
    second: openAt('two'),
    reopen: openAt('one'),
    async contents() {
      const files = await Promise.all(
        (await readdir(directory)).map((name) => readFile(join(directory, name))),
      );
      return Buffer.concat([await filesOf(url), ...files.map(decodedSalts)]);
    },
  };
});

describe('the postgres catalog', () => {
  it('is set up once when eight processes start at the same time', async (context) => {
    const { openPools } = await openEmpty(context);
    const catalogs = await Promise.all(Array.from({ length: 8 }, () => openCatalog(openPools())));
    await catalogs[0]!.createProject({ id: 'p', name: 'p', createdAt: 1 });
    const versions = await Promise.all(catalogs.map((catalog) => catalog.version()));
    assert.equal(new Set(versions).size, 1);
  });

  it('makes one of two equal projects, keys and salts that come at the same moment', async (context) => {
    const { openPools } = await openEmpty(context);
    const [one, two] = [await openCatalog(openPools()), await openCatalog(openPools())];
    for (let round = 0; round < 10; round++) {
      const project = { id: `p${round}`, name: 'p', createdAt: round };
      const made = await Promise.allSettled([one.createProject(project), two.createProject(project)]);
      assert.deepEqual(made.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const refused = made.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      assert.ok(isFailure(refused.reason, 'conflict'), String(refused.reason));
      const at = round * millisecondsPerDay;
      const salts = await Promise.all([one.salt(at, at), two.salt(at, at), one.salt(at, at)]);
      assert.deepEqual(salts[1], salts[0]);
      assert.deepEqual(salts[2], salts[0]);
    }
    assert.equal((await one.projects()).length, 10);
  });

  it('writes all of it into a file for its owner alone', async (context) => {
    const { openPools } = await openEmpty(context);
    const catalog = await openCatalog(openPools());
    await catalog.createProject({ id: 'p', name: 'Shop', createdAt: 1 });
    const { key } = makeKey({ project: 'p', scope: 'read', name: 'n' }, randomBytes, 2);
    await catalog.createKey(key);
    const salt = await catalog.salt(0, 0);
    const times = { createdAt: 1, updatedAt: 2 };
    const goal = {
      project: 'p',
      kind: 'goal',
      id: 'g',
      name: 'G',
      body: {},
      version: 1,
      by: 'k',
      ...times,
    } as const;
    await catalog.saved.create(goal, 1);
    const ada = { id: 'ada', email: 'ada@example.com', password: 'kept', createdAt: 3 };
    await catalog.people.create({ ...ada, roles: new Map([['p', 'admin'] as const]) }, 1);
    await catalog.people.addLink({ hash: 'linkhash', person: 'ada', createdAt: 1, expiresAt: 9 }, 1);
    const path = join(await temporary(context), 'catalog.json');
    await catalog.copyTo(path);
    assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
      projects: [{ id: 'p', name: 'Shop', createdAt: 1 }],
      keys: [key],
      salts: [{ day: 0, bytes: Buffer.from(salt!).toString('base64') }],
      saved: [goal],
      people: [{ ...ada, roles: { p: 'admin' }, hasPassword: true }],
    });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('says catalog_unavailable with the setting when PostgreSQL is not there', async (context) => {
    const { pools } = openTestPools(context, 'postgres://ana:x@127.0.0.1:1/d');
    await assert.rejects(openCatalog(pools), (error: unknown) => {
      assert.ok(unavailable(error));
      assert.match((error as Error).message, /127\.0\.0\.1:1 .*MILLRACE_STORE/);
      return true;
    });
  });
});

describe('a process with a copy of the catalog', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.close());

  async function openHouse(context: TestContext) {
    const url = await server.createDatabase();
    const path = join(await temporary(context), 'copy', 'catalog.json');
    const notes: string[] = [];
    const clock = new TestClock(Date.UTC(2026, 2, 1, 12));
    const open = async (copyAt = path) => {
      const { pools } = openTestPools(context, url, { MILLRACE_POSTGRES_CONNECT_MS: '500' });
      const catalog = await openCopied(copyAt, () => openCatalog(pools), { notes, clock });
      context.after(() => catalog.close());
      return catalog;
    };
    return { open, path, notes, clock };
  }
  const newKey = () => makeKey({ project: 'p', scope: 'write', name: 'n' }, randomBytes, 1).key;

  it('starts and knows keys and salts while PostgreSQL is down, and goes on with it afterwards', async (context) => {
    const { open, notes, clock } = await openHouse(context);
    const before = await open();
    await before.createProject({ id: 'p', name: 'p', createdAt: 1 });
    const key = newKey();
    await before.createKey(key);
    const now = clock.now();
    const salt = await before.salt(now, now);
    await before.close();
    await server.stop();
    const restarted = await open();
    assert.deepEqual(await restarted.keys(), [key]);
    assert.deepEqual(await restarted.projects(), [{ id: 'p', name: 'p', createdAt: 1 }]);
    assert.deepEqual(await restarted.salt(now, now), salt);
    const version = await restarted.version();
    await assert.rejects(restarted.source.version(), unavailable);
    await assert.rejects(restarted.createKey(newKey()), unavailable);
    assert.ok(notes.some((note) => /checked against the copy of 2026-03-01T12:00/.test(note)));
    await server.start();
    clock.advance(1_000);
    const late = newKey();
    await restarted.createKey(late);
    assert.notEqual(await restarted.version(), version);
    assert.equal((await restarted.keys()).length, 2);
    assert.ok(notes.includes('the catalog answers again'));
  });

  it('has the salts of tomorrow and some days more, and they are the ones that everybody has', async (context) => {
    const { open, clock, path } = await openHouse(context);
    const catalog = await open();
    await catalog.close();
    await server.stop();
    const alone = await open();
    const days = [0, 1, 2, 3].map((day) => clock.now() + day * millisecondsPerDay);
    const salts = await Promise.all(days.map((at) => alone.salt(at, clock.now())));
    assert.ok(salts.every((salt) => salt?.length === 32));
    assert.equal(new Set(salts.map(String)).size, 4);
    await assert.rejects(alone.salt(days[3]! + millisecondsPerDay, clock.now()), unavailable);
    await server.start();
    const elsewhere = await open(`${path}.elsewhere`);
    for (const [day, at] of days.entries())
      assert.deepEqual(await elsewhere.salt(at, clock.now()), salts[day]);
  });

  it('gets the next salts as days pass', async (context) => {
    const { open, clock } = await openHouse(context);
    const catalog = await open();
    clock.advance(2 * millisecondsPerDay);
    await catalog.version();
    const at = clock.now() + millisecondsPerDay;
    const salt = await catalog.salt(at, clock.now());
    await catalog.close();
    await server.stop();
    assert.deepEqual(await (await open()).salt(at, clock.now()), salt);
    await server.start();
  });

  it('follows what another process changes, into its file too', async (context) => {
    const { open, path } = await openHouse(context);
    const [catalog, other] = [await open(), await open(`${path}.other`)];
    await other.createProject({ id: 'p', name: 'p', createdAt: 1 });
    const key = newKey();
    await other.createKey(key);
    await catalog.version();
    assert.ok((await readFile(path, 'utf8')).includes(key.hash));
    await other.revokeKey(key.id, 5);
    await catalog.version();
    await catalog.close();
    await server.stop();
    assert.equal((await (await open()).keys())[0]?.revokedAt, 5);
    await server.start();
  });

  it('reads on what is saved while PostgreSQL is down, and changes nothing then', async (context) => {
    const { open, path } = await openHouse(context);
    const [catalog, other] = [await open(), await open(`${path}.other`)];
    await other.createProject({ id: 'p', name: 'p', createdAt: 1 });
    const times = { createdAt: 1, updatedAt: 2 };
    const place = { project: 'p', kind: 'segment' } as const;
    const things = ['b', 'a', 'c'].map((id) => ({
      ...{ ...place, ...times, id, name: id, body: { filter: { field: 'type', op: 'exists' } } },
      ...{ version: 1, by: 'k' },
    }));
    for (const thing of things) await other.saved.create(thing, 10);
    await catalog.version();
    await catalog.close();
    await server.stop();
    const alone = await open();
    assert.deepEqual(await alone.saved.get({ ...place, id: 'b' }), things[0]);
    const ids = async (after?: string) =>
      (await alone.saved.list({ ...place, limit: 2, ...(after && { after }) })).map(({ id }) => id);
    assert.deepEqual([await ids(), await ids('b'), await ids('c')], [['a', 'b'], ['c'], []]);
    await assert.rejects(alone.saved.remove({ ...place, id: 'b' }), unavailable);
    await server.start();
  });

  it('keeps the file for its owner alone, and does without one that is damaged', async (context) => {
    const { open, path } = await openHouse(context);
    const catalog = await open();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await catalog.close();
    await writeFile(path, '{"format": 1, "projects"');
    assert.deepEqual(await (await open()).projects(), []);
    assert.deepEqual(await readdir(join(path, '..')), ['catalog.json']);
  });

  it('cannot start the first time without PostgreSQL, and says so', async (context) => {
    const { open } = await openHouse(context);
    await server.stop();
    await assert.rejects(open(), unavailable);
    await server.start();
    await open();
  });
});

interface CopyOptions {
  readonly notes?: string[];
  readonly clock: TestClock;
}

function openCopied(path: string, open: () => Promise<PostgresCatalog>, options: CopyOptions) {
  const telemetry = new Telemetry();
  telemetry.subscribe('note', ({ message }) => options.notes?.push(message));
  return CopiedCatalog.open({ open, path, clock: options.clock, telemetry });
}

/** With the bytes that are in it as Base64. */
function decodedSalts(file: Buffer): Buffer {
  const { salts } = JSON.parse(file.toString('utf8')) as { salts: [number, string][] };
  return Buffer.concat([file, ...salts.map(([, bytes]) => Buffer.from(bytes, 'base64'))]);
}

async function temporary(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-catalog-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
