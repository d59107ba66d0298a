import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { hashKey, hintOf, makeKey } from '../../src/catalog/keys.ts';

describe('a key', () => {
  it('names its scope and carries 256 bits as 43 letters and digits', () => {
    for (const scope of ['write', 'read', 'admin'] as const) {
      const { secret } = makeKey({ project: 'p', scope, name: '' }, randomBytes, 0);
      assert.match(secret, new RegExp(`^mr_${scope}_[0-9A-Za-z]{43}$`));
    }
  });

  it('has the same length whatever the random bytes are, and differs when they do', () => {
    const of = (byte: number) =>
      makeKey({ project: 'p', scope: 'read', name: '' }, (count) => new Uint8Array(count).fill(byte), 0)
        .secret;
    assert.equal(of(0).length, of(255).length);
    assert.equal(new Set([0, 1, 128, 255].map(of)).size, 4);
  });

  it('is kept as its SHA-256 and a hint that gives four characters away', () => {
    const { secret, key } = makeKey(
      { project: 'p', scope: 'write', name: 'n', origins: ['https://a.example'] },
      randomBytes,
      7,
    );
    assert.equal(key.hash, createHash('sha256').update(secret).digest('hex'));
    assert.equal(key.hash, hashKey(secret));
    assert.equal(key.hint, `${secret.slice(0, 'mr_write_'.length + 4)}…`);
    assert.deepEqual(
      [key.project, key.scope, key.name, key.origins, key.createdAt],
      ['p', 'write', 'n', ['https://a.example'], 7],
    );
    assert.ok(!JSON.stringify(key).includes(secret));
  });

  it('gets a hint that is short even when the key is not of this shape', () => {
    assert.equal(hintOf('sixteen-or-more-characters'), 'sixt…');
  });
});
