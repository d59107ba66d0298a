/** The promises of `catalog/shares.ts`, each a test by its number; `catalogSuite` runs them on every catalog. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Catalog } from '../catalog/catalog.ts';
import type { Share } from '../catalog/shares.ts';
import { type ErrorCode, isFailure } from '../errors.ts';
import type { OpenCatalog } from './catalog-suite.ts';

const start = Date.UTC(2026, 2, 1, 12);
const countMax = 3;
const is = (code: ErrorCode) => (error: unknown) => isFailure(error, code);

export function sharesSuite(open: OpenCatalog): void {
  it('shares 1. shows what was made to the next call, to others, and after a restart', async (context) => {
    const { catalog, second, reopen } = await open(context);
    await addBoards(catalog);
    const plain = share('a');
    const full = share('b', {
      name: 'For the board',
      password: '$scrypt$kept',
      canEmbed: true,
      expiresAt: start + 5,
      createdAt: start + 1,
    });
    await catalog.shares.create(plain, countMax);
    await catalog.shares.create(full, countMax);
    await catalog.shares.create(share('c', { dashboard: 'other', createdAt: start + 2 }), countMax);
    for (const hold of [async () => catalog, second, reopen]) {
      const { shares } = await hold();
      assert.deepEqual(await shares.list('p', 'main'), [plain, full]);
      assert.deepEqual(
        (await shares.list('p')).map(({ id }) => id),
        ['a', 'b', 'c'],
      );
      assert.deepEqual(await shares.find(full.hash), full);
    }
  });

  it('shares 2. refuses a second one of an id or a hash, and a dashboard that is not there', async (context) => {
    const { catalog } = await open(context);
    await addBoards(catalog);
    await catalog.shares.create(share('a'), countMax);
    await assert.rejects(catalog.shares.create(share('a', { hash: 'other' }), countMax), is('conflict'));
    await assert.rejects(catalog.shares.create(share('b', { hash: 'hash-a' }), countMax), is('conflict'));
    for (const nowhere of [{ dashboard: 'none' }, { project: 'none' }])
      await assert.rejects(catalog.shares.create(share('b', nowhere), countMax), is('not_found'));
  });

  it('shares 3. finds one by its hash until it is removed, by whoever has its place', async (context) => {
    const { catalog, second } = await open(context);
    await addBoards(catalog);
    const over = share('a', { expiresAt: start - 1 });
    await catalog.shares.create(over, countMax);
    const other = await second();
    assert.deepEqual(await other.shares.find(over.hash), over);
    assert.equal(await other.shares.find('hash-b'), undefined);
    await assert.rejects(catalog.shares.remove({ ...over, dashboard: 'other' }), is('not_found'));
    await catalog.shares.remove(over);
    assert.equal(await other.shares.find(over.hash), undefined);
    await assert.rejects(catalog.shares.remove(over), is('not_found'));
  });

  it('shares 4. holds as many of a dashboard as it may, and no more', async (context) => {
    const { catalog } = await open(context);
    await addBoards(catalog);
    for (const id of ['a', 'b']) await catalog.shares.create(share(id), 2);
    await assert.rejects(catalog.shares.create(share('c'), 2), is('conflict'));
    await catalog.shares.create(share('c', { dashboard: 'other' }), 2);
  });

  it('shares 6. is in no copy of the catalog', async (context) => {
    const { catalog } = await open(context);
    await addBoards(catalog);
    await catalog.shares.create(share('a', { hash: 'hash-of-a-link' }), countMax);
    const directory = await mkdtemp(join(tmpdir(), 'millrace-shares-'));
    context.after(() => rm(directory, { recursive: true }));
    await catalog.copyTo(join(directory, 'copy'));
    const copy = await readFile(join(directory, 'copy'));
    assert.deepEqual([copy.includes('dashboard'), copy.includes('hash-of-a-link')], [true, false]);
  });

  it('shares 5. goes with its dashboard and its project, and is not found while that is being deleted', async (context) => {
    const { catalog } = await open(context);
    await addBoards(catalog);
    await catalog.shares.create(share('a'), countMax);
    await catalog.shares.create(share('b', { dashboard: 'other' }), countMax);
    const place = { project: 'p', kind: 'dashboard', id: 'main' } as const;
    const board = (await catalog.saved.get(place))!;
    await catalog.saved.replace({ ...board, name: 'Changed' });
    assert.equal((await catalog.shares.list('p', 'main')).length, 1, 'a change of the dashboard keeps it');
    await catalog.saved.remove(place);
    assert.equal(await catalog.shares.find('hash-a'), undefined);
    await catalog.saved.create(board, 10);
    assert.deepEqual(await catalog.shares.list('p', 'main'), []);
    await catalog.markProjectDeleting('p', start);
    assert.equal(await catalog.shares.find('hash-b'), undefined);
    await catalog.removeProject('p');
    assert.deepEqual(await catalog.shares.list('p'), []);
  });
}

async function addBoards(catalog: Catalog): Promise<void> {
  await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
  const at = { createdAt: start, updatedAt: start, by: 'me', version: 1, body: { tiles: [] } };
  for (const id of ['main', 'other'])
    await catalog.saved.create({ project: 'p', kind: 'dashboard', id, name: id, ...at }, 10);
}

const share = (id: string, change: Partial<Share> = {}): Share => ({
  id,
  project: 'p',
  dashboard: 'main',
  hash: `hash-${id}`,
  canEmbed: false,
  createdAt: start,
  by: 'me',
  ...change,
});
