/**
 * fast-check arbitraries for questions about people over time, over the small worlds of generators.ts: events of few people,
 * many at the same millisecond or just on either side of a session's pause.
 */
import fc from 'fast-check';
import { millisecondsPerDay } from '../clock.ts';
import { sessionGapMs, tagsMax } from '../plan/analysis.ts';
import { bucketsOf } from '../plan/edges.ts';
import type { Bots, Filter, Scope } from '../plan/plan.ts';
import type { PeopleQuestion, RetentionQuestion, SessionsQuestion } from '../store/analyses.ts';
import type { ExperimentQuestion } from '../store/experiments.ts';
import type { SequenceQuestion } from '../store/sequences.ts';
import { filterIn, filterNear, ofFew, timeNear, timeZones, type World, worlds } from './generators.ts';

export type AnalysisQuestion =
  | { readonly kind: 'sequences'; readonly question: SequenceQuestion }
  | { readonly kind: 'retention'; readonly question: RetentionQuestion }
  | { readonly kind: 'sessions'; readonly question: SessionsQuestion }
  | { readonly kind: 'people'; readonly question: PeopleQuestion }
  | { readonly kind: 'experiment'; readonly question: ExperimentQuestion };

/** Steps between events: none, an instant, just below, at and above the pause that ends a session, and long ones. */
const pauses = [
  0,
  0,
  0,
  1,
  1_000,
  60_000,
  sessionGapMs - 1,
  sessionGapMs,
  sessionGapMs + 1,
  millisecondsPerDay,
];

/** Rows that follow each other closely, in any order of arrival, besides rows that lie anywhere. */
export function peopleWorlds(rowsMax = 60): fc.Arbitrary<World> {
  const close = worlds(rowsMax, true).chain((world) =>
    fc
      .tuple(
        fc.array(fc.constantFrom(...pauses), { minLength: world.rows.length, maxLength: world.rows.length }),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([steps, backwards, few]) => {
        let time = world.anchors[0]! - 3_600_000;
        const times = steps.map((step) => {
          time += step;
          return time;
        });
        if (backwards) times.reverse();
        const rows = world.rows.map((row, i) => ({ ...row, timestamp: times[i]! }));
        return { ...world, rows: few ? rows.map(ofFew) : rows };
      }),
  );
  return fc.oneof(worlds(rowsMax, true), worlds(rowsMax, true, 14), close, close);
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(fc.constant(undefined), arbitrary);

export function scopes(anchor: number, project: string): fc.Arbitrary<Scope> {
  return fc
    .record({
      near: timeNear(anchor),
      lengthMs: fc.constantFrom(
        1,
        millisecondsPerDay,
        5 * millisecondsPerDay,
        5 * millisecondsPerDay,
        60 * millisecondsPerDay,
        80_000 * millisecondsPerDay,
      ),
      timeZone: fc.constantFrom(...timeZones),
      bots: fc.constantFrom<Bots>('exclude', 'include', 'include', 'only'),
      filter: maybe(maybe(filterNear(anchor))),
      sample: maybe(maybe(maybe(fc.constantFrom(0.2, 0.5, 0.9)))),
      share: fc.constantFrom(0, 0.5, 0.5, 0.7),
    })
    .map(({ near, lengthMs, filter, sample, share, ...rest }) => {
      const from = Math.floor(near - lengthMs * share);
      return {
        version: 1,
        project,
        from,
        to: from + lengthMs,
        ...rest,
        ...(filter && { filter: filterIn(project, filter) }),
        ...(sample && { sample }),
      };
    });
}

const fieldNames = [
  'path',
  'path',
  'type',
  'country',
  'bot',
  'userId',
  'properties.plan',
  'properties.n',
  'properties.a.b',
];
const someValues = fc.uniqueArray(
  fc.constantFrom(
    null,
    '',
    '/',
    '/a',
    '/é',
    'pageview',
    'click',
    '😀',
    'DE',
    'null',
    'pro',
    '1',
    'ada',
    1,
    0.1,
    1e21,
    -1,
    true,
    false,
  ),
  { maxLength: 12 },
);

/** Any question about the world's times that a store's analyses answer. */
export function analysesAbout(world: World, project = 'p'): fc.Arbitrary<AnalysisQuestion> {
  return fc.constantFrom(...world.anchors).chain((anchor) => {
    const filter = fc
      .oneof(
        filterNear(anchor),
        fc.constantFrom<Filter>(
          { field: 'type', op: 'eq', value: 'pageview' },
          { and: [] },
          { field: 'path', op: 'exists' },
        ),
      )
      .map((one) => filterIn(project, one));
    const scope = scopes(anchor, project);
    const sequences = fc
      .record({
        scope,
        tags: fc.oneof(
          { weight: 9, arbitrary: fc.array(filter, { minLength: 1, maxLength: 4 }) },
          { weight: 1, arbitrary: fc.array(filter, { minLength: tagsMax - 3, maxLength: tagsMax }) },
        ),
        taggedOnly: fc.boolean(),
        per: fc.constantFrom<SequenceQuestion['per']>('user', 'session'),
        field: maybe(fc.record({ name: fc.constantFrom(...fieldNames), values: someValues })),
      })
      .map(
        ({ field, ...rest }) =>
          ({ kind: 'sequences', question: { ...rest, ...(field && { field }) } }) as const,
      );
    const retention = fc
      .record({
        scope,
        start: filter,
        back: filter,
        first: fc.constantFrom<RetentionQuestion['first']>('ever', 'range'),
        period: fc.constantFrom('day', 'day', 'week', 'month'),
        days: fc.constantFrom(2, 10, 70, 90),
      })
      .map(({ scope: asked, back, period, days, ...rest }) => {
        const length = Math.min(days, asked.to - asked.from === 1 ? 1 : days) * millisecondsPerDay;
        const range = { from: asked.from, to: asked.from + length };
        const { edges } = bucketsOf(range.from, range.to, period as 'day', asked.timeZone);
        return {
          kind: 'retention',
          question: { scope: { ...asked, ...range }, edges, return: back, ...rest },
        } as const;
      });
    const sessions = fc
      .record({
        scope,
        by: maybe(
          fc.record({
            dimension: fc.constantFrom(
              'entryPath',
              'exitPath',
              'country',
              'source',
              'bot',
              'properties.plan',
            ),
            limit: fc.constantFrom(1, 2, 5, 100),
          }),
        ),
      })
      .map(({ by, ...rest }) => ({ kind: 'sessions', question: { ...rest, ...(by && { by }) } }) as const);
    const keys = [...new Set(world.rows.map((row) => row.personKey))].filter((key) => key !== 0n);
    const people = fc
      .record({
        scope,
        order: fc.constantFrom<PeopleQuestion['order']>('lastSeen', 'firstSeen', 'events'),
        limit: fc.constantFrom(1, 3, 100),
        after: maybe(
          fc.record({
            value: fc.oneof(
              fc.constantFrom(1, 2, 3),
              fc.constantFrom(...world.rows.map((row) => row.timestamp), 1),
            ),
            key: fc.constantFrom(...keys, 1n),
          }),
        ),
        keys: maybe(maybe(fc.subarray(keys))),
      })
      .map(
        ({ after, keys: some, ...rest }) =>
          ({
            kind: 'people',
            question: { ...rest, ...(after && { after }), ...(some && { keys: some }) },
          }) as const,
      );
    return fc.oneof(sequences, sequences, retention, sessions, people);
  });
}

/** The question, asked of another project. */
export function analysisIn<Asked extends AnalysisQuestion>(
  project: string,
  { kind, question }: Asked,
): AnalysisQuestion {
  const move = (filter: Filter): Filter => filterIn(project, filter);
  const { filter, ...rest } = question.scope;
  const scope: Scope = { ...rest, project, ...(filter && { filter: move(filter) }) };
  if (kind === 'sequences') return { kind, question: { ...question, scope, tags: question.tags.map(move) } };
  if (kind === 'retention')
    return {
      kind,
      question: { ...question, scope, start: move(question.start), return: move(question.return) },
    };
  return { kind, question: { ...question, scope } } as AnalysisQuestion;
}
