import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashKey } from '../../src/catalog/keys.ts';
import { millisecondsPerDay } from '../../src/clock.ts';
import { firstStart } from '../../src/operations/first-start.ts';
import { careForSalts } from '../../src/operations/salt-care.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { careOf, day, hastyClock, openCatalog, until } from './support.ts';

describe('the first start', () => {
  it('makes the project default and a key of each scope, once', async (context) => {
    const catalog = await openCatalog(context);
    const { made } = await firstStart(careOf(catalog), []);
    assert.deepEqual(
      made.map(({ scope }) => scope),
      ['write', 'read', 'admin'],
    );
    const kept = await catalog.keys();
    assert.deepEqual(kept.map(({ hash }) => hash).sort(), made.map(({ secret }) => hashKey(secret)).sort());
    assert.deepEqual(
      (await catalog.projects()).map(({ id }) => id),
      ['default'],
    );
    assert.deepEqual(await firstStart(careOf(catalog), []), { made: [] });
    assert.equal((await catalog.keys()).length, 3);
  });

  it('makes no key of a scope that the environment sets', async (context) => {
    const catalog = await openCatalog(context);
    const { made } = await firstStart(careOf(catalog), ['write', 'admin']);
    assert.deepEqual(
      made.map(({ scope }) => scope),
      ['read'],
    );
    const none = await openCatalog(context);
    assert.deepEqual(await firstStart(careOf(none), ['write', 'read', 'admin']), { made: [] });
    assert.equal((await none.projects()).length, 1, 'the keys of the environment need their project');
  });

  it('completes a first start that was interrupted', async (context) => {
    const catalog = await openCatalog(context);
    await careOf(catalog).createProject('default');
    await careOf(catalog).createKey({ project: 'default', scope: 'write', name: 'made' });
    const { made } = await firstStart(careOf(catalog), []);
    assert.deepEqual(
      made.map(({ scope }) => scope),
      ['read', 'admin'],
    );
  });

  it('makes no new key where one was revoked, and no default where it was removed', async (context) => {
    const catalog = await openCatalog(context);
    const care = careOf(catalog);
    await firstStart(care, []);
    for (const key of await catalog.keys()) await care.revokeKey(key.id);
    assert.deepEqual(await firstStart(care, []), { made: [] });
    await care.createProject('shop');
    await catalog.markProjectDeleting('default', day);
    assert.deepEqual(await firstStart(care, ['write']), { made: [] }, 'nothing while it is being deleted');
    await catalog.removeProject('default');
    assert.deepEqual(await firstStart(care, []), { made: [] });
    assert.deepEqual(
      (await catalog.projects()).map(({ id }) => id),
      ['shop'],
    );
  });
});

describe('care for salts', () => {
  it('forgets old ones although nobody asks for one, and goes on after a failure', async (context) => {
    const catalog = await openCatalog(context);
    let now = day;
    const stop = new AbortController();
    let fails = 1;
    const caring = careForSalts(
      {
        salt: (at, asked) => (fails-- > 0 ? Promise.reject(new Error('busy')) : catalog.salt(at, asked)),
      },
      { ...hastyClock, now: () => now },
      new Telemetry(),
      stop.signal,
    );
    const first = await catalog.salt(day, day);
    await until(() => fails < 0);
    now = day + 3 * millisecondsPerDay;
    // asked as of the first day, a salt that is still kept is given and one that is gone is made anew
    await until(async () => !Buffer.from(first!).equals((await catalog.salt(day, day))!));
    stop.abort();
    await caring;
  });
});
