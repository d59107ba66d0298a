import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { Passwords } from '../../src/people/passwords.ts';
import { Pauses } from '../../src/people/pauses.ts';
import { maskText } from '../../src/telemetry/mask.ts';

describe('passwords', () => {
  it('are kept by scrypt at the cost that OWASP advises, with a salt of their own', async () => {
    const passwords = new Passwords({ random: randomBytes });
    const kept = await passwords.hash('a mill on a quick river');
    assert.match(kept, /^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await passwords.matches('a mill on a quick river', kept), true);
    assert.equal(await passwords.matches('a mill on a quick rivex', kept), false);
    const other = new Passwords({ random: randomBytes, costLog2: 10 });
    assert.equal(await other.matches('a mill on a quick river', kept), true, 'by the cost beside the hash');
    assert.notEqual(await other.hash('x'), await other.hash('x'));
  });

  it('match nothing that was not made here', async () => {
    const passwords = new Passwords({ random: randomBytes, costLog2: 10 });
    for (const kept of [undefined, '', 'plain', `$scrypt$ln=30,r=8,p=1$AAAA$${'A'.repeat(43)}`])
      assert.equal(await passwords.matches('plain', kept), false);
  });

  it('are worked on one at a time, few wait, and more are refused', async () => {
    const passwords = new Passwords({ random: randomBytes, costLog2: 10 });
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.matches('x', undefined)));
    const refused = all.filter((each) => each.status === 'rejected');
    assert.equal(refused.length, 11);
    assert.ok(refused.every(({ reason }) => isFailure(reason, 'sign_in_paused')));
    assert.equal(await passwords.matches('x', undefined), false, 'there is room again');
  });

  it('take as long for nobody as for somebody', async () => {
    const passwords = new Passwords({ random: randomBytes, costLog2: 14 });
    const kept = await passwords.hash('a mill on a quick river');
    const cost = async (wanted: string | undefined) => {
      const before = process.cpuUsage();
      for (let i = 0; i < 5; i++) await passwords.matches('another', wanted);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await cost(kept);
    const ratio = (await cost(undefined)) / (await cost(kept));
    assert.ok(ratio > 0.4 && ratio < 2.5, `${ratio}`);
  });
});

describe('pauses in memory', () => {
  it('are bounded: the longest quiet is forgotten', () => {
    const pauses = new Pauses({ monotonic: () => 0, free: 1, forgetMs: 1_000, countersMax: 3 });
    for (const name of ['a', 'b', 'c', 'a', 'd']) pauses.fail(name);
    assert.equal(pauses.size, 3);
    pauses.refuse('b');
    assert.throws(
      () => pauses.refuse('a'),
      (error: unknown) => isFailure(error, 'sign_in_paused'),
    );
  });

  it('are over for who was quiet for long', () => {
    let now = 0;
    const pauses = new Pauses({ monotonic: () => now, free: 1, forgetMs: 1_000 });
    pauses.fail('a');
    assert.throws(() => pauses.refuse('a'));
    now = 1_000;
    pauses.refuse('a');
    assert.equal(pauses.size, 0);
  });
});

describe('tokens that are printed by mistake', () => {
  it('are masked', () => {
    const token = `mr_link_${'a-_9'.repeat(10)}abc`;
    assert.equal(maskText(`see http://x/sign-in#${token} now`), 'see http://x/sign-in#mr_link_*** now');
    assert.equal(
      maskText(`cookie: millrace_session=mr_session_${'b'.repeat(43)}; a=1`),
      'cookie: millrace_session=mr_session_***; a=1',
    );
  });
});
