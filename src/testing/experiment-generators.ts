/** fast-check arbitraries for questions about experiments: worlds in which few people see few variants, many at the same moment. */
import fc from 'fast-check';
import type { EventRow } from '../event/event-row.ts';
import { bucketsOf } from '../plan/edges.ts';
import type { Bots, Scope } from '../plan/plan.ts';
import type { ExperimentQuestion } from '../store/experiments.ts';
import { peopleWorlds, scopes } from './analysis-generators.ts';
import { timeZones, type World } from './generators.ts';

/** What is told apart by its bytes: `Exposure` is no exposure. */
const types = [
  'EXPOSURE',
  'EXPOSURE',
  'EXPOSURE',
  'exposure',
  'Exposure',
  'CONVERSION',
  'CONVERSION',
  'conversion',
  'pageview',
  'PAGEVIEW',
  'purchase',
];
const variants = ['control', 'control', 'short', 'short', 'é', '😀', '～', "it's", ''];
const experiments = ['x', 'x', 'x', 'x', 'y', ''];
const goals = ['buy', 'buy', 'sign up', '～', '😀', '', 1, null, undefined];

interface Part {
  readonly type: string;
  readonly experimentId: string;
  readonly variantKey: string;
  readonly goal: (typeof goals)[number];
}

const part: fc.Arbitrary<Part> = fc.record({
  type: fc.constantFrom(...types),
  experimentId: fc.constantFrom(...experiments),
  variantKey: fc.constantFrom(...variants),
  goal: fc.constantFrom(...goals),
});

/** Rows that follow each other closely; most of them of the experiment `x`. Links between ids stay. */
export function experimentWorlds(rowsMax = 60): fc.Arbitrary<World> {
  return peopleWorlds(rowsMax).chain((world) =>
    fc
      .tuple(
        fc.array(part, { minLength: world.rows.length, maxLength: world.rows.length }),
        // most people see one variant, as in life
        fc.constantFrom(true, true, true, false),
        // many are exposed and convert in one moment
        fc.constantFrom(1, 1, 1_000, 3_600_000),
      )
      .map(([parts, isLoyal, momentMs]) => ({
        ...world,
        rows: world.rows
          .map((row, i) => withPart(row, isLoyal ? loyal(row, parts[i]!) : parts[i]!))
          .map((row) => ({
            ...row,
            timestamp: row.timestamp - (((row.timestamp % momentMs) + momentMs) % momentMs),
          })),
      })),
  );
}

/** Nearly all rows, from the first or the second one on. */
function wide(world: World, project: string): fc.Arbitrary<Scope> {
  const own = world.rows.filter((row) => row.project === project).map((row) => row.timestamp);
  const [first = 0, second = first] = own.toSorted((a, b) => a - b);
  const to = Math.max(...own, first) + 1;
  return fc
    .record({
      from: fc.constantFrom(first, first, second),
      timeZone: fc.constantFrom(...timeZones),
      bots: fc.constantFrom<Bots>('include', 'include', 'include', 'exclude'),
    })
    .map((more) => ({ version: 1, project, to, ...more }));
}

function loyal(row: EventRow, own: Part): Part {
  const variantKey = row.personKey % 2n === 0n ? 'control' : 'short';
  return { ...own, experimentId: own.experimentId === '' ? '' : 'x', variantKey };
}

function withPart(row: EventRow, { goal, ...rest }: Part): EventRow {
  const type = /^(identify|alias)$/i.test(row.type) ? row.type : rest.type;
  return { ...row, ...rest, type, properties: { ...row.properties, ...(goal !== undefined && { goal }) } };
}

export function experimentsAbout(world: World, project = 'p'): fc.Arbitrary<ExperimentQuestion> {
  return fc.constantFrom(...world.anchors).chain((anchor) =>
    fc
      .record({
        scope: fc.oneof(scopes(anchor, project), wide(world, project), wide(world, project)),
        experiment: fc.constantFrom('x', 'x', 'x', 'x', 'x', 'x', 'y', 'none'),
        per: fc.constantFrom('user', 'user', 'session'),
        goals: fc.oneof(
          fc.constant(undefined),
          fc.option(fc.uniqueArray(fc.constantFrom('buy', 'sign up', '～', 'none'), { minLength: 1 }), {
            nil: undefined,
          }),
        ),
        reach: fc.constantFrom(true, true, false),
        money: fc.boolean(),
        includeMixed: fc.boolean(),
        byDay: fc.boolean(),
        exact: fc.boolean(),
      })
      .map(({ scope: { sample: _, ...scope }, goals: asked, byDay, ...rest }) => {
        const { from, to, timeZone } = scope;
        const isShort = to - from <= 60 * 86_400_000;
        const edges = byDay && isShort ? bucketsOf(from, to, 'day', timeZone).edges : [from, to];
        return { scope, edges, ...rest, ...(asked && { goals: asked }) } as ExperimentQuestion;
      }),
  );
}
