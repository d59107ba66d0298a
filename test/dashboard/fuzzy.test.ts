/** What a few letters find in the palette. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fit, plain } from '../../dashboard/src/shell/palette/fuzzy.ts';

const best = (typed: string, names: readonly string[]) =>
  names
    .map((name) => ({ name, score: fit(plain(typed), plain(name)) }))
    .filter(({ score }) => score !== undefined)
    .toSorted((a, b) => b.score! - a.score!)
    .map(({ name }) => name);

describe('the fuzzy search of the palette', () => {
  it('finds by the beginnings of words before the middles of words, and by letters with gaps last', () => {
    const names = ['Checkout funnel', 'Dysfunction', 'Fun', 'Sales by country'];
    assert.deepEqual(best('fun', names), ['Fun', 'Checkout funnel', 'Dysfunction']);
    assert.deepEqual(best('fnl', names), ['Checkout funnel']);
  });

  it('wants every word, in any order, and minds neither case nor accents', () => {
    const names = ['Käufer je Land', 'Käufer', 'Land'];
    assert.deepEqual(best('LAND kaufer', names), ['Käufer je Land']);
  });

  it('finds nothing where a letter is missing, and takes signs as they are', () => {
    assert.deepEqual(best('zzz', ['Zoo']), []);
    assert.deepEqual(best('cy', ['Checkout of yesterday']), []);
    assert.deepEqual(best('.*(', ['a.*(b', 'ab']), ['a.*(b']);
  });
});
