import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import { parsePlan as parse, planKinds } from '../../src/plan/parse-plan.ts';
import { planDefinitions, planSchema } from '../../src/plan/schema.ts';
import { planExamples } from '../../src/plan/schema-examples.ts';
import { slippedPlans, writtenKinds, writtenPlans } from './written-plans.ts';

const isValid = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
}).compile(planSchema);
const now = Date.UTC(2026, 0, 12, 10);
const parsePlan = (input: unknown) => parse(input, { project: 'p', now });

/** The place and the rule that a plan breaks, or undefined when it is taken. */
function brokenRule(input: unknown): string | undefined {
  try {
    parsePlan(input);
    return undefined;
  } catch (error) {
    assert.ok(isFailure(error, 'plan_invalid'), String(error));
    return `${error.details.pointer} ${error.details.rule}`;
  }
}

/** What a schema cannot say: how parts fit each other, and texts with a grammar of their own. */
const beyondSchemas = [
  /must be later than from|looks like seconds|date and time that exist|over the limit of/,
  /IANA|well-formed|at most 1000 characters$|project of your key/,
  /one of the segments|not name itself|within another cohort|nodes that a filter|nested deeper/,
  /a name that is not used before|a field that is not named before|at most 10 numbers of fields/,
  /^\/after must be the `next`/,
  // what is saved has been put in the place of its id by the time that a plan is read
  /\/cohort must be an object$/,
  // which groups tell what depends on the plan's own metrics
  /^\/by\/metrics/,
  // steps are counted
  /^(\/people\/step|\/exclude\/\d+\/(after|before)) must be a whole number|^\/exclude must have at most/,
  // formulas and patterns have languages of their own
  /^\/formulas\/\d+(\/formula)? (has|holds|names|ends|is nested)|\(at character \d+\)$|are written out$/,
];

describe('the schema of plans', () => {
  test('knows every kind, and has an example of each that is valid and taken', () => {
    assert.deepEqual(Object.keys(planExamples), [...planKinds]);
    assert.deepEqual(writtenKinds, [...planKinds]);
    for (const [kind, example] of Object.entries(planExamples)) {
      assert.ok(isValid(example), `${kind}: ${JSON.stringify(isValid.errors)}`);
      assert.equal(parsePlan(example).kind, kind);
    }
  });

  test('takes every plan that is taken, as it was written and as it was read', () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const read: unknown = JSON.parse(JSON.stringify(parsePlan(written)));
        const sent: unknown = JSON.parse(JSON.stringify(written));
        assert.ok(isValid(sent), JSON.stringify(isValid.errors));
        assert.ok(isValid(read), JSON.stringify(isValid.errors));
      }),
      { numRuns: 2_000 },
    );
  });

  test('and the parser refuse the same slips, but for what a schema cannot say', () => {
    fc.assert(
      fc.property(slippedPlans, (plan) => {
        const rule = brokenRule(plan);
        if (rule === undefined) assert.ok(isValid(plan), `is taken: ${JSON.stringify(isValid.errors)}`);
        else if (isValid(plan))
          assert.ok(
            beyondSchemas.some((one) => one.test(rule)),
            `a schema can say that ${rule}`,
          );
      }),
      { numRuns: 6_000 },
    );
  });

  const range = { from: '2026-01-05', to: '2026-01-12' };
  const view = { field: 'type', op: 'eq', value: 'pageview' };
  const summary = { kind: 'summary', ...range };
  const funnel = { kind: 'funnel', ...range, steps: [{ filter: view }, { filter: view }] };
  const cohort = (more: object) => ({ ...summary, filter: { cohort: { filter: view, ...more } } });
  const refused: Readonly<Record<string, unknown>> = {
    'no range': { kind: 'summary' },
    'a range and its name': { ...summary, range: '7d' },
    'a range that is open': { kind: 'live', from: '2026-01-05' },
    'no metric': { ...summary, metrics: [] },
    'a number of what is none': { ...summary, metrics: [{ agg: 'sum', of: 'type' }] },
    'a sum of several currencies': { ...summary, metrics: [{ agg: 'sum', of: 'amount' }] },
    'a currency of a property': {
      ...summary,
      metrics: [{ agg: 'sum', of: 'properties.n', currency: 'EUR' }],
    },
    'groups of nearly every event': { ...summary, by: 'timestamp' },
    'groups of series': { ...summary, series: [{}], by: 'type' },
    'formulas of nothing': { ...summary, formulas: ['A'] },
    'an operator that does not fit': { ...summary, filter: { field: 'amount', op: 'contains', value: '1' } },
    'a value of exists': { ...summary, filter: { field: 'type', op: 'exists', value: true } },
    'two filters in one': { ...summary, filter: { not: view, and: [view] } },
    'a cohort without a time': cohort({}),
    'a cohort of two times': cohort({ ...range, days: 7 }),
    'a cohort that has days and an end': cohort({ days: 7, to: range.to }),
    'a funnel of one step': { ...funnel, steps: [{ filter: view }] },
    'a funnel of 100 steps': { ...funnel, steps: Array(100).fill({ filter: view }) },
    'time before the first step': { ...funnel, steps: [{ filter: view, withinMs: 1 }, { filter: view }] },
    'time between steps in any order': {
      ...funnel,
      order: 'any',
      steps: [{ filter: view }, { filter: view, withinMs: 1 }],
    },
    'exclusions from steps in any order': { ...funnel, order: 'any', exclude: [{ filter: view }] },
    'a window of nothing': { ...funnel, windowMs: 0 },
    'paths from and to': { kind: 'paths', ...range, start: '/', end: '/' },
    'a sample of an experiment': { kind: 'experiment', ...range, experiment: 'e', sample: 0.5 },
    'null where something may be left out': { ...summary, bots: null },
    'a name that is none': { ...summary, timezone: 'UTC' },
  };
  for (const [about, plan] of Object.entries(refused)) {
    test(`refuses ${about}, as the parser does`, () => {
      assert.notEqual(brokenRule(plan), undefined);
      assert.equal(isValid(plan), false);
    });
  }

  test('can be taken into another document, with its references there', () => {
    const inOther = JSON.stringify(planDefinitions('#/components/schemas/'));
    assert.ok(inOther.includes('"#/components/schemas/filter"'));
    assert.ok(!inOther.includes('#/$defs/'));
  });
});
