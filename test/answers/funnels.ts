/** What it takes to come to a step of a funnel. Events are told as 'a0 b5': types a and b, 0 and 5 ms after the day began. */
import type { AnswerCase, AnswerSet } from './answer-set.ts';
import { isoAt, minute, today, typeIs, walk } from './walks.ts';

/** 'abc': three steps, each of one type; 'ab|b': the first step is a or b. */
const steps = (types: string) =>
  (types.includes('|') ? types.split('|') : [...types]).map((one) => ({ filter: typeIs(...one) }));
const funnel = { kind: 'funnel', ...today };

const reach = (
  name: string,
  question: Readonly<Record<string, unknown>>,
  ...counts: readonly number[]
): AnswerCase => ({ name, question, answer: { counts } });

const orders: AnswerSet = {
  about: 'the order of a funnel',
  events: [
    ...walk('ada', 'a0 b1 c2'),
    ...walk('bob', 'a0 c1 b2'),
    ...walk('cleo', 'b0 a1 c2'),
    ...walk('dan', 'a0 a1 b2 x3 c4'),
    ...walk('eve', 'c0'),
  ],
  question: { ...funnel, steps: steps('abc') },
  cases: [
    {
      name: 'ordered steps may have anything between them, and rates are of the first step',
      question: {},
      answer: { counts: [4, 3, 2], rates: [1, 0.75, 0.5], ratesFromPrevious: [1, 0.75, 2 / 3] },
    },
    reach('strict steps have no other event between them', { order: 'strict' }, 4, 2, 1),
    reach(
      'strict steps do not see what the question leaves out',
      { order: 'strict', filter: typeIs('a', 'b', 'c') },
      4,
      2,
      2,
    ),
    reach('in any order a person reaches as many steps as they did', { order: 'any' }, 5, 4, 4),
    reach('two steps are a funnel', { steps: steps('bc') }, 4, 3),
    {
      name: 'a funnel that nobody entered has no rates and no times',
      question: { steps: steps('zy') },
      answer: { counts: [0, 0], rates: [null, null], fromStartMs: [null, null], toConvert: [] },
    },
    reach('the range holds its first millisecond', { from: isoAt(2), steps: steps('bc') }, 2, 1),
    reach('and not its last', { to: isoAt(4), steps: steps('bc') }, 4, 2),
  ],
};

const oncePerStep: AnswerSet = {
  about: 'one event and two steps of a funnel',
  events: [...walk('ada', 'a0'), ...walk('bob', 'a0 a5'), ...walk('cleo', 'b0'), ...walk('dan', 'b0 a1 b2')],
  question: funnel,
  cases: [
    reach('the same step twice wants two events', { steps: steps('aa') }, 3, 1),
    reach('three times want three', { steps: steps('aaa') }, 3, 1, 0),
    reach('an event that fits both steps is one of them', { steps: steps('ab|b') }, 4, 1),
    reach('in any order too', { steps: steps('ab|b'), order: 'any' }, 4, 1),
    reach('in strict order too', { steps: steps('ab|ab'), order: 'strict' }, 4, 2),
  ],
};

const ties: AnswerSet = {
  about: 'steps of a funnel in one millisecond',
  events: [...walk('ada', 'a0 b0'), ...walk('bob', 'b0 a0')],
  question: { ...funnel, steps: steps('ab') },
  cases: [
    reach('events of one millisecond stand in the order of arrival', {}, 2, 1),
    reach('in strict order too', { order: 'strict' }, 2, 1),
    reach('in any order that does not matter', { order: 'any' }, 2, 2),
  ],
};

const windows: AnswerSet = {
  about: 'the window of a funnel',
  events: [
    ...walk('ada', 'a0 b10'),
    ...walk('bob', 'a0 b11'),
    ...walk('cleo', 'a0 a5 b12'),
    ...walk('dan', 'a0 b6 c12'),
  ],
  question: { ...funnel, windowMs: 10, steps: steps('abc') },
  cases: [
    reach(
      'the window is over the whole funnel, its last millisecond included, from any first step',
      {},
      4,
      3,
      0,
    ),
    reach('it bounds any order too', { order: 'any' }, 4, 3, 0),
    reach('without one it is seven days', { windowMs: undefined }, 4, 4, 1),
    reach(
      'a step may bound the time since the one before it',
      {
        windowMs: undefined,
        steps: steps('abc').map((step, i) => (i === 1 ? { ...step, withinMs: 6 } : step)),
      },
      4,
      1,
      1,
    ),
    reach(
      'both bounds hold',
      { windowMs: 11, steps: steps('abc').map((step, i) => (i === 2 ? { ...step, withinMs: 6 } : step)) },
      4,
      4,
      0,
    ),
  ],
};

const exclusions: AnswerSet = {
  about: 'exclusions of a funnel',
  events: [
    ...walk('ada', 'a0 x1 b2'),
    ...walk('bob', 'a0 b1 x2 c3'),
    ...walk('cleo', 'x0 a1 b2'),
    ...walk('dan', 'a0 x1 a2 b3'),
  ],
  question: { ...funnel, steps: steps('abc') },
  cases: [
    reach(
      'an excluded event ends the attempt that it stands in, and another may begin',
      { exclude: [{ filter: typeIs('x'), after: 1, before: 2 }] },
      4,
      3,
      1,
    ),
    reach(
      'without places it is excluded between the first step and the last',
      { exclude: [{ filter: typeIs('x') }] },
      4,
      3,
      0,
    ),
    reach(
      'after the second step it does not touch the first two',
      { exclude: [{ filter: typeIs('x'), after: 2 }] },
      4,
      4,
      0,
    ),
    reach('excluding what never happened excludes nobody', { exclude: [{ filter: typeIs('z') }] }, 4, 4, 1),
  ],
};

const times: AnswerSet = {
  about: 'the times of a funnel',
  events: [
    ...walk('ada', 'a0 b10 c30'),
    ...walk('bob', 'a0 b20 c40'),
    ...walk('cleo', 'a0 b40 c60'),
    ...walk('dan', 'p0 p5 q10'),
    ...walk('eve', 'r0 s10 r20 s21'),
    ...walk('fay', 'k0 l59999'),
    ...walk('gil', 'k0 l60000'),
    ...walk('hal', 'k0 l300000'),
  ],
  question: funnel,
  cases: [
    {
      name: 'medians are from the step before and from the first step',
      question: { steps: steps('abc') },
      answer: {
        counts: [3, 3, 3],
        fromPreviousMs: [null, 20, 20],
        fromStartMs: [null, 20, 40],
        toConvert: [[0, minute, 3]],
      },
    },
    {
      name: 'time is measured from the latest first step that leads there',
      question: { steps: steps('pq') },
      answer: { counts: [1, 1], fromStartMs: [null, 5] },
    },
    {
      name: 'and when a step is first reached, not when it is reached fastest',
      question: { steps: steps('rs') },
      answer: { counts: [1, 1], fromStartMs: [null, 10] },
    },
    {
      name: 'how long it took is told in half-open classes',
      question: { steps: steps('kl') },
      answer: {
        counts: [3, 3],
        toConvert: [
          [0, minute, 1],
          [minute, 5 * minute, 1],
          [5 * minute, 15 * minute, 1],
        ],
      },
    },
  ],
};

const bySession: AnswerSet = {
  about: 'funnels by session',
  events: [
    ...walk('ada', 'a0', { sessionId: 's1' }),
    ...walk('ada', 'b1', { sessionId: 's2' }),
    ...walk('bob', 'a0 b30', {}, minute),
    ...walk('cleo', 'a0 b31', {}, minute),
    ...walk(undefined, 'a0 b1', { sessionId: 's3' }),
  ],
  question: { ...funnel, steps: steps('ab') },
  cases: [
    reach('people who are known go through it whatever their sessions', {}, 3, 3),
    reach('a session goes through it by itself, also one of nobody', { per: 'session' }, 4, 2),
    reach('so it does in strict order', { per: 'session', order: 'strict' }, 4, 2),
  ],
};

const firstTouch: AnswerSet = {
  about: 'funnels by first touch',
  events: [
    ...walk('ada', 'a0', { country: 'DE' }),
    ...walk('ada', 'a1 b2', { country: 'IN' }),
    ...walk('bob', 'a0', { country: 'IN' }),
    ...walk('cleo', 'a0 b1'),
    ...walk('dan', 'x0', { country: 'FR' }),
    ...walk('dan', 'a1', { country: 'DE' }),
  ],
  question: { ...funnel, steps: steps('ab'), by: 'country' },
  cases: [
    {
      name: 'people stand by the value on their first event that matches the first step',
      question: {},
      answer: {
        counts: [4, 2],
        groups: [
          { value: 'DE', counts: [2, 1], rates: [1, 0.5] },
          { value: 'IN', counts: [1, 0], rates: [1, 0] },
          { value: null, counts: [1, 1], rates: [1, 1] },
        ],
      },
    },
    {
      name: 'values past the limit are one group',
      question: { by: { field: 'country', limit: 1 } },
      answer: {
        groups: [
          { value: 'DE', counts: [2, 1], rates: [1, 0.5] },
          { value: null, other: true, counts: [2, 1], rates: [1, 0.5] },
        ],
      },
    },
  ],
};

const itsPeople: AnswerSet = {
  about: 'the people of a funnel',
  events: [...walk('ada', 'a0 b1 x9'), ...walk('bob', 'a0 x9'), ...walk('cleo', 'b0')],
  question: { ...funnel, steps: steps('ab') },
  cases: [
    {
      name: 'who reached a step is told with all their events of the range',
      question: { people: { step: 2 } },
      answer: {
        people: [{ userId: 'ada', firstSeen: isoAt(0), lastSeen: isoAt(9), events: 3 }],
        more: false,
      },
    },
    {
      name: 'who dropped there reached it and not the next one',
      question: { people: { step: 1, outcome: 'dropped' } },
      answer: {
        people: [{ userId: 'bob', firstSeen: isoAt(0), lastSeen: isoAt(9), events: 2 }],
        more: false,
      },
    },
    {
      name: 'a page of one says that another follows',
      question: { people: { step: 1, limit: 1 } },
      answer: { more: true },
    },
  ],
};

const asked: AnswerSet = {
  about: 'which events a funnel is of',
  events: [
    ...walk('ada', 'a0'),
    ...walk('ada', 'b1', { bot: true }),
    ...walk('bob', 'a0', { country: 'DE' }),
    ...walk('bob', 'b1', { country: 'IN' }),
    ...walk(undefined, 'a0', { anonymousId: 'c-1' }),
    ...walk('cleo', 'identify1', { anonymousId: 'c-1' }),
    ...walk('cleo', 'b2'),
    ...walk(undefined, 'a0 b1'),
  ],
  question: { ...funnel, steps: steps('ab') },
  cases: [
    reach('bots are left out, ids that are one person go together, and nobody is no person', {}, 3, 2),
    reach('bots may be included', { bots: 'include' }, 3, 3),
    reach(
      'the filter of the question holds for every step',
      { filter: { field: 'country', op: 'eq', value: 'DE' } },
      1,
      0,
    ),
    reach(
      'the filter of a step holds for it alone',
      {
        steps: [
          { filter: { and: [typeIs('a'), { field: 'country', op: 'eq', value: 'DE' }] } },
          { filter: typeIs('b') },
        ],
      },
      1,
      1,
    ),
    reach(
      'a step may ask for a cohort',
      {
        steps: [
          { filter: { and: [typeIs('a'), { cohort: { filter: typeIs('identify'), atLeast: 1, days: 1 } }] } },
          { filter: typeIs('b') },
        ],
      },
      1,
      1,
    ),
  ],
};

export const funnels: readonly AnswerSet[] = [
  orders,
  oncePerStep,
  ties,
  windows,
  exclusions,
  times,
  bySession,
  firstTouch,
  itsPeople,
  asked,
];
