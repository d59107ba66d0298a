import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { clientAddress, parseTrustProxy } from '../../src/http/client-address.ts';

function seen(setting: string, remoteAddress: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddress({ socket: { remoteAddress }, headers } as IncomingMessage, parseTrustProxy(setting)!);
}

describe('the address of a client', () => {
  it('is the peer of the socket when nobody is trusted, whatever the header says', () => {
    assert.equal(seen('false', '198.51.100.1', '203.0.113.9'), '198.51.100.1');
    assert.equal(seen('0', '198.51.100.1', '203.0.113.9'), '198.51.100.1');
  });

  it('is read from the right for as many hops as are trusted', () => {
    const header = '1.1.1.1, 203.0.113.9, 10.0.0.2';
    assert.equal(seen('1', '10.0.0.1', header), '10.0.0.2');
    assert.equal(seen('2', '10.0.0.1', header), '203.0.113.9');
    assert.equal(seen('9', '10.0.0.1', header), '1.1.1.1');
  });

  it('is the first from the right that is not in a trusted network', () => {
    const header = '1.1.1.1, 203.0.113.9, 10.9.9.9, 127.0.0.1';
    assert.equal(seen('loopback, 10.0.0.0/8', '127.0.0.1', header), '203.0.113.9');
    assert.equal(seen('loopback', '127.0.0.1', header), '10.9.9.9');
    assert.equal(seen('private,loopback', '::1', header), '203.0.113.9');
    assert.equal(
      seen('10.0.0.0/8', '198.51.100.1', header),
      '198.51.100.1',
      'the peer itself is not trusted',
    );
    assert.equal(seen('2001:db8::/32', '2001:db8::1', '2001:db9::5'), '2001:db9::5');
  });

  it('stops at what is no address', () => {
    assert.equal(seen('9', '10.0.0.1', 'unknown, 203.0.113.9'), '203.0.113.9');
    assert.equal(seen('9', '10.0.0.1', '"><script>'), '10.0.0.1');
    assert.equal(seen('9', '10.0.0.1', ''), '10.0.0.1');
  });

  it('is given without port, brackets, zone, and disguise as IPv6', () => {
    assert.equal(seen('1', '::ffff:10.0.0.1', '203.0.113.9:4711'), '203.0.113.9');
    assert.equal(seen('1', '10.0.0.1', '[2001:db8::7]:443'), '2001:db8::7');
    assert.equal(seen('false', 'fe80::1%eth0'), 'fe80::1');
    assert.equal(seen('false', '::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(seen('false', undefined), '');
  });

  it('survives a header with very many hops', () => {
    assert.equal(seen('16', '10.0.0.1', Array(5_000).fill('203.0.113.9').join(',')), '203.0.113.9');
  });

  it('takes no setting that breaks the rule', () => {
    for (const wrong of [
      '17',
      'true',
      '10.0.0.0/33',
      '10.0.0.0/',
      'somewhere',
      '10.0.0.0/8/8',
      'loopback,',
    ]) {
      assert.equal(parseTrustProxy(wrong), undefined, wrong);
    }
  });
});
