/** Ids of rows: the same for the same input, different for each row of it, in bounded memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RowIds } from '../../src/import/occurrences.ts';

const idsOf = (rows: readonly string[], ids = new RowIds()) => rows.map((row) => ids.next(row, ''));

describe('RowIds', () => {
  it('gives equal rows different ids, and the same ones in every run', () => {
    const rows = ['a', 'b', 'a', 'a', 'b'];
    const ids = idsOf(rows);
    assert.equal(new Set(ids).size, 5);
    assert.deepEqual(idsOf(rows), ids);
    assert.match(ids[0]!, /^[0-9a-f]{32}$/);
    assert.equal(ids[3], `${ids[0]}-2`);
  });

  it('gives a row the same id wherever it stands', () => {
    const [inOne] = idsOf(['x']);
    assert.equal(idsOf(['a', 'b', 'x']).at(-1), inOne);
    assert.equal(new RowIds().next(Buffer.from('x'), ''), inOne);
  });

  it('gives another id under another mapping', () => {
    const [one, other] = ['', 'mapping\n'].map((salt) => new RowIds().next('x', salt));
    assert.notEqual(one, other);
    assert.equal(new RowIds().next(Buffer.from('x'), 'mapping\n'), other);
  });

  it('keeps its promise when there are more different rows than it counts exactly', () => {
    const row = fc.integer({ min: 0, max: 9_000 }).map(String);
    fc.assert(
      fc.property(fc.array(row, { minLength: 8_000, maxLength: 8_500 }), (rows) => {
        const ids = idsOf(rows, new RowIds({ slotsMax: 4_096 }));
        assert.equal(new Set(ids).size, rows.length);
        assert.deepEqual(idsOf(rows, new RowIds({ slotsMax: 4_096 })), ids);
      }),
      { numRuns: 5 },
    );
  });

  it('counts exactly while its table grows', () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => String(n % 20_000));
    const ids = idsOf(rows);
    assert.ok(ids.slice(0, 20_000).every((id) => id.length === 32));
    assert.ok(ids.slice(20_000).every((id, at) => id === `${ids[at]}-1`));
  });
});
