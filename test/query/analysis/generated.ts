/** Sequences of few events for the folds, and the same as rows for the evaluators that try everything. */
import fc from 'fast-check';
import type { EventRow } from '../../../src/event/event-row.ts';
import type { FunnelOrder, FunnelPlan } from '../../../src/plan/analysis.ts';
import type { Filter } from '../../../src/plan/plan.ts';
import type { SequenceBlock } from '../../../src/store/sequences.ts';
import { eventRow } from '../../../src/testing/rows.ts';

export const scope = {
  version: 1,
  project: 'p',
  from: 0,
  to: 1_000,
  timeZone: 'UTC',
  bots: 'include',
} as const;

/** An event is a time and the tags that it matches, as bits. */
export interface Tagged {
  readonly time: number;
  readonly bits: number;
}

/** Tag i of an event: a property of its own. */
export const tagFilter = (tag: number): Filter => ({ field: `properties.t${tag}`, op: 'eq', value: true });

export const rowOf = ({ time, bits }: Tagged, offset: number): EventRow =>
  eventRow({
    timestamp: time,
    offset,
    properties: Object.fromEntries(
      Array.from({ length: 8 }, (_, tag) => [`t${tag}`, (bits & (1 << tag)) !== 0]),
    ),
  });

/** Up to `lengthMax` events in order, many at the same time. */
export const sequences = (tags: number, lengthMax: number): fc.Arbitrary<readonly Tagged[]> =>
  fc
    .array(
      fc.record({
        step: fc.constantFrom(0, 0, 1, 1, 2, 5),
        // mostly one tag or none
        bits: fc.oneof(
          { weight: 3, arbitrary: fc.integer({ min: 0, max: tags - 1 }).map((tag) => 1 << tag) },
          { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 ** tags - 1 }) },
        ),
      }),
      { maxLength: lengthMax },
    )
    .map((events) => {
      let time = 0;
      return events.map(({ step, bits }) => {
        time += step;
        return { time, bits };
      });
    });

/** Sequences of one block, one after the other. */
export function blockOf(all: readonly (readonly Tagged[])[], codes?: readonly number[]): SequenceBlock {
  let end = 0;
  return {
    keys: BigUint64Array.from(all, (_, i) => BigInt(i + 1)),
    ends: Uint32Array.from(all, (one) => (end += one.length)),
    times: Float64Array.from(all.flat(), ({ time }) => time),
    tags: Uint32Array.from(all.flat(), ({ bits }) => bits),
    ...(codes && { codes: Uint32Array.from(codes) }),
  };
}

/** Of 2 to 4 steps; in order also with bounds between steps and exclusions. */
export const funnels: fc.Arbitrary<FunnelPlan> = fc
  .record({
    steps: fc.integer({ min: 2, max: 4 }),
    order: fc.constantFrom<FunnelOrder>('ordered', 'ordered', 'strict', 'any'),
    windowMs: fc.constantFrom(1, 2, 4, 7, 1_000),
    within: fc.array(fc.constantFrom(undefined, undefined, 0, 1, 3), { minLength: 4, maxLength: 4 }),
    exclusions: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
      maxLength: 2,
    }),
  })
  .map(({ steps, order, windowMs, within, exclusions }) => ({
    ...scope,
    kind: 'funnel',
    order,
    windowMs,
    per: 'user',
    steps: Array.from({ length: steps }, (_, i) => ({
      name: `${i + 1}`,
      filter: tagFilter(i),
      ...(order !== 'any' && i > 0 && within[i] !== undefined && { withinMs: within[i] }),
    })),
    exclude: exclusions
      .filter(([after]) => order !== 'any' && after < steps)
      .map(([after, length], i) => ({
        filter: tagFilter(steps + i),
        after,
        before: Math.min(steps, after + length),
      })),
  }));
