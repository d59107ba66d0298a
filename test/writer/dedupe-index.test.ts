import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Dedupe } from '../../src/writer/dedupe.ts';
import { slotsMin } from '../../src/writer/dedupe-generation.ts';
import { type DedupeBounds, DedupeIndex, dedupeBounds } from '../../src/writer/dedupe-index.ts';
import { generationSpans } from '../../src/writer/dedupe-restore.ts';
import { SnapshotFiles } from '../../src/writer/dedupe-snapshot.ts';

const bounds: DedupeBounds = { idsMin: 40, ageMinMs: 1000, generationIdsMax: 10, generationAgeMaxMs: 250 };
const key = Uint8Array.from({ length: 16 }, (_, index) => index * 7);

/** By so much the clocks of collectors disagree. */
const jitterMs = 10;

/** Ids from a small set, with times that mostly grow. */
const step = fc.tuple(fc.nat(120), fc.integer({ min: -jitterMs, max: 70 }));

const longStream = fc.array(step, { minLength: 200, maxLength: 300 });
const savesAt = fc.array(fc.nat(199), { minLength: 1, maxLength: 3 });

interface Seen {
  readonly id: string;
  readonly at: number;
}

function timed(steps: readonly (readonly [number, number])[]): Seen[] {
  let at = 1_000_000;
  return steps.map(([id, later]) => {
    at += later;
    return { id: `e${id}`, at };
  });
}

test('an id is remembered until 24 hours have passed or 10 million others came, and one never seen is no hit', () => {
  fc.assert(
    fc.property(longStream, (steps) => {
      const index = new DedupeIndex(key, bounds);
      const last = new Map<string, { position: number; at: number }>();
      for (const [position, { id, at }] of timed(steps).entries()) {
        const hit = index.observe(id, at);
        const before = last.get(id);
        if (before === undefined) assert.equal(hit, false, `${id} was never seen`);
        else if (position - before.position <= bounds.idsMin && at - before.at < bounds.ageMinMs - jitterMs)
          assert.equal(hit, true, `${id} came ${position - before.position} before`);
        last.set(id, { position, at });
      }
    }),
    { numRuns: 300 },
  );
});

test('what it remembers is bounded, whatever comes', () => {
  fc.assert(
    fc.property(longStream, (steps) => {
      const index = new DedupeIndex(key, bounds);
      for (const { id, at } of timed(steps)) index.observe(id, at);
      const { ids, generations } = index.usage();
      assert.ok(ids <= bounds.idsMin + 2 * bounds.generationIdsMax, `${ids} ids`);
      assert.ok(generations * slotsMin * 8 === index.usage().bytes);
    }),
  );
});

test('one event with a clock that is a year ahead makes it forget nothing', () => {
  const index = new DedupeIndex(key, bounds);
  index.observe('a', 0);
  index.observe('ahead', 365 * 24 * 3_600_000);
  index.observe('b', 10);
  assert.equal(index.observe('a', 20), true);
});

test('ids that are long past are forgotten, so that little traffic takes little memory', () => {
  const index = new DedupeIndex(key, bounds);
  for (let at = 0; at < 100_000; at += 100) index.observe(`e${at}`, at);
  assert.ok(index.usage().generations <= 8, `${index.usage().generations} generations`);
});

test('an index of 250,000 ids takes 4 MiB and finds all of them', () => {
  const index = new DedupeIndex(key, { ...dedupeBounds, generationIdsMax: 250_000 });
  for (let id = 0; id < 250_000; id++) assert.equal(index.observe(`${id}`, 0), false);
  for (let id = 0; id < 250_000; id += 100) assert.equal(index.load(`${id}`, 0), true);
  assert.equal(index.usage().bytes, 2 ** 19 * 8);
});

test('an index that is written and read again goes on exactly as it would have', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-dedupe-'));
  try {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(longStream, savesAt, async (steps, saves) => {
        const own = join(directory, String(run++));
        const plain = new DedupeIndex(key, bounds);
        let saved = new DedupeIndex(key, bounds);
        const files = new SnapshotFiles(own, 3);
        for (const [position, { id, at }] of timed(steps).entries()) {
          assert.equal(saved.observe(id, at), plain.observe(id, at));
          if (!saves.includes(position)) continue;
          await files.write({ position, key, generations: saved.states() });
          const read = await new SnapshotFiles(own, 3).read();
          assert.equal(read?.position, position);
          saved = new DedupeIndex(read!.key, bounds, read!.generations);
          assert.deepEqual(saved.usage(), plain.usage());
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a snapshot that was captured does not change with the index', async () => {
  const dedupe = Dedupe.empty(0, bounds);
  dedupe.observe([{ project: 'p', eventId: 'a', receivedAt: 0 }]);
  const snapshot = await dedupe.capture();
  dedupe.observe([{ project: 'p', eventId: 'b', receivedAt: 0 }]);
  const restored = new DedupeIndex(snapshot.key, bounds, snapshot.generations);
  assert.equal(restored.usage().ids, 1);
  assert.equal(restored.observe('p\0b', 0), false);
  assert.equal(restored.observe('p\0a', 0), true);
});

test('a rebuilt index takes the newest ids that fit, a generation at a time, oldest first', () => {
  const minute = 60_000;
  const perMinute = new Map([
    [1, 8],
    [5, 9],
    [2, 8],
    [4, 2],
    [6, 30],
    [3, 1],
  ]);
  assert.deepEqual(generationSpans(perMinute, bounds), [
    [4 * minute, 5 * minute],
    [5 * minute, 6 * minute],
    [6 * minute, Number.POSITIVE_INFINITY],
  ]);
  assert.deepEqual(generationSpans(new Map(), bounds), []);
});
