import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PatternInvalid, parsePattern, patternText } from '../../src/plan/pattern.ts';
import { PatternMatcher } from '../../src/plan/pattern-match.ts';

const found = (pattern: string, text: string): boolean => new PatternMatcher(pattern).test(text);

describe('patterns of filters', () => {
  it('are found anywhere unless they are anchored', () => {
    assert.ok(found('b+c', 'aabbcc'));
    assert.ok(!found('^b', 'ab'));
    assert.ok(found('^/blog/[0-9]{4}/', '/blog/2026/x'));
    assert.ok(found('(?:jpg|png)$', '/a.png'));
    assert.ok(!found('(jpg|png)$', '/a.png?x'));
    assert.ok(found('', 'anything'));
    assert.ok(found('a{2,3}b', 'aaab') && !found('^a{2,3}b', 'aaaab'));
    assert.ok(found('^.$', '😀') && !found('.', '\n'));
    assert.ok(found('^[^\\d\\s]+$', 'é-_') && found('\\W', '-') && !found('\\w', 'é'));
    assert.ok(found('[a\\-z]', '-') && found('[a-]', '-') && found('[\\]]', ']'));
  });

  it('that not every store reads alike are refused with what is wrong and where', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['(a', /\( without its \)/],
      ['a)', /\) without its \(/],
      ['a**', /repeats a repetition/],
      ['a*?', /repeats a repetition/],
      ['^*', /repeats \^/],
      ['(?=a)', /not every store knows/],
      ['\\1', /\\1, which not every store knows/],
      ['\\b', /\\b/],
      ['[b-a]', /range b-a/],
      ['[]', /empty/],
      ['[a', /ends too early/],
      ['a{101}', /up to 100/],
      ['a{2,1}', /\{m,n\}/],
      ['}', /write \\\}/],
      ['(((a{100}){100}){100})', /written out/],
      ['a'.repeat(201), /at most 200/],
      ['\0', /NUL/],
    ];
    for (const [pattern, message] of cases)
      assert.throws(
        () => parsePattern(pattern),
        (error) => error instanceof PatternInvalid && message.test(error.message),
        pattern,
      );
  });

  it('cost time by the length of text and pattern alone', () => {
    assert.ok(!found('^(a*)*b$', 'a'.repeat(20_000)));
    assert.ok(!found('(a|a|a)*(a|b)*c', 'ab'.repeat(5_000)));
  });

  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\d',
    '[ab-]',
    '[^a]',
    '(a|b)',
    '(ab|)',
    'é',
    '😀',
    '\\.',
    '\\/',
    '-',
    '\\W',
    '\\[',
  );
  const bound = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}');
  const branch = fc
    .array(fc.tuple(piece, bound), { maxLength: 4 })
    .map((pieces) => pieces.map(([one, times]) => one + times).join(''));
  const pattern = fc
    .tuple(fc.boolean(), branch, branch, fc.boolean(), fc.boolean())
    .map(
      ([start, one, other, both, end]) =>
        `${start ? '^' : ''}(${one}${both ? `|${other}` : ''})${end ? '$' : ''}`,
    );
  const text = fc
    .array(fc.constantFrom('a', 'b', '1', '.', 'é', '😀', '\n', '-', '/', '['), { maxLength: 6 })
    .map((chars) => chars.join(''));

  it('mean what JavaScript says of them', () => {
    fc.assert(
      fc.property(pattern, text, (given, where) => {
        const regex = new RegExp(patternText(parsePattern(given)), 'u');
        assert.equal(found(given, where), regex.test(where), `${given} in ${JSON.stringify(where)}`);
      }),
      { numRuns: 3_000 },
    );
  });
});
