/** What boards are made of, without a browser: where tiles stand, what the board’s range does to a plan, whose turn it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arranged, type Box, resized, stepped } from '../../dashboard/src/pages/boards/arrange.ts';
import { bodyOf, draftOf } from '../../dashboard/src/pages/boards/board.ts';
import {
  type BoardScope,
  scoped,
  scopeInAddress,
  searchOfScope,
} from '../../dashboard/src/pages/boards/scope.ts';
import { atMost } from '../../dashboard/src/pages/boards/turns.ts';

const columns = 12;
const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const boxes = fc.array(
  fc.record({
    x: fc.integer({ min: 0, max: 14 }),
    y: fc.integer({ min: 0, max: 30 }),
    width: fc.integer({ min: 1, max: 14 }),
    height: fc.integer({ min: 1, max: 8 }),
  }),
  { minLength: 1, maxLength: 40 },
);

function assertWhole(all: readonly Box[]): void {
  const taken = new Map<string, number>();
  for (const [index, { x, y, width, height }] of all.entries()) {
    assert.ok(x >= 0 && y >= 0 && x + width <= columns, 'within the grid');
    for (let column = x; column < x + width; column++)
      for (let row = y; row < y + height; row++) {
        assert.ok(!taken.has(`${column} ${row}`), 'none over another');
        taken.set(`${column} ${row}`, index);
      }
  }
  for (const { x, y, width } of all)
    assert.ok(
      y === 0 || [...Array(width).keys()].some((i) => taken.has(`${x + i} ${y - 1}`)),
      'nothing floats above an empty place',
    );
}

describe('the grid', () => {
  it('has no two tiles over each other and nothing floating, whatever is moved where', () => {
    fc.assert(
      fc.property(
        boxes,
        fc.nat(),
        fc.integer({ min: -5, max: 15 }),
        fc.integer({ min: 0, max: 40 }),
        (all, at, x, y) => {
          const index = at % all.length;
          const still = arranged(all, columns);
          assertWhole(still);
          assert.deepEqual(arranged(still, columns), still, 'what is arranged stays');
          const moved = arranged(still, columns, { index, to: { ...still[index]!, x, y } });
          assertWhole(moved);
          assert.equal(
            moved[index]!.x,
            Math.max(0, Math.min(columns - still[index]!.width, x)),
            'it goes where it was put',
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('moves a tile past the next one by one key, and back by the other', () => {
    const column = [box(0, 0, 6, 4), box(0, 4, 6, 3), box(6, 0, 6, 7)];
    const down = stepped(column, columns, 0, 0, 1);
    assert.deepEqual(down, [box(0, 3, 6, 4), box(0, 0, 6, 3), box(6, 0, 6, 7)]);
    assert.deepEqual(stepped(down, columns, 0, 0, -1), column);
    assert.deepEqual(stepped(column, columns, 0, 0, -1), column, 'at the top there is no way up');
    assert.deepEqual(stepped(column, columns, 0, -1, 0), column, 'nor to the left of the edge');
  });

  it('lets a tile that comes from beside take the place of what stands there', () => {
    const row = [box(0, 0, 6, 4), box(6, 0, 6, 4)];
    for (const y of [0, 1])
      assert.deepEqual(
        arranged(row, columns, { index: 1, to: box(3, y, 6, 4) }),
        y === 0 ? [box(0, 4, 6, 4), box(3, 0, 6, 4)] : [box(0, 0, 6, 4), box(3, 4, 6, 4)],
      );
  });

  it('makes room for a tile that grows, within its columns', () => {
    const row = [box(0, 0, 6, 4), box(6, 0, 6, 4)];
    assert.deepEqual(resized(row, columns, 0, 1, 0), [box(0, 0, 7, 4), box(6, 4, 6, 4)]);
    assert.deepEqual(resized(row, columns, 1, 1, 0), row);
  });
});

describe('the board’s range, zone and filter', () => {
  const de = { field: 'country', op: 'eq', value: 'DE' };
  const plans = [
    { kind: 'trend', range: '90d', interval: 'day', compare: 'previous', filter: de },
    { kind: 'trend', from: '2026-01-01', to: '2026-02-01', interval: '15m', compare: { from: 1, to: 2 } },
    { kind: 'summary', range: '7d', by: 'country' },
    { kind: 'funnel', range: '30d', steps: [], timeZone: 'UTC' },
    { kind: 'live' },
    { kind: 'experiment', from: '2026-01-01', to: '2026-02-01', experiment: 'a', filter: de },
  ];
  it('stand over those of the tile, beside its filter, in buckets that a chart can show', () => {
    const [daily, fine, , , live, experiment] = plans as [never, never, never, never, never, never];
    assert.deepEqual(scoped(daily, { range: 'today', filter: de }), {
      kind: 'trend',
      filter: { and: [de, de] },
      range: 'today',
      compare: 'previous',
      interval: 'hour',
    });
    assert.deepEqual(scoped(fine, { range: 'all' }), {
      kind: 'trend',
      range: 'all',
      interval: 'month',
    });
    assert.deepEqual(scoped(live, { range: '7d' }), live);
    assert.deepEqual(scoped(experiment, { range: '7d', filter: de }), experiment);
  });

  it('come back from the address as they went in', () => {
    const kept: BoardScope = { range: '7d', filter: de };
    const scopes: readonly BoardScope[] = [
      {},
      kept,
      { range: '30d', timeZone: 'UTC' },
      { from: '2026-01-01', to: '2026-02-01', filter: de },
    ];
    for (const scope of scopes) {
      const search = searchOfScope(scope, kept);
      assert.deepEqual(scopeInAddress(search as never, kept), scope);
    }
    assert.deepEqual(searchOfScope(kept, kept), {});
    assert.deepEqual(scopeInAddress({ range: 'soon', from: 'x', where: '{' }, kept), kept);
  });
});

describe('a board’s body', () => {
  it('comes out of the page as it went in, with what the page does not know', () => {
    const body = {
      tiles: [{ question: 'a', layout: box(0, 0, 6, 4), view: { form: 'table' } }],
      view: { scope: { range: '7d' as const }, other: { kept: true } },
      description: 'About sales',
    };
    assert.deepEqual(bodyOf(draftOf('Board', body), body), body);
    assert.deepEqual(bodyOf(draftOf('Board', { tiles: [] }), { tiles: [] }), { tiles: [] });
  });

  it('of more columns than the page has is fitted into its own', () => {
    const { tiles } = draftOf('Wide', {
      tiles: [
        { text: 'a', layout: box(0, 0, 24, 4) },
        { text: 'b', layout: box(24, 0, 24, 4) },
      ],
    });
    assert.deepEqual(
      tiles.map(({ layout }) => layout),
      [box(0, 0, 6, 4), box(6, 0, 6, 4)],
    );
  });
});

describe('questions of one board', () => {
  it('are asked so many at a time, and not at all when nobody wants them any more', async () => {
    const turns = atMost(2);
    const done: (() => void)[] = [];
    const begun: number[] = [];
    const ask = (n: number, signal = new AbortController().signal) =>
      turns(signal, () => {
        begun.push(n);
        return new Promise<void>((resolve) => done.push(resolve));
      });
    const gone = new AbortController();
    const asked = [ask(1), ask(2), ask(3, gone.signal), ask(4)];
    await Promise.resolve();
    assert.deepEqual(begun, [1, 2]);
    gone.abort(new Error('gone'));
    await assert.rejects(asked[2]!, /gone/);
    done[0]!();
    await asked[0];
    await new Promise(setImmediate);
    assert.deepEqual(begun, [1, 2, 4]);
    done[1]!();
    done[2]!();
    await Promise.all([asked[1], asked[3]]);
  });
});
