/** Sequences without the places of their events are put in order; those whose order that does not tell are left out and named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shortLayoutOf } from '../../../src/store/clickhouse/event-words.ts';
import { shortBlock } from '../../../src/store/clickhouse/short-events.ts';
import type { SequenceQuestion } from '../../../src/store/sequences.ts';

const from = Date.UTC(2026, 0, 1);
const tag = { field: 'type', op: 'exists' } as const;
const question: SequenceQuestion = {
  scope: { version: 1, project: 'p', from, to: from + 90 * 86_400_000, timeZone: 'UTC', bots: 'exclude' },
  tags: [tag, tag],
  taggedOnly: true,
  per: 'user',
  field: { name: 'path', values: ['/', '/a', '/b'] },
};

interface Event {
  readonly time: number;
  readonly tags: number;
  readonly code: number;
}

const times = [0, 1, 2, 3, 1_000, 2 ** 32 - 1, 2 ** 32, 90 * 86_400_000 - 1];
const events = fc.record(
  {
    time: fc.oneof(fc.constantFrom(...times), fc.integer({ min: 0, max: 90 * 86_400_000 - 1 })),
    tags: fc.integer({ min: 0, max: 3 }),
    code: fc.integer({ min: 0, max: 3 }),
  },
  { noNullPrototype: true },
);
const sequences = fc.array(fc.array(events, { minLength: 1, maxLength: 60, size: 'max' }), { maxLength: 8 });

test('sequences are in order where times or sameness tell it, and all others are named', () => {
  const layout = shortLayoutOf(question)!;
  const numberOf = ({ time, tags, code }: Event): bigint =>
    (BigInt(time) << BigInt(layout.lowBits)) | BigInt(tags | (1 << 2) | (code << 3));
  let unsureCount = 0;
  fc.assert(
    fc.property(sequences, (all) => {
      const packed = BigUint64Array.from(all.flat(), numberOf);
      let end = 0;
      const ends = Uint32Array.from(all, (one) => {
        end += one.length;
        return end;
      });
      const keys = BigUint64Array.from(all, (_, i) => BigInt(i + 1));
      const { block, unsure } = shortBlock({ keys, ends, packed: packed.buffer }, layout, true);
      const isUnsure = (one: readonly Event[]): boolean =>
        one.some((a) => one.some((b) => a.time === b.time && numberOf(a) !== numberOf(b)));
      assert.deepEqual(
        [...unsure],
        [...keys].filter((_, i) => isUnsure(all[i]!)),
      );
      unsureCount += unsure.length;
      const sure = all.map((one, i) => [keys[i]!, one] as const).filter(([, one]) => !isUnsure(one));
      assert.deepEqual(
        [...block.keys],
        sure.map(([key]) => key),
      );
      const wanted = sure.flatMap(([, one]) => one.toSorted((a, b) => a.time - b.time));
      const got = wanted.map((_, i) => ({
        time: block.times[i]! - from,
        tags: block.tags[i]!,
        code: block.codes![i]!,
      }));
      assert.deepEqual(got, wanted);
      assert.deepEqual([block.times.length, block.ends.at(-1) ?? 0], [wanted.length, wanted.length]);
    }),
    { numRuns: 300 },
  );
  assert.ok(unsureCount > 0, 'some are not sure');
});

test('what does not fit a double has no such form', () => {
  const { scope } = question;
  const years = { ...scope, to: from + 2 ** 44 };
  assert.equal(
    shortLayoutOf({ ...question, scope: years, tags: Array.from({ length: 9 }, () => tag) }),
    undefined,
  );
  assert.equal(
    shortLayoutOf({ ...question, field: { name: 'path', values: new Array<string>(2 ** 21).fill('') } }),
    undefined,
  );
});
