import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareBytes } from '../../src/plan/text.ts';

test('text is ordered by its UTF-8 bytes', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\u0000', 'é', '\ud7ff', '\ue000', '～', '😀', '𐀀'))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('an emoji comes after a full-width tilde, other than by JavaScript', () => {
  assert.ok('😀' < '～');
  assert.ok(compareBytes('😀', '～') > 0);
});
