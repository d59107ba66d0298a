/** Paths folded from blocks against the same said plainly over lists of values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PathsPlan } from '../../../src/plan/analysis.ts';
import { PathFold, type PathLink, type PathNode } from '../../../src/query/analysis/paths.ts';
import { blockOf, scope } from './generated.ts';

/** The path of one sequence: repeats once, from the anchor on, and whether it goes on past its steps. */
function pathOf(
  codes: readonly number[],
  anchor: number | undefined,
  isBackward: boolean,
): readonly number[] {
  const inDirection = isBackward ? codes.toReversed() : codes;
  const visits = inDirection.filter((code, i) => i === 0 || code !== inDirection[i - 1]);
  return anchor === undefined ? visits : visits.includes(anchor) ? visits.slice(visits.indexOf(anchor)) : [];
}

/** Most first, then by code; `other`, 0, last. */
function counted(codes: readonly number[]): readonly { readonly code: number; readonly count: number }[] {
  const found = [...Map.groupBy(codes, (code) => code)].map(([code, all]) => ({ code, count: all.length }));
  return found.sort(
    (a, b) => Number(a.code === 0) - Number(b.code === 0) || b.count - a.count || a.code - b.code,
  );
}

function expected(plan: PathsPlan, all: readonly (readonly number[])[], anchor: number | undefined) {
  const paths = all
    .map((codes) => pathOf(codes, anchor, plan.end !== undefined))
    .filter((path) => path.length > 0);
  const shown = Array.from({ length: plan.steps }, (_, step) => {
    const known = counted(paths.flatMap((path) => path[step] || []));
    return new Set(known.slice(0, plan.limit).map(({ code }) => code));
  });
  const named = (code: number, step: number): number => (shown[step]!.has(code) ? code : 0);
  const nodes: PathNode[] = [];
  const links: PathLink[] = [];
  for (let step = 0; step < plan.steps; step++) {
    const here = paths.filter((path) => path.length > step);
    for (const { code, count } of counted(here.map((path) => named(path[step]!, step)))) {
      const own = here.filter((path) => named(path[step]!, step) === code);
      nodes.push({
        step,
        code,
        sequences: count,
        ends: own.filter((path) => path.length === step + 1).length,
      });
    }
    if (step + 1 === plan.steps) continue;
    const going = here.filter((path) => path.length > step + 1);
    const pairs = Map.groupBy(
      going,
      (path) => `${named(path[step]!, step)} ${named(path[step + 1]!, step + 1)}`,
    );
    for (const [pair, own] of pairs) {
      const [from, to] = pair.split(' ').map(Number) as [number, number];
      links.push({ step, from, to, sequences: own.length });
    }
  }
  return { sequences: paths.length, nodes, links: links.sort(byLink) };
}

const byLink = (a: PathLink, b: PathLink): number => a.step - b.step || a.from - b.from || a.to - b.to;

test('paths are those of the values one after another, on generated sequences', () => {
  const plans = fc.record({
    steps: fc.integer({ min: 1, max: 5 }),
    limit: fc.integer({ min: 1, max: 3 }),
    anchor: fc.constantFrom(undefined, undefined, 1, 2, 5),
    isBackward: fc.boolean(),
  });
  const lists = fc.array(fc.array(fc.constantFrom(0, 1, 1, 2, 3, 4, 5), { maxLength: 8 }), { maxLength: 12 });
  fc.assert(
    fc.property(plans, lists, ({ steps, limit, anchor, isBackward }, all) => {
      const direction = anchor === undefined ? {} : isBackward ? { end: 'x' } : { start: 'x' };
      const plan: PathsPlan = {
        ...scope,
        kind: 'paths',
        field: 'path',
        steps,
        limit,
        per: 'user',
        ...direction,
      };
      const fold = new PathFold(plan, anchor);
      const cut = Math.floor(all.length / 2);
      for (const some of [all.slice(0, cut), all.slice(cut)]) {
        const events = some.map((codes) => codes.map((_, time) => ({ time, bits: 1 })));
        fold.add(blockOf(events, some.flat()));
      }
      const { sequences, nodes, links } = fold.numbers();
      const wanted = expected(plan, all, anchor);
      assert.deepEqual({ sequences, nodes, links: [...links].sort(byLink) }, wanted);
    }),
    { numRuns: 4_000 },
  );
});
