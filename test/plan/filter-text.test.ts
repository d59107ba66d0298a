import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FilterTextInvalid, parseFilterText, splitFilterTexts } from '../../src/plan/filter-text.ts';

describe('filters as text', () => {
  it('take = and == for the same', () => {
    const filter = { field: 'country', op: 'eq', value: 'DE' };
    for (const text of ['country=DE', 'country==DE', ' country == DE'])
      assert.deepEqual(parseFilterText(text), filter);
    assert.deepEqual(parseFilterText('title~=x'), { field: 'title', op: 'contains', value: '=x' });
    assert.throws(() => parseFilterText('country'), FilterTextInvalid);
  });

  it('are told apart at a separator, but not within quotes or JSON', () => {
    const cases: readonly [string, readonly string[]][] = [
      ['country==DE;type==pageview', ['country==DE', 'type==pageview']],
      [' a==1 ; b? ;', ['a==1', 'b?']],
      ['title=="a;b";type==x', ['title=="a;b"', 'type==x']],
      [
        '{"field":"title","op":"eq","value":"};\\""};a?',
        ['{"field":"title","op":"eq","value":"};\\""}', 'a?'],
      ],
      // neither an inch mark, nor a bracket, nor quotes that never end swallow what follows
      ['title~5" disk;type==x', ['title~5" disk', 'type==x']],
      ['path^=/a(b;type==x', ['path^=/a(b', 'type==x']],
      ['title=="open;type==x', ['title=="open', 'type==x']],
      ['', []],
    ];
    for (const [text, pieces] of cases) assert.deepEqual(splitFilterTexts(text, ';'), pieces, text);
    assert.deepEqual(splitFilterTexts('a,type=="b,c",d', ','), ['a', 'type=="b,c"', 'd']);
  });
});
