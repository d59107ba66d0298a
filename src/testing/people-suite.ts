/** The promises of `catalog/people.ts`, each a test by its number; `catalogSuite` runs them on every catalog. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Catalog } from '../catalog/catalog.ts';
import type { NewPerson, Session } from '../catalog/people.ts';
import { millisecondsPerDay, millisecondsPerHour } from '../clock.ts';
import { type ErrorCode, isFailure } from '../errors.ts';
import type { OpenCatalog } from './catalog-suite.ts';

const start = Date.UTC(2026, 2, 1, 12);
const countMax = 10;
const is = (code: ErrorCode) => (error: unknown) => isFailure(error, code);

export function peopleSuite(open: OpenCatalog): void {
  keeping(open);
  links(open);
  sessions(open);
}

function keeping(open: OpenCatalog): void {
  it('people 1. shows who was made to the next call, to others, and after a restart', async (context) => {
    const { catalog, second, reopen } = await openWithProjects(open, context);
    const ada = person('ada', {
      roles: new Map([['p', 'admin'] as const, ['constructor', 'viewer'] as const]),
    });
    await catalog.people.create(ada, countMax);
    const first = person('first', { email: undefined, createdAt: start - 1 });
    await catalog.people.create(first, countMax);
    await catalog.people.setPassword('ada', 'kept');
    for (const hold of [async () => catalog, second, reopen]) {
      const { people } = await hold();
      assert.deepEqual(await people.all(), [
        { ...first, hasPassword: false },
        { ...ada, hasPassword: true },
      ]);
      assert.deepEqual(await people.find('ada@example.com'), await people.get('ada'));
      assert.equal(await people.passwordOf('ada'), 'kept');
      assert.equal(await people.find('nobody@example.com'), undefined);
    }
  });

  it('people 2. refuses ids, e-mails and projects that cannot be', async (context) => {
    const { catalog } = await openWithProjects(open, context);
    const { people } = catalog;
    await people.create(person('ada'), countMax);
    await assert.rejects(people.create(person('ada', { email: 'b@example.com' }), countMax), is('conflict'));
    await assert.rejects(people.create(person('b', { email: 'ada@example.com' }), countMax), is('conflict'));
    await assert.rejects(people.create(person('b'), 1), is('conflict'));
    await people.create(person('b'), countMax);
    await assert.rejects(people.rename('b', { email: 'ada@example.com' }), is('conflict'));
    await people.rename('b', { name: 'Bea' });
    assert.equal((await people.get('b'))?.email, 'b@example.com');
    await assert.rejects(people.setRole('b', 'nothing', 'viewer'), is('not_found'));
    await assert.rejects(people.setRole('nobody', 'p', 'viewer'), is('not_found'));
    await assert.rejects(people.remove('nobody'), is('not_found'));
    await catalog.markProjectDeleting('p', start);
    await assert.rejects(people.setRole('b', 'p', 'viewer'), is('conflict'));
    const late = person('c', { roles: new Map([['p', 'viewer'] as const]) });
    await assert.rejects(people.create(late, countMax), is('conflict'));
    assert.equal(await people.get('c'), undefined);
  });

  it('people 8. gives and takes roles, which go with their project', async (context) => {
    const { catalog } = await openWithProjects(open, context);
    const { people } = catalog;
    await people.create(person('ada'), countMax);
    await people.setRole('ada', 'p', 'viewer');
    await people.setRole('ada', 'p', 'editor');
    await people.setRole('ada', 'constructor', 'admin');
    assert.deepEqual([...(await people.get('ada'))!.roles].sort(), [
      ['constructor', 'admin'],
      ['p', 'editor'],
    ]);
    await catalog.markProjectDeleting('p', start);
    await catalog.removeProject('p');
    await people.setRole('ada', 'constructor', undefined);
    assert.deepEqual((await people.get('ada'))!.roles, new Map());
  });

  it('people 1. leaves the version of keys alone', async (context) => {
    const { catalog } = await openWithProjects(open, context);
    const before = await catalog.version();
    await catalog.people.create(person('ada'), countMax);
    await catalog.people.addSession(session('s', 'ada'), countMax);
    assert.equal(await catalog.version(), before);
  });
}

function links(open: OpenCatalog): void {
  it('people 3. gives a link to one of two who come at the same moment', async (context) => {
    const { catalog, second } = await openWithProjects(open, context);
    await catalog.people.create(person('ada'), countMax);
    await catalog.people.addLink(link('a'), countMax);
    await catalog.people.addLink(link('b'), countMax);
    const other = await second();
    const both = await Promise.all([catalog, other].map(({ people }) => people.takeLink('a', start)));
    assert.deepEqual(
      both.filter((each) => each !== undefined),
      ['ada'],
    );
    assert.equal(await catalog.people.takeLink('b', start), undefined, 'the others have ended');
  });

  it('people 3. gives no link after its time', async (context) => {
    const { people } = (await openWithProjects(open, context)).catalog;
    await people.create(person('ada'), countMax);
    await people.addLink(link('a'), countMax);
    assert.equal(await people.takeLink('a', start + millisecondsPerHour), undefined);
    assert.equal(await people.takeLink('a', start + millisecondsPerHour - 1), 'ada');
  });

  it('people 7. keeps the newest links and sessions', async (context) => {
    const { people } = (await openWithProjects(open, context)).catalog;
    await people.create(person('ada'), countMax);
    for (const [i, hash] of ['c', 'b', 'a'].entries()) {
      await people.addSession(session(hash, 'ada', { createdAt: start + i }), 2);
      await people.addLink({ ...link(hash), createdAt: start + i }, 2);
    }
    assert.deepEqual(
      (await people.sessionsOf('ada')).map(({ id }) => id),
      ['b', 'a'],
    );
    assert.equal(await people.takeLink('c', start), undefined);
    assert.equal(await people.takeLink('b', start), 'ada');
    await assert.rejects(people.addLink({ ...link('x'), person: 'nobody' }, 2), is('not_found'));
    await assert.rejects(people.addSession(session('x', 'nobody'), 2), is('not_found'));
  });
}

function sessions(open: OpenCatalog): void {
  it('people 4. finds a session by its token and, for a while, by the one before', async (context) => {
    const { catalog, second } = await openWithProjects(open, context);
    const { people } = catalog;
    await people.create(person('ada'), countMax);
    await people.addSession(session('old', 'ada'), countMax);
    const rotation = {
      ...{ id: 'old', from: 'old', to: 'new', previous: 'old' },
      ...{ at: start + 5, previousUntil: start + 10 },
    };
    assert.equal(await people.rotate(rotation), true);
    await people.touch('old', start + 7);
    await people.touch('old', start + 6);
    const now = await (await second()).people.session('new', start + 100);
    const { previous: _, previousUntil: __, ...rest } = now!.session;
    const expected = { ...session('old', 'ada'), hash: 'new', rotatedAt: start + 5, usedAt: start + 7 };
    assert.deepEqual(rest, expected);
    assert.equal(now!.person.id, 'ada');
    assert.equal((await people.session('old', start + 9))?.session.id, 'old');
    assert.equal(await people.session('old', start + 10), undefined);
    assert.equal(await people.session('nothing', start), undefined);
    await people.rotate({ ...rotation, from: 'new', to: 'newer', previousUntil: start + 20 });
    assert.equal((await people.session('old', start + 19))?.session.hash, 'newer');
    assert.equal(await people.session('new', start), undefined, 'the browser never got it');
  });

  it('people 5. does one of two rotations at the same moment', async (context) => {
    const { catalog, second } = await openWithProjects(open, context);
    await catalog.people.create(person('ada'), countMax);
    await catalog.people.addSession(session('old', 'ada'), countMax);
    const times = { at: start + 5, previousUntil: start + 10 };
    const rotation = { id: 'old', from: 'old', previous: 'old', ...times };
    const both = [catalog, await second()].map(({ people }, i) =>
      people.rotate({ ...rotation, to: `new${i}` }),
    );
    assert.deepEqual((await Promise.all(both)).sort(), [false, true]);
  });

  it('people 6. ends what is held with who is removed, and with a new password but the one that set it', async (context) => {
    const { people } = (await openWithProjects(open, context)).catalog;
    for (const id of ['ada', 'bea']) await people.create(person(id), countMax);
    for (const id of ['s', 't']) await people.addSession(session(id, 'ada'), countMax);
    await people.addSession(session('u', 'bea'), countMax);
    await people.addLink(link('a'), countMax);
    await people.setPassword('ada', 'kept', 's');
    assert.deepEqual(
      (await people.sessionsOf('ada')).map(({ id }) => id),
      ['s'],
    );
    assert.equal(await people.takeLink('a', start), undefined);
    await people.addLink(link('b'), countMax);
    await people.remove('ada');
    assert.equal(await people.session('s', start), undefined);
    assert.equal(await people.takeLink('b', start), undefined);
    assert.equal((await people.session('u', start))?.person.id, 'bea');
  });

  it('people 6. ends sessions one by one, all of a person, and those past their time', async (context) => {
    const { people } = (await openWithProjects(open, context)).catalog;
    await people.create(person('ada'), countMax);
    for (const id of ['s', 't', 'u']) await people.addSession(session(id, 'ada'), countMax);
    await people.endSession('s');
    await people.endSession('s');
    await people.touch('t', start + millisecondsPerDay);
    await people.sweep({ now: start, usedBefore: start + 1, createdBefore: start });
    assert.deepEqual(
      (await people.sessionsOf('ada')).map(({ id }) => id),
      ['t'],
    );
    await people.sweep({ now: start, usedBefore: start, createdBefore: start + 1 });
    assert.equal(await people.session('t', start), undefined);
    for (const id of ['v', 'w']) await people.addSession(session(id, 'ada'), countMax);
    assert.equal(await people.endSessions('ada'), 2);
    assert.equal(await people.endSessions('ada'), 0);
  });
}

type Context = Parameters<OpenCatalog>[0];

async function openWithProjects(open: OpenCatalog, context: Context) {
  const opened = await open(context);
  await addProjects(opened.catalog);
  return opened;
}

async function addProjects(catalog: Catalog): Promise<void> {
  // the second is a name that every object has
  for (const id of ['p', 'constructor']) await catalog.createProject({ id, name: id, createdAt: start });
}

function person(id: string, change: { [K in keyof NewPerson]?: NewPerson[K] | undefined } = {}): NewPerson {
  const { email = `${id}@example.com`, ...rest } = change;
  const isNameless = 'email' in change && change.email === undefined;
  return { id, ...(!isNameless && { email }), roles: new Map(), createdAt: start, ...rest } as NewPerson;
}

const link = (hash: string) => ({
  hash,
  person: 'ada',
  createdAt: start,
  expiresAt: start + millisecondsPerHour,
});

const session = (id: string, person: string, change: Partial<Session> = {}): Session => ({
  id,
  person,
  hash: id,
  startedBy: 'password',
  createdAt: start,
  rotatedAt: start,
  usedAt: start,
  ...change,
});
