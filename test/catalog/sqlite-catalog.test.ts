import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { isFailure } from '../../src/errors.ts';
import { catalogSuite } from '../../src/testing/catalog-suite.ts';

catalogSuite('sqlite', async (context) => {
  const directory = await temporary(context);
  const path = join(directory, 'catalog.db');
  const opened: SqliteCatalog[] = [];
  const open = async () => {
    const catalog = await SqliteCatalog.open({ path, random: randomBytes });
    opened.push(catalog);
    return catalog;
  };
  context.after(() => Promise.all(opened.map((catalog) => catalog.close())));
  return {
    catalog: await open(),
    second: open,
    async reopen() {
      await Promise.all(opened.map((catalog) => catalog.close()));
      return open();
    },
    async contents() {
      const files = await readdir(directory);
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(directory, file)))));
    },
  };
});

describe('the sqlite catalog as a file', () => {
  it('keeps its files for their owner alone', async (context) => {
    const path = join(await temporary(context), 'new', 'directory', 'catalog.db');
    const catalog = await openAt(context, path);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: 1 });
    for (const side of ['', '-wal', '-shm']) {
      assert.equal((await stat(path + side)).mode & 0o777, 0o600, `catalog.db${side}`);
    }
  });

  it('refuses a file that a newer version wrote, and names both versions', async (context) => {
    const path = join(await temporary(context), 'catalog.db');
    await (await openAt(context, path)).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await assert.rejects(openAt(context, path), (error: unknown) => {
      assert.ok(isFailure(error, 'catalog_newer'));
      assert.match(error.message, /99/);
      return true;
    });
  });

  it('says catalog_unavailable, with the path, for a file that is no catalog', async (context) => {
    const path = join(await temporary(context), 'catalog.db');
    await writeFile(path, 'this is a letter, not a database'.repeat(100));
    await assert.rejects(openAt(context, path), (error: unknown) => {
      assert.ok(isFailure(error, 'catalog_unavailable'));
      assert.ok(error.message.includes(path));
      return true;
    });
  });

  it('people 9. copies who there is, and neither links nor sessions', async (context) => {
    const directory = await temporary(context);
    const catalog = await openAt(context, join(directory, 'a.db'));
    const at = { createdAt: 1, rotatedAt: 1, usedAt: 1 };
    await catalog.people.create({ id: 'ada', email: 'ada@example.com', roles: new Map(), createdAt: 1 }, 10);
    await catalog.people.setPassword('ada', 'kept');
    await catalog.people.addLink({ hash: 'linkhash', person: 'ada', createdAt: 1, expiresAt: 9 }, 10);
    await catalog.people.addSession(
      { id: 's', person: 'ada', hash: 'sessionhash', startedBy: 'link', ...at },
      10,
    );
    await catalog.copyTo(join(directory, 'b.db'));
    const bytes = await readFile(join(directory, 'b.db'), 'latin1');
    assert.doesNotMatch(bytes, /linkhash|sessionhash/);
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith('b.db')),
      ['b.db'],
    );
    const copy = await openAt(context, join(directory, 'b.db'));
    assert.equal(await copy.people.passwordOf('ada'), 'kept');
    assert.deepEqual(await copy.people.sessionsOf('ada'), []);
  });

  it('keeps what was acknowledged when its process is killed', async (context) => {
    const path = join(await temporary(context), 'catalog.db');
    const module = new URL('../../src/catalog/sqlite/sqlite-catalog.ts', import.meta.url).href;
    const script = `
      const { SqliteCatalog } = await import(${JSON.stringify(module)});
      const { randomBytes } = await import('node:crypto');
      const catalog = await SqliteCatalog.open({ path: ${JSON.stringify(path)}, random: randomBytes });
      await catalog.createProject({ id: 'p', name: 'p', createdAt: 1 });
      process.kill(process.pid, 'SIGKILL');`;
    assert.throws(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' }),
    );
    assert.equal((await (await openAt(context, path)).projects()).length, 1);
  });
});

async function openAt(context: TestContext, path: string): Promise<SqliteCatalog> {
  const catalog = await SqliteCatalog.open({ path, random: randomBytes });
  context.after(() => catalog.close());
  return catalog;
}

async function temporary(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-catalog-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}
