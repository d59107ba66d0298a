import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { millisecondsPerDay, millisecondsPerHour } from '../../src/clock.ts';
import { linkMs } from '../../src/people/people-care.ts';
import { sessionAgeMs, sessionIdleMs } from '../../src/people/sessions.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { openServer, problemOf } from '../http/open-server.ts';
import { type SessionData, signedInKeeper, visitor } from './browser.ts';

const password = 'a mill on a quick river';
const email = 'ada@example.com';
const session = '/api/v1/session';
const post = (body: unknown) => ({ method: 'POST', body });
const put = (body: unknown) => ({ method: 'PUT', body });

describe('signing in by a link', () => {
  it('works once, shows who is signed in, and is dead afterwards', async (context) => {
    const opened = await openServer(context);
    const { token: link } = (await opened.people.care.startLink())!;
    const browser = visitor(opened);
    assert.equal((await browser.call(session)).status, 401);
    const made = await browser.data<SessionData>(session, post({ link }), 201);
    assert.deepEqual(made.projects, [{ id: 'default', name: 'Default', role: 'admin' }]);
    assert.equal(made.keepsHouse, true);
    assert.deepEqual(await browser.data(session), made);
    const again = await visitor(opened).call(session, post({ link }));
    assert.equal((await problemOf(again)).code, 'link_invalid');
    assert.equal(again.status, 401);
  });

  it('is over after an hour, and no other text is a link', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, {}, {}, clock);
    const { token: link } = (await opened.people.care.startLink())!;
    clock.advance(linkMs);
    for (const each of [link, `${link}x`, '', 'mr_link_', `mr_session_${'a'.repeat(43)}`, 'x'.repeat(10_000)])
      assert.equal(
        (await problemOf(await visitor(opened).call(session, post({ link: each })))).code,
        'link_invalid',
      );
  });

  it('makes a first link as long as nobody has a password', async (context) => {
    const opened = await openServer(context);
    const { care } = opened.people;
    const keeper = await signedInKeeper(opened);
    assert.equal((await care.all()).length, 1);
    assert.ok(await care.startLink());
    await keeper.data(`${session}/password`, put({ email, password }));
    assert.equal(await care.startLink(), undefined);
  });

  it('ends the other links of the person, and the session that the browser had', async (context) => {
    const opened = await openServer(context);
    const { care } = opened.people;
    const first = (await care.startLink())!;
    const second = (await care.startLink())!;
    const browser = visitor(opened);
    await browser.data(session, post({ link: second.token }), 201);
    assert.equal((await browser.call(session, post({ link: first.token }))).status, 401);
    const old = new Map(browser.cookies);
    await browser.data(session, post({ link: (await care.keeperLink())!.token }), 201);
    const thief = visitor(opened);
    for (const [name, value] of old) thief.cookies.set(name, value);
    assert.equal((await thief.call(session)).status, 401);
  });
});

describe('signing in by a password', () => {
  it('takes the right one, whatever form of letters it is typed in, and no other', async (context) => {
    const opened = await openServer(context);
    const keeper = await signedInKeeper(opened);
    // é as one sign; ﬁ as a ligature
    const given = 'caf\u00e9 \ufb01ne wheel';
    await keeper.data(`${session}/password`, put({ email: ' Ada@Example.COM ', password: given }));
    for (const typed of [given, 'cafe\u0301 fine wheel']) {
      const made = await visitor(opened).data<SessionData>(session, post({ email, password: typed }), 201);
      assert.deepEqual(
        [made.person.email, made.person.hasPassword, made.session.startedBy],
        [email, true, 'password'],
      );
    }
    for (const [wrongEmail, wrong] of [
      [email, 'Caf\u00e9 fine wheel'],
      [email, ''],
      ['nobody@example.com', given],
      ['', given],
    ] as const) {
      const answer = await visitor(opened).call(session, post({ email: wrongEmail, password: wrong }));
      const problem = await problemOf(answer);
      assert.deepEqual(
        [answer.status, problem.code, problem.detail],
        [401, 'sign_in_failed', 'the e-mail or the password is wrong'],
      );
      assert.equal(answer.headers.get('set-cookie'), null);
    }
  });

  it('refuses passwords that nobody should have, and bodies that are none', async (context) => {
    const opened = await openServer(context);
    const keeper = await signedInKeeper(opened);
    for (const [body, detail] of [
      [{ password: 'eleven sig\u0301', email }, /at least 12/],
      [{ password: '😀'.repeat(11), email }, /at least 12/],
      [{ password: 'x'.repeat(1_001), email }, /at most 1000/],
      [{ password: 'ADA@example.com', email }, /must not be the e-mail/],
      [{ password }, /email is needed/],
      [{ password, email: 'ada' }, /must look like/],
      [{ password, email: 'a\u202eda@example.com' }, /must look like/],
      [{ password: 12, email }, /must be text/],
      [{ password, email, extra: 1 }, /no field "extra"/],
    ] as const) {
      const problem = await problemOf(await keeper.call(`${session}/password`, put(body)));
      assert.equal(problem.status, 400);
      assert.match(String(problem.detail), detail);
    }
    for (const body of [{}, [], 'text', { link: 1 }, { link: 'a', email, password }, { email }]) {
      const answer = await visitor(opened).call(session, post(JSON.stringify(body)));
      assert.ok([400, 415].includes(answer.status), JSON.stringify(body));
    }
    const long = await visitor(opened).call(session, post({ email, password: 'x'.repeat(1_001) }));
    assert.equal(long.status, 400);
  });

  it('ends the other sessions when the password changes, and asks for the present one', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, {}, {}, clock);
    const keeper = await signedInKeeper(opened);
    await keeper.data(`${session}/password`, put({ email, password }));
    const other = visitor(opened);
    await other.data(session, post({ email, password }), 201);
    const next = 'another mill, another river';
    assert.equal((await other.call(`${session}/password`, put({ password: next }))).status, 400);
    assert.equal(
      (await other.call(`${session}/password`, put({ password: next, current: 'no' }))).status,
      401,
    );
    const before = new Map(other.cookies);
    await other.data(`${session}/password`, put({ password: next, current: password }));
    assert.notDeepEqual(other.cookies, before);
    assert.equal((await keeper.call(session)).status, 401);
    assert.equal((await other.call(session)).status, 200);
    assert.equal((await visitor(opened).call(session, post({ email, password }))).status, 401);
    // who came by a link may have forgotten it, for an hour
    const again = await signedInKeeper(opened);
    clock.advance(millisecondsPerHour);
    assert.equal((await again.call(`${session}/password`, put({ password }))).status, 400);
    await (await signedInKeeper(opened)).data(`${session}/password`, put({ password }));
  });
});

describe('pauses', () => {
  it('come after ten failures for an e-mail, known or not, grow to a quarter of an hour, and spare who is signed in', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, { trustProxy: () => true }, {}, clock);
    const keeper = await signedInKeeper(opened);
    await keeper.data(`${session}/password`, put({ email, password }));
    let failures = 0;
    const attempt = async (named: string, tried: string) => {
      const headers = { 'x-forwarded-for': `192.0.${failures >> 8}.${failures++ & 255}` };
      return visitor(opened, headers).call(session, post({ email: named, password: tried }));
    };
    const waits = new Map<string, (string | null)[]>();
    for (const named of [email, 'nobody@example.com']) {
      for (let i = 0; i < 10; i++) assert.equal((await attempt(named, 'wrong')).status, 401);
      const found: (string | null)[] = [];
      for (let i = 0; i < 12; i++) {
        const refused = await attempt(named, password);
        assert.equal(refused.status, 429, 'the right one, too');
        assert.equal((await problemOf(refused)).code, 'sign_in_paused');
        found.push(refused.headers.get('retry-after'));
        clock.advance(Number(refused.headers.get('retry-after')) * 1_000);
        assert.equal((await attempt(named, 'wrong')).status, 401);
      }
      waits.set(named, found);
      clock.advance(millisecondsPerHour);
    }
    const [known, unknown] = [...waits.values()];
    assert.deepEqual(known, unknown);
    assert.deepEqual(known!.map(Number).slice(0, 4), [5, 10, 20, 40]);
    assert.equal(known!.at(-1), '900');
    assert.equal((await keeper.call(session)).status, 200);
    assert.equal((await attempt(email, password)).status, 201);
    for (let i = 0; i < 9; i++)
      assert.equal((await attempt(email, 'wrong')).status, 401, 'counted from the start again');
    assert.equal((await attempt(email, password)).status, 201);
  });

  it('come after thirty failures from an address, whatever e-mails were tried', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, { trustProxy: () => true }, {}, clock);
    const from = (address: string, i: number) =>
      visitor(opened, { 'x-forwarded-for': address }).call(
        session,
        post({ email: `${i}@example.com`, password }),
      );
    for (let i = 0; i < 30; i++) assert.equal((await from(`2001:db8:1:2::${i.toString(16)}`, i)).status, 401);
    assert.equal((await from('2001:db8:1:2:ffff::1', 99)).status, 429);
    assert.equal((await from('2001:db8:1:3::1', 99)).status, 401);
  });

  it('hold many attempts at the same moment to the same count', async (context) => {
    const opened = await openServer(context);
    const all = await Promise.all(
      Array.from({ length: 40 }, () => visitor(opened).call(session, post({ email, password }))),
    );
    const counts = Map.groupBy(all, ({ status }) => status);
    assert.deepEqual([...counts.keys()].sort(), [401, 429]);
    assert.ok(counts.get(401)!.length <= 10, `${counts.get(401)!.length} were checked`);
  });
});

describe('a session', () => {
  it('gets a new token after a day of use; the old one is good for a minute more', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, {}, {}, clock);
    const browser = await signedInKeeper(opened);
    const late = visitor(opened);
    for (const [name, value] of browser.cookies) late.cookies.set(name, value);
    const before = new Map(browser.cookies);
    clock.advance(millisecondsPerDay - 1);
    await browser.data(session);
    assert.deepEqual(browser.cookies, before);
    clock.advance(1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.call(session)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    assert.equal(answers.filter((each) => each.headers.get('set-cookie')).length, 1);
    assert.notDeepEqual(browser.cookies, before);
    await browser.data(session);
    clock.advance(59_000);
    assert.equal((await late.call(session)).status, 200);
    assert.equal(late.setCookie, null, 'the old token gets no successor');
    clock.advance(1_000);
    assert.equal((await late.call(session)).status, 401);
    assert.equal((await browser.call(session)).status, 200);
  });

  it('gets another token when the answer that brought one was lost', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, {}, {}, clock);
    const browser = await signedInKeeper(opened);
    const before = new Map(browser.cookies);
    clock.advance(millisecondsPerDay);
    // a page that goes away reads no answer
    assert.equal((await browser.call(session)).status, 200);
    const lost = new Map(browser.cookies);
    for (const [name, value] of before) browser.cookies.set(name, value);
    clock.advance(5_000);
    const answers = await Promise.all([browser.call(session), browser.call(session), browser.call(session)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(answers.filter((each) => each.headers.get('set-cookie')).length, 1);
    assert.notDeepEqual(browser.cookies, lost);
    clock.advance(100_000);
    await browser.data(session);
    const stale = visitor(opened);
    for (const cookies of [before, lost]) {
      for (const [name, value] of cookies) stale.cookies.set(name, value);
      assert.equal((await stale.call(session)).status, 401);
    }
  });

  it('ends after two weeks without use, and after ninety days in any case', async (context) => {
    const clock = new TestClock();
    const opened = await openServer(context, {}, {}, clock);
    const [idle, used] = [await signedInKeeper(opened), await signedInKeeper(opened)];
    for (let day = 0; day < sessionAgeMs / millisecondsPerDay; day++) {
      assert.equal((await used.call(session)).status, 200, `day ${day}`);
      if (day * millisecondsPerDay === sessionIdleMs) assert.equal((await idle.call(session)).status, 401);
      clock.advance(millisecondsPerDay);
    }
    assert.equal((await used.call(session)).status, 401);
    await opened.people.sessions.sweep();
  });

  it('ends when it is signed out, and the cookie goes', async (context) => {
    const opened = await openServer(context);
    const browser = await signedInKeeper(opened);
    const old = new Map(browser.cookies);
    await browser.data(session, { method: 'DELETE' });
    assert.equal(browser.cookies.size, 0);
    await browser.data(session, { method: 'DELETE' });
    const thief = visitor(opened);
    for (const [name, value] of old) thief.cookies.set(name, value);
    assert.equal((await thief.call(session)).status, 401);
  });
});

describe('the cookie', () => {
  it('is kept from scripts and other sites, and is Secure behind TLS', async (context) => {
    const opened = await openServer(context, { trustProxy: (address) => address === '127.0.0.1' });
    const plain = await signedInKeeper(opened);
    assert.match(
      plain.setCookie!,
      /^millrace_session=mr_session_[\w-]{43}; Path=\/; Max-Age=1296000; HttpOnly; SameSite=Lax$/,
    );
    const tls = { 'x-forwarded-proto': 'https' };
    const secure = await signedInKeeper(opened, tls);
    assert.match(
      secure.setCookie!,
      /^__Host-millrace_session=mr_session_[\w-]{43}; Path=\/; Max-Age=1296000; HttpOnly; SameSite=Lax; Secure$/,
    );
    assert.equal((await secure.call(session)).status, 200);
    // a plain cookie may come from a neighboring site, so over TLS it counts for nothing
    const tossed = visitor(opened, tls);
    for (const [name, value] of plain.cookies) tossed.cookies.set(name, value);
    assert.equal((await tossed.call(session)).status, 401);
  });

  it('is not Secure on the word of somebody who is not trusted', async (context) => {
    const opened = await openServer(context);
    const browser = await signedInKeeper(opened, { 'x-forwarded-proto': 'https' });
    assert.match(browser.setCookie!, /^millrace_session=.*SameSite=Lax$/);
  });

  it('is not read when there are two that differ', async (context) => {
    const opened = await openServer(context);
    const [mine, theirs] = [await signedInKeeper(opened), await signedInKeeper(opened)];
    const [a, b] = [mine, theirs].map(({ cookies }) => cookies.get('millrace_session'));
    const both = { cookie: `millrace_session=${a}; millrace_session=${b}`, 'sec-fetch-site': 'same-origin' };
    assert.equal((await opened.call(session, { headers: both })).status, 401);
    const same = {
      cookie: `x=1; millrace_session=${a};millrace_session=${a}`,
      'sec-fetch-site': 'same-origin',
    };
    assert.equal((await opened.call(session, { headers: same })).status, 200);
  });
});
