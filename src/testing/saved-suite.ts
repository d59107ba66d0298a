/** The promises of `catalog/saved.ts`, each a test by its number; `catalogSuite` runs them on every catalog. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Saved, SavedKind } from '../catalog/saved.ts';
import { type ErrorCode, isFailure } from '../errors.ts';
import type { OpenCatalog } from './catalog-suite.ts';

const start = Date.UTC(2026, 2, 1, 12);
const countMax = 10;
const is = (code: ErrorCode) => (error: unknown) => isFailure(error, code);

export function savedSuite(open: OpenCatalog): void {
  keeping(open);
  changing(open);
  listing(open);
}

function keeping(open: OpenCatalog): void {
  it('saved 1. shows what was saved to the next call, to others, and after a restart', async (context) => {
    const { catalog, second, reopen } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const body = { text: 'Straße \u0000 "x" 😀', deep: [{ a: null, b: 0.1 }], on: true };
    const saved = thing('segment', 'paid', { body });
    await catalog.saved.create(saved, countMax);
    for (const hold of [async () => catalog, second, reopen]) {
      const holder = await hold();
      assert.deepEqual(await holder.saved.get(saved), saved);
      assert.deepEqual(await holder.saved.list({ project: 'p', kind: 'segment', limit: 5 }), [saved]);
    }
  });

  it('saved 2. refuses an id that is there already, and projects that are not or are being deleted', async (context) => {
    const { catalog } = await open(context);
    await assert.rejects(catalog.saved.create(thing('goal', 'a'), countMax), is('not_found'));
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    await catalog.saved.create(thing('goal', 'a'), countMax);
    await assert.rejects(catalog.saved.create(thing('goal', 'a'), countMax), is('conflict'));
    await catalog.saved.create(thing('cohort', 'a'), countMax);
    await catalog.markProjectDeleting('p', start);
    await assert.rejects(catalog.saved.create(thing('goal', 'b'), countMax), is('conflict'));
  });

  it('saved 4. holds as many of a kind as it may, and no more', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    for (const id of ['a', 'b']) await catalog.saved.create(thing('goal', id), 2);
    await assert.rejects(catalog.saved.create(thing('goal', 'c'), 2), is('saved_full'));
    await catalog.saved.create(thing('segment', 'c'), 2);
    await catalog.saved.remove(thing('goal', 'a'));
    await catalog.saved.create(thing('goal', 'c'), 2);
  });

  it('saved 6. goes with its project', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    await catalog.saved.create(thing('goal', 'a'), countMax);
    await catalog.markProjectDeleting('p', start);
    await catalog.removeProject('p');
    await catalog.createProject({ id: 'p', name: 'again', createdAt: start });
    assert.equal(await catalog.saved.get(thing('goal', 'a')), undefined);
  });
}

function changing(open: OpenCatalog): void {
  it('saved 3. counts the version up, and refuses a change of another version', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const first = thing('dashboard', 'board');
    await catalog.saved.create(first, countMax);
    const change = { ...first, name: 'Two', body: { tiles: [2] }, updatedAt: start + 5, by: 'other' };
    const second = { ...change, version: 2 };
    assert.deepEqual(await catalog.saved.replace(change, 1), second);
    await assert.rejects(catalog.saved.replace({ ...change, name: 'Three' }, 1), is('version_outdated'));
    await assert.rejects(catalog.saved.remove(first, 1), is('version_outdated'));
    assert.deepEqual(await catalog.saved.get(first), second);
    assert.equal((await catalog.saved.replace(change)).version, 3);
    await catalog.saved.remove(first, 3);
    assert.equal(await catalog.saved.get(first), undefined);
    await assert.rejects(catalog.saved.replace(change), is('not_found'));
    await assert.rejects(catalog.saved.remove(first), is('not_found'));
  });

  it('saved 3. takes one of two changes that come at the same moment', async (context) => {
    const { catalog, second } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const board = thing('dashboard', 'board');
    await catalog.saved.create(board, countMax);
    const other = await second();
    const both = [catalog, other].map((holder, i) => holder.saved.replace({ ...board, name: `${i}` }, 1));
    const settled = await Promise.allSettled(both);
    assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await catalog.saved.get(board))?.version, 2);
  });

  it('saved 7. changes its own version with every change, and never that of the catalog', async (context) => {
    const { catalog, second } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const other = await second();
    const keys = await other.version();
    const seen = new Set([await other.saved.version()]);
    const goal = thing('goal', 'a');
    const changes: (() => Promise<unknown>)[] = [
      () => catalog.saved.create(goal, countMax),
      () => catalog.saved.replace(goal),
      () => catalog.saved.remove(goal),
    ];
    for (const change of changes) {
      await change();
      const version = await other.saved.version();
      assert.ok(!seen.has(version), `${change} changes the version`);
      seen.add(version);
    }
    const last = await catalog.saved.version();
    await catalog.saved.remove(goal).catch(() => {});
    assert.equal(await catalog.saved.version(), last);
    assert.equal(await catalog.version(), keys);
  });
}

function listing(open: OpenCatalog): void {
  it('saved 5. lists a kind of a project by the bytes of its ids, page by page', async (context) => {
    const { catalog } = await open(context);
    for (const id of ['p', 'q']) await catalog.createProject({ id, name: id, createdAt: start });
    const ids = ['b', 'a-1', 'a', 'a_2', 'Z', 'é'];
    for (const id of ids) await catalog.saved.create(thing('segment', id), countMax);
    await catalog.saved.create(thing('goal', 'c'), countMax);
    await catalog.saved.create({ ...thing('segment', 'd'), project: 'q' }, countMax);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const query = { project: 'p', kind: 'segment', limit: 2, ...(after && { after }) } as const;
      const page = await catalog.saved.list(query);
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (page.length < 2) break;
    }
    assert.deepEqual(seen, ['Z', 'a', 'a-1', 'a_2', 'b', 'é']);
  });
}

function thing(kind: SavedKind, id: string, changes: Partial<Saved> = {}): Saved {
  const times = { createdAt: start, updatedAt: start };
  return { project: 'p', kind, id, name: id, body: { n: 1 }, version: 1, by: 'key', ...times, ...changes };
}
