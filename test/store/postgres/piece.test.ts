import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  newCut,
  numbered,
  type PieceInterval,
  pieceNamed,
  pieceOf,
  piecesAhead,
} from '../../../src/store/postgres/piece.ts';
import { instants } from '../../../src/store/postgres/schema.ts';

const intervals: readonly PieceInterval[] = ['month', 'week', 'day'];
const now = Date.UTC(2026, 10, 20, 14);
const time = fc.integer({ min: instants.min, max: instants.max - 1 });
const cut = fc.constantFrom(...intervals).map((interval) => newCut(interval, now));

test('every time lies in one piece, whose neighbors begin where it ends', () => {
  fc.assert(
    fc.property(cut, time, (cut, at) => {
      const piece = pieceOf(cut, at);
      assert.ok(piece.from <= at && at < piece.to);
      assert.equal(pieceOf(cut, piece.to).from, piece.to);
      assert.equal(pieceOf(cut, piece.to - 1).name, piece.name);
      if (piece.from > cut.floor) assert.equal(pieceOf(cut, piece.from - 1).to, piece.from);
    }),
  );
});

test('a piece is found again by the name of its table, and nothing else is', () => {
  fc.assert(
    fc.property(cut, time, fc.constantFrom(1, 2, 17), (cut, at, number) => {
      const piece = pieceOf(cut, at);
      assert.deepEqual(pieceNamed(cut, numbered(piece.name, number)), piece);
    }),
  );
  const month = newCut('month', now);
  for (const name of [
    'events',
    'events_default',
    'events_2025_06_15',
    'events_2025_13',
    'events_week_2025_06_16',
  ])
    assert.equal(pieceNamed(month, name), undefined, name);
});

test('pieces are months, weeks from Monday, or days, in UTC', () => {
  const at = Date.parse('2025-06-15T23:59:59.999Z'); // a Sunday
  const names = intervals.map((interval) => pieceOf({ interval, floor: 0 }, at).name);
  assert.deepEqual(names, ['events_2025_06', 'events_week_2025_06_09', 'events_2025_06_15']);
});

test('what is older than the floor is one piece', () => {
  const month = newCut('month', now);
  const piece = pieceOf(month, instants.min);
  assert.deepEqual(piece, {
    name: 'events_before',
    from: Number.NEGATIVE_INFINITY,
    to: Date.UTC(2010, 0, 1),
  });
  for (const interval of intervals) {
    const { floor } = newCut(interval, now);
    assert.equal(pieceOf({ interval, floor }, floor).from, floor, 'a floor is the begin of a piece');
  }
});

test('pieces ahead have no gap and reach as far as asked', () => {
  for (const interval of intervals) {
    const pieces = piecesAhead(newCut(interval, now), now, 366);
    assert.ok(pieces[0]!.from <= now && pieces.at(-1)!.to >= now + 366 * 86_400_000);
    for (const [i, piece] of pieces.slice(1).entries()) assert.equal(piece.from, pieces[i]!.to);
  }
});
