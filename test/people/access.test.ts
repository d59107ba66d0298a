import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { type Opened, openServer, problemOf } from '../http/open-server.ts';
import { type SessionData, signedIn, signedInKeeper, type Visitor, visitor } from './browser.ts';

type Role = 'viewer' | 'editor' | 'admin';

const session = '/api/v1/session';
const boards = '/api/v1/saved/dashboards';
const board = { name: 'Board', body: { tiles: [] } };

async function openShops(context: TestContext, clock?: Clock): Promise<Opened> {
  const opened = await openServer(context, {}, {}, clock);
  for (const id of ['shop', 'blog', 'constructor']) {
    await opened.care.createProject(id);
    // those of one millisecond would stand in the order of their ids
    await delay(2);
  }
  await opened.ring.refresh();
  return opened;
}

describe('what a role opens', () => {
  it('is what every route asks for, of all that there are', async (context) => {
    const opened = await openShops(context);
    const people = new Map<Role, Visitor>();
    for (const role of ['viewer', 'editor', 'admin'] as const)
      people.set(role, await signedIn(opened, `${role}@example.com`, { shop: role }));
    const may: Readonly<Record<Role, readonly string[]>> = {
      viewer: ['read'],
      editor: ['read', 'edit'],
      admin: ['read', 'edit', 'admin'],
    };
    const counts = { read: 0, edit: 0, admin: 0 };
    for (const { method, path, scope } of opened.server.routes) {
      if (scope === 'open' || scope === 'session' || scope === 'write') continue;
      counts[scope] += 1;
      const url = path.replace(/:\w+/g, 'nothing');
      for (const [role, person] of people) {
        // by hand, since `call` holds answers against the API's description, and these stages are stand-ins
        const response = await fetch(opened.url + url, {
          method,
          headers: {
            ...asCookie(person),
            'sec-fetch-site': 'same-origin',
            'content-type': 'application/json',
          },
          ...(method === 'POST' || method === 'PUT' ? { body: '{}' } : {}),
        });
        const isRefused =
          response.status === 403 && /this takes/.test(String((await problemOf(response)).detail));
        if (!response.bodyUsed) await response.body?.cancel();
        assert.equal(
          isRefused,
          !may[role].includes(scope),
          `${method} ${url} by ${role}: ${response.status}`,
        );
      }
      assert.equal((await visitor(opened).call(url, { method })).status, 401, `${method} ${url} by nobody`);
    }
    for (const [scope, count] of Object.entries(counts)) assert.ok(count > 5, `${scope}: ${count}`);
  });

  it('holds in the project of the request, which is theirs or none', async (context) => {
    const opened = await openShops(context);
    const ada = await signedIn(opened, 'ada@example.com', { shop: 'editor', blog: 'viewer' });
    const make = (project: string, id: string) =>
      ada.call(boards, {
        method: 'POST',
        headers: { 'x-millrace-project': project },
        body: { ...board, id },
      });
    assert.equal((await make('shop', 'a')).status, 201);
    const inBlog = await problemOf(await make('blog', 'a'));
    assert.deepEqual([inBlog.status, inBlog.code], [403, 'forbidden']);
    const details = new Set<string>();
    for (const project of ['default', 'constructor', 'no-such', '__proto__', 'toString'.toLowerCase()]) {
      const problem = await problemOf(await make(project, 'a'));
      assert.ok([403, 400].includes(Number(problem.status)), project);
      details.add(String(problem.detail).replace(project, '…'));
    }
    assert.equal(details.size, 2, 'nothing says whether there is such a project');
    assert.deepEqual(await ids(ada, 'shop'), ['a']);
    assert.deepEqual(await ids(ada, 'blog'), []);
    assert.deepEqual(
      (await ada.data<SessionData>(session)).projects.map(({ id, role }) => [id, role]),
      [
        ['shop', 'editor'],
        ['blog', 'viewer'],
      ],
    );
  });

  it('is of the first project when none is named, and of nothing without a part', async (context) => {
    const opened = await openShops(context);
    const ada = await signedIn(opened, 'ada@example.com', { blog: 'editor' });
    await ada.data(boards, { method: 'POST', body: { ...board, id: 'mine' } }, 201);
    assert.deepEqual(await ids(ada, 'blog'), ['mine']);
    await opened.people.care.setRole(
      (await opened.people.care.named('ada@example.com')).id,
      'blog',
      undefined,
    );
    assert.equal((await ada.call(boards)).status, 403);
    assert.deepEqual((await ada.data<SessionData>(session)).projects, []);
  });

  it('cannot be had by naming two projects, or one in a strange way', async (context) => {
    const opened = await openShops(context);
    const ada = await signedIn(opened, 'ada@example.com', { shop: 'admin', blog: 'viewer' });
    const asked = (query: string, header?: string) =>
      ada.call(
        `/api/v1/keys${query}`,
        header === undefined ? {} : { headers: { 'x-millrace-project': header } },
      );
    assert.equal((await asked('?project=shop')).status, 200);
    assert.equal((await asked('?project=shop', 'shop')).status, 200);
    assert.equal((await asked('?project=blog')).status, 403);
    for (const [query, header] of [
      ['?project=shop', 'blog'],
      ['?project=blog', 'shop'],
      ['?project=shop&project=blog', undefined],
      ['', 'shop, blog'],
      ['', 'SHOP'],
      ['', 'shop blog'],
      ['?project=', undefined],
      ['?project=sh%6Fp%00', undefined],
    ] as const)
      assert.equal((await asked(query, header)).status, 400, `${query} ${header}`);
    // only what reads takes it from the address
    const written = await ada.call(`${boards}?project=shop`, { method: 'POST', body: { ...board, id: 'x' } });
    assert.deepEqual([written.status, await ids(ada, 'blog')], [201, []]);
    const twice = await fetch(`${opened.url}/api/v1/keys`, {
      headers: [
        ...Object.entries(asCookie(ada)),
        ['x-millrace-project', 'shop'],
        ['X-Millrace-Project', 'blog'],
        ['sec-fetch-site', 'same-origin'],
      ],
    });
    assert.equal(twice.status, 400);
  });

  it('ends at once with the role, the person, the session and the project', async (context) => {
    const opened = await openShops(context);
    const { care } = opened.people;
    const ada = await signedIn(opened, 'ada@example.com', { shop: 'admin' });
    const { id } = await care.named('ada@example.com');
    await care.setRole(id, 'shop', 'viewer');
    assert.equal((await ada.call('/api/v1/keys')).status, 403);
    await care.endSessions(id);
    assert.equal((await ada.call(boards)).status, 401);
    const again = await signedIn(opened, 'ada@example.com', { shop: 'viewer' });
    assert.equal((await again.call(boards)).status, 200);
    await opened.catalog.markProjectDeleting('shop', Date.now());
    await opened.ring.refresh();
    assert.equal((await again.call(boards)).status, 403);
    const keeper = await signedInKeeper(opened);
    for (const [asker, project] of [
      [again, 'shop'],
      [keeper, 'shop'],
      [keeper, 'no-such'],
    ] as const)
      assert.equal(
        (await asker.call(boards, { headers: { 'x-millrace-project': project } })).status,
        403,
        project,
      );
    await care.remove(id);
    assert.equal((await again.call(session)).status, 401);
  });
});

describe('a stream', () => {
  it('opens by the cookie alone, and ends with the session or the part in the project', async (context) => {
    const clock = new TestClock();
    const opened = await openShops(context, clock);
    const { care } = opened.people;
    const path = '/api/v1/analytics/stream?from=2026-01-01&to=2026-01-02&project=shop';
    for (const end of [
      (id: string) => care.endSessions(id),
      (id: string) => care.setRole(id, 'shop', undefined),
    ]) {
      const ada = await signedIn(opened, 'ada@example.com', { shop: 'viewer' });
      const response = await ada.call(path, { headers: { accept: 'text/event-stream' } });
      assert.equal(response.status, 200);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assert.match((await reader.read()).value ?? '', /retry|data/);
      await end((await care.named('ada@example.com')).id);
      clock.advance(6_000);
      let rest = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
      assert.match(rest, /unauthorized.*the session has ended/);
      assert.ok([401, 403].includes((await ada.call(path)).status));
    }
  });
});

describe('a key', () => {
  it('is asked before any cookie, and works as without one', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    const asked = (headers: Record<string, string>) => keeper.call('/api/v1/keys', { headers });
    assert.equal((await asked({ authorization: 'Bearer nonsense' })).status, 401);
    assert.equal((await asked({ authorization: `Bearer ${opened.keys.read}` })).status, 403);
    const elsewhere = { authorization: `Bearer ${opened.keys.admin}`, 'sec-fetch-site': 'cross-site' };
    assert.equal((await asked(elsewhere)).status, 200);
    assert.equal((await keeper.call(`${boards}?key=nonsense`)).status, 401);
    const asPerson = await opened.call(session, { key: opened.keys.admin });
    assert.equal(asPerson.status, 401);
  });

  it('is what collecting takes; a session collects nothing', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    assert.equal((await keeper.call('/api/collect', { method: 'POST', body: { type: 'x' } })).status, 401);
  });
});

describe('a request from another site', () => {
  it('changes nothing with a cookie, and reads nothing but by a link that is followed', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    const own = new URL(opened.url).origin;
    const { cookie } = asCookie(keeper);
    let made = 0;
    const asked = async (method: string, headers: Readonly<Record<string, string>>) => {
      const path = method === 'GET' ? boards : `${boards}/board-${made++}`;
      const body = method === 'PUT' ? JSON.stringify(board) : '';
      const given = { cookie, 'content-type': 'application/json', ...headers };
      const { status, text } = await plainRequest(opened.url + path, { method, headers: given }, body);
      return status < 400 ? status : (JSON.parse(text) as { code: string }).code;
    };
    for (const [method, headers, expected] of [
      ['PUT', { 'sec-fetch-site': 'same-origin' }, 201],
      ['PUT', { 'sec-fetch-site': 'same-origin', origin: 'https://proxied.example' }, 201],
      ['PUT', { origin: own }, 201],
      ['PUT', { 'sec-fetch-site': 'cross-site' }, 'cross_site'],
      ['PUT', { 'sec-fetch-site': 'same-site' }, 'cross_site'],
      ['PUT', { 'sec-fetch-site': 'none' }, 'cross_site'],
      ['PUT', { 'sec-fetch-site': 'cross-site', origin: own }, 'cross_site'],
      ['PUT', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'cross_site'],
      ['PUT', { origin: 'https://evil.example' }, 'cross_site'],
      ['PUT', { origin: own.replace(/:\d+$/, ':1') }, 'cross_site'],
      ['PUT', { origin: `${own}.evil.example` }, 'cross_site'],
      ['PUT', { origin: 'null' }, 'cross_site'],
      ['PUT', { origin: '' }, 'cross_site'],
      ['PUT', {}, 'cross_site'],
      ['DELETE', { 'sec-fetch-site': 'cross-site' }, 'cross_site'],
      ['GET', {}, 200],
      ['GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
      ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
      ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'cross_site'],
      ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 'cross_site'],
    ] as const)
      assert.equal(await asked(method, headers), expected, `${method} ${JSON.stringify(headers)}`);
  });

  it('signs nobody in or out', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    const { token: link } = (await opened.people.care.keeperLink())!;
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
    ]) {
      for (const method of ['POST', 'DELETE']) {
        const response = await keeper.call(session, {
          method,
          headers,
          ...(method === 'POST' && { body: { link } }),
        });
        assert.equal(response.status, 403);
      }
    }
    assert.equal((await keeper.call(session)).status, 200);
    // a program without a browser says nothing of where it is
    assert.equal((await opened.call(session, { method: 'POST', body: { link } })).status, 201);
  });

  it('is not let in with a cookie by CORS', async (context) => {
    const opened = await openServer(context, { corsOrigins: ['*'] });
    for (const options of [{}, { method: 'OPTIONS' }]) {
      const response = await opened.call(session, { ...options, headers: { origin: 'https://app.example' } });
      assert.equal(response.headers.get('access-control-allow-credentials'), null);
    }
  });
});

const ids = async (person: Visitor, project: string) =>
  (await person.data<{ id: string }[]>(boards, { headers: { 'x-millrace-project': project } })).map(
    ({ id }) => id,
  );

const asCookie = ({ cookies }: Pick<Visitor, 'cookies'>) => ({
  cookie: [...cookies].map((each) => each.join('=')).join('; '),
});

/** As `fetch`, which writes `Sec-Fetch-Mode` itself. */
async function plainRequest(url: string, options: RequestOptions, body: string) {
  const sent = request(url, options).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, text: (await response.setEncoding('utf8').toArray()).join('') };
}
