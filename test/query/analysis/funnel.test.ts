/** The walk over sequences against the evaluator that tries every way to take events for steps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FunnelPlan } from '../../../src/plan/analysis.ts';
import { FunnelFold, FunnelPeople } from '../../../src/query/analysis/funnel.ts';
import { FunnelSequence } from '../../../src/query/analysis/funnel-sequence.ts';
import { durationBorders } from '../../../src/query/analysis/times.ts';
import { evaluateFunnel } from '../../../src/store/memory/evaluate-funnel.ts';
import { blockOf, funnels, rowOf, sequences, type Tagged, tagFilter } from './generated.ts';

const noPersons = () => new Set<bigint>();
const expected = (plan: FunnelPlan, events: readonly Tagged[]) =>
  evaluateFunnel(plan, events.map(rowOf), noPersons);

const cases = funnels.chain((plan) =>
  fc.tuple(
    fc.constant(plan),
    fc.array(sequences(plan.steps.length + plan.exclude.length, plan.order === 'any' ? 7 : 10), {
      minLength: 1,
      maxLength: 6,
    }),
  ),
);

test('a sequence comes as far, and in the same time, as when every way is tried', () => {
  fc.assert(
    fc.property(cases, ([plan, all]) => {
      const block = blockOf(all);
      const walk = new FunnelSequence(plan);
      let from = 0;
      for (const events of all) {
        const trace = walk.follow(block, from, from + events.length);
        from += events.length;
        const { level, fromStartMs } = expected(plan, events);
        const first = events.findIndex(({ bits }) => (bits & 1) !== 0);
        assert.deepEqual(
          {
            level: trace.level,
            fromStartMs: [...trace.fromStart].slice(1, trace.level + 1),
            firstTouch: trace.firstTouch < 0 ? -1 : trace.firstTouch - (from - events.length),
          },
          { level, fromStartMs, firstTouch: first },
        );
      }
    }),
    { numRuns: 4_000 },
  );
});

test('numbers, groups and people of a step follow from how far each sequence came', () => {
  fc.assert(
    fc.property(
      cases,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('reached', 'dropped'),
      (given, at, outcome) => {
        const [plan, all] = given;
        const step = Math.min(at, outcome === 'dropped' ? plan.steps.length - 1 : plan.steps.length);
        const outcomes = all.map((events) => expected(plan, events));
        const codes = all.flat().map((_, i) => i % 3);
        const fold = new FunnelFold(plan);
        // of one block or of several
        fold.add(blockOf(all.slice(0, 1), codes));
        fold.add(blockOf(all.slice(1), codes.slice(all[0]!.length)));
        const { reached, toConvert } = fold.numbers();
        assert.deepEqual(
          reached,
          plan.steps.map((_, i) => outcomes.filter(({ level }) => level > i).length),
        );
        const whole = outcomes.filter(({ level }) => level === plan.steps.length);
        assert.equal(
          toConvert.counts[0],
          whole.filter(({ fromStartMs }) => fromStartMs.at(-1)! < durationBorders[0]!).length,
        );
        const sums = plan.steps.map((_, i) =>
          [...fold.groups().values()].reduce((sum, counts) => sum + counts[i]!, 0),
        );
        assert.deepEqual(sums, reached);
        let from = 0;
        const touches = all.map((events) => {
          const first = events.findIndex(({ bits }) => (bits & 1) !== 0);
          const code = first < 0 ? 0 : codes[from + first]!;
          from += events.length;
          return code;
        });
        for (const [code, counts] of fold.groups())
          assert.equal(counts[0], outcomes.filter(({ level }, i) => level > 0 && touches[i] === code).length);
        const people = { step, outcome, limit: 3 } as const;
        const fold2 = new FunnelPeople({ ...plan, people }, undefined);
        fold2.add(blockOf(all));
        const came = outcomes.flatMap(({ level }, i) =>
          (outcome === 'reached' ? level >= step : level === step && step < plan.steps.length)
            ? [BigInt(i + 1)]
            : [],
        );
        assert.deepEqual(fold2.keys(), came.slice(0, 4));
      },
    ),
    { numRuns: 1_500 },
  );
});

test('time from the step before is that of the latest attempt at the moment that a step is first reached', () => {
  const plan: FunnelPlan = {
    version: 1,
    project: 'p',
    from: 0,
    to: 1_000,
    timeZone: 'UTC',
    bots: 'include',
    kind: 'funnel',
    order: 'ordered',
    windowMs: 100,
    per: 'user',
    exclude: [],
    steps: [0, 1, 2].map((i) => ({ name: `${i}`, filter: tagFilter(i) })),
  };
  const walk = new FunnelSequence(plan);
  const events = [
    [0, 1],
    [10, 2],
    [20, 1],
    [25, 2],
    [40, 4],
  ].map(([time, bits]) => ({ time: time!, bits: bits! }));
  const { level, fromStart, fromPrevious } = walk.follow(blockOf([events]), 0, events.length);
  assert.deepEqual([level, [...fromStart].slice(2), [...fromPrevious].slice(2)], [3, [10, 20], [10, 15]]);
});
