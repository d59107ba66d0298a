/** `millrace shares`, beside the catalog of a server. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { inMemory, run, temporaryDirectory } from './server.ts';

test('links to dashboards are listed without what opens them, and revoked by their id', async (t) => {
  const directory = temporaryDirectory(t);
  const catalog = await SqliteCatalog.open({
    path: join(directory, 'data', 'catalog.sqlite'),
    random: randomBytes,
  });
  t.after(() => catalog.close());
  const at = { createdAt: 1, updatedAt: 1, by: 'me', version: 1 };
  await catalog.createProject({ id: 'default', name: 'Default', createdAt: 1 });
  await catalog.saved.create(
    { project: 'default', kind: 'dashboard', id: 'main', name: 'Main', body: { tiles: [] }, ...at },
    10,
  );
  const share = { project: 'default', dashboard: 'main', createdAt: 1, by: 'me' };
  const kept = { password: '$scrypt$kept', hash: 'hash-one' };
  await catalog.shares.create({ ...share, ...kept, id: 'shr_one', name: 'Office', canEmbed: true }, 10);
  await catalog.shares.create({ ...share, id: 'shr_two', hash: 'hash-two', canEmbed: false }, 10);

  const shares = (...args: string[]) => run(directory, ['shares', ...args], inMemory);
  const listed = await shares('list');
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /shr_one +main +Office +yes +yes +1970-01-01 00:00/);
  const json = await shares('list', 'main', '--json');
  assert.equal((JSON.parse(json.stdout) as unknown[]).length, 2);
  assert.doesNotMatch(listed.stdout + json.stdout, /scrypt|hash-/);
  assert.equal((await shares('revoke', 'shr_one')).code, 0);
  assert.equal(await catalog.shares.find('hash-one'), undefined);
  const again = await shares('revoke', 'shr_one');
  assert.deepEqual([again.code, /there is no link shr_one/.test(again.stderr)], [2, true]);
  await shares('revoke', 'shr_two');
  assert.equal((await shares('list')).stdout, 'no dashboard is shared\n');
});
