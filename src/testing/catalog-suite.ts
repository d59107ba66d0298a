/**
 * The promises of `catalog/catalog.ts`, each a test by its number. An adapter passes when all of them do:
 * `catalogSuite('sqlite', { open, reopen })`.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { Catalog, Key } from '../catalog/catalog.ts';
import { hashKey, makeKey } from '../catalog/keys.ts';
import { millisecondsPerDay, millisecondsPerHour } from '../clock.ts';
import { isFailure } from '../errors.ts';
import { peopleSuite } from './people-suite.ts';
import { savedSuite } from './saved-suite.ts';
import { sharesSuite } from './shares-suite.ts';

export interface CatalogUnderTest {
  readonly catalog: Catalog;
  /** Closes the catalog and opens what it left behind. */
  reopen(): Promise<Catalog>;
  /** A second holder of the same catalog, as another process would be. */
  second(): Promise<Catalog>;
  /** Everything that the catalog has written, for looking through. */
  contents(): Promise<Uint8Array>;
}

/** `open` gives an empty catalog and sees to its removal through the context. */
export type OpenCatalog = (context: TestContext) => Promise<CatalogUnderTest>;

const start = Date.UTC(2026, 2, 1, 12);
const is = (code: 'conflict' | 'not_found') => (error: unknown) => isFailure(error, code);

export function catalogSuite(name: string, open: OpenCatalog): void {
  describe(`the ${name} catalog`, () => {
    durability(open);
    secrecy(open);
    uniqueness(open);
    deletion(open);
    salts(open);
    versions(open);
    savedSuite(open);
    peopleSuite(open);
    sharesSuite(open);
  });
}

function durability(open: OpenCatalog): void {
  it('1. shows what a call resolved for to the next call, to others, and after a restart', async (context) => {
    const { catalog, reopen, second } = await open(context);
    await catalog.createProject({ id: 'p', name: 'Shop', createdAt: start });
    const key = newKey({ name: 'the page', origins: ['https://a.example', 'https://b.example'] });
    await catalog.createKey(key);
    const gone = newKey({ name: 'old', limits: { timeMs: 5_000, waitingMax: 0 } });
    await catalog.createKey(gone);
    await catalog.revokeKey(gone.id, start + 5);
    const expected = [key, { ...gone, revokedAt: start + 5 }].sort(byId);
    for (const open of [async () => catalog, second, reopen]) {
      const holder = await open();
      assert.deepEqual(await holder.projects(), [{ id: 'p', name: 'Shop', createdAt: start }]);
      assert.deepEqual([...(await holder.keys())].sort(byId), expected);
    }
  });

  it('1. keeps the time at which a key was first revoked', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const key = newKey();
    await catalog.createKey(key);
    await catalog.revokeKey(key.id, start + 1);
    await catalog.revokeKey(key.id, start + 2);
    assert.equal((await catalog.keys())[0]?.revokedAt, start + 1);
  });
}

function secrecy(open: OpenCatalog): void {
  it('2. writes nothing of a key but its hash and its hint', async (context) => {
    const { catalog, contents } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    const { secret, key } = makeKey({ project: 'p', scope: 'write', name: 'n' }, randomBytes, start);
    await catalog.createKey(key);
    const bytes = Buffer.from(await contents());
    assert.ok(bytes.includes(hashKey(secret)), 'the hash is there, so the look-through sees the keys');
    assert.ok(!bytes.includes(secret.slice(-20)), 'the secret is not');
  });
}

function uniqueness(open: OpenCatalog): void {
  it('3. refuses a project id, a key id and a key that are there already', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    await assert.rejects(catalog.createProject({ id: 'p', name: 'q', createdAt: start }), is('conflict'));
    const key = newKey();
    await catalog.createKey(key);
    await assert.rejects(catalog.createKey({ ...newKey(), id: key.id }), is('conflict'));
    await assert.rejects(catalog.createKey({ ...newKey(), hash: key.hash }), is('conflict'));
    assert.deepEqual(await catalog.keys(), [key]);
    assert.equal((await catalog.projects())[0]?.name, 'p');
  });

  it('3. says not_found for what is not there', async (context) => {
    const { catalog } = await open(context);
    await assert.rejects(catalog.createKey(newKey()), is('not_found'));
    await assert.rejects(catalog.revokeKey('k', start), is('not_found'));
    await assert.rejects(catalog.markProjectDeleting('p', start), is('not_found'));
  });
}

function deletion(open: OpenCatalog): void {
  it('4. stops the keys of a project that is being deleted, and makes no new ones', async (context) => {
    const { catalog } = await open(context);
    for (const id of ['p', 'other']) await catalog.createProject({ id, name: id, createdAt: start });
    const [key, kept] = [newKey(), newKey({ project: 'other' })];
    await catalog.createKey(key);
    await catalog.createKey(kept);
    await catalog.markProjectDeleting('p', start + 1);
    await catalog.markProjectDeleting('p', start + 9);
    const keys = await catalog.keys();
    assert.equal(keys.find((each) => each.id === key.id)?.revokedAt, start + 1);
    assert.equal(keys.find((each) => each.id === kept.id)?.revokedAt, undefined);
    assert.equal((await catalog.projects()).find((each) => each.id === 'p')?.deletingSince, start + 1);
    await assert.rejects(catalog.createKey(newKey()), is('conflict'));
    await assert.rejects(catalog.createProject({ id: 'p', name: 'p', createdAt: start }), is('conflict'));
  });

  it('4. removes a project with its keys only after it was marked, and may be told twice', async (context) => {
    const { catalog } = await open(context);
    await catalog.createProject({ id: 'p', name: 'p', createdAt: start });
    await catalog.createKey(newKey());
    await assert.rejects(catalog.removeProject('p'), is('conflict'));
    await catalog.markProjectDeleting('p', start);
    await catalog.removeProject('p');
    await catalog.removeProject('p');
    assert.deepEqual([await catalog.projects(), await catalog.keys()], [[], []]);
    await catalog.createProject({ id: 'p', name: 'again', createdAt: start });
  });
}

function salts(open: OpenCatalog): void {
  it('5. gives every asker the same salt for a UTC day, and another for another day', async (context) => {
    const { catalog, reopen, second } = await open(context);
    const dayStart = Date.UTC(2026, 2, 1);
    const salt = await catalog.salt(dayStart, start);
    assert.equal(salt?.length, 32);
    assert.deepEqual(await (await second()).salt(dayStart + millisecondsPerDay - 1, start), salt);
    assert.notDeepEqual(await catalog.salt(dayStart - 1, start), salt);
    assert.notDeepEqual(await catalog.salt(dayStart + millisecondsPerDay, start), salt);
    assert.deepEqual(await (await reopen()).salt(start, start), salt);
  });

  it('5. takes the salt that another catalog had in place of its own', async (context) => {
    const { catalog, second } = await open(context);
    for (const byte of [7, 8]) {
      const given = new Uint8Array(32).fill(byte);
      await catalog.keepSalt(start, given);
      assert.deepEqual(Buffer.from((await catalog.salt(start, start))!), Buffer.from(given));
    }
    assert.deepEqual(Buffer.from((await (await second()).salt(start, start))!), Buffer.alloc(32, 8));
  });

  it('5. forgets a salt 72 hours after its day began, and makes no new one for that day', async (context) => {
    const { catalog, contents } = await open(context);
    const dayStart = Date.UTC(2026, 2, 1);
    const end = dayStart + 72 * millisecondsPerHour;
    const salt = await catalog.salt(start, start);
    assert.ok(salt);
    assert.deepEqual(await catalog.salt(start, end - 1), salt);
    assert.ok(
      Buffer.from(await contents()).includes(Buffer.from(salt)),
      'the salt is there, so the look-through sees salts',
    );
    assert.equal(await catalog.salt(start, end), undefined);
    assert.equal(await catalog.salt(start, end), undefined);
    assert.ok(!Buffer.from(await contents()).includes(Buffer.from(salt)), 'its bytes are gone');
  });
}

function versions(open: OpenCatalog): void {
  it('6. changes its version with every change of a project or a key, and with nothing else', async (context) => {
    const { catalog, second, reopen } = await open(context);
    const other = await second();
    const key = newKey();
    const seen = new Set([await other.version()]);
    const changes: (() => Promise<unknown>)[] = [
      () => catalog.createProject({ id: 'p', name: 'p', createdAt: start }),
      () => catalog.createKey(key),
      () => catalog.revokeKey(key.id, start),
      () => catalog.markProjectDeleting('p', start),
      () => catalog.removeProject('p'),
    ];
    for (const change of changes) {
      await change();
      const version = await other.version();
      assert.ok(!seen.has(version), `${change} changes the version`);
      seen.add(version);
    }
    const last = await catalog.version();
    await catalog.salt(start, start);
    await catalog.revokeKey('none', start).catch(() => {});
    assert.equal(await catalog.version(), last);
    assert.equal(await (await reopen()).version(), last);
  });
}

function newKey(changes: Partial<Key> = {}): Key {
  return { ...makeKey({ project: 'p', scope: 'write', name: 'n' }, randomBytes, start).key, ...changes };
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
