/** Who comes back. Events are told as 'v0 v3': type v on the first day and on the fourth, at midnight. */
import type { AnswerCase, AnswerSet } from './answer-set.ts';
import { day, isoAt, typeIs, walk } from './walks.ts';

const days = (userId: string | undefined, steps: string, more = {}) => walk(userId, steps, more, day);
const until = (end: number) => ({ from: isoAt(0), to: isoAt(end * day) });
const retentionOf = { kind: 'retention', period: 'day' };

/** Each cohort: how many people, then how many of them came back one, two, … periods later. */
const cohorts = (
  name: string,
  question: Readonly<Record<string, unknown>>,
  ...told: readonly (readonly [people: number, ...returned: number[]])[]
): AnswerCase => ({
  name,
  question,
  answer: { cohorts: told.map(([people, ...returned]) => ({ people, returned })) },
});

const byDay: AnswerSet = {
  about: 'retention by day',
  events: [
    ...days('ada', 'v0 v1 v3'),
    ...days('bob', 'v0 v2'),
    ...days('eve', 'v-1', { country: 'IN' }),
    ...days('eve', 'v1', { country: 'DE' }),
    ...days('cleo', 'v1 v1'),
    ...days('crawler', 'v0 v1', { bot: true }),
    ...days(undefined, 'v0 v1'),
  ],
  question: { ...retentionOf, ...until(4) },
  cases: [
    cohorts(
      'nobody who came before the range is new, and people of one day come back on that very day',
      {},
      [2, 1, 1, 1],
      [1, 0, 0],
      [0, 0],
      [0],
    ),
    cohorts(
      'with the first of the range who came before is as new as others',
      { first: 'range' },
      [2, 1, 1, 1],
      [2, 0, 0],
      [0, 0],
      [0],
    ),
    cohorts(
      'on or after counts who came back later too',
      { mode: 'onOrAfter' },
      [2, 2, 2, 1],
      [1, 0, 0],
      [0, 0],
      [0],
    ),
    cohorts('a range that ends earlier knows of no later days', { ...until(2) }, [2, 1], [1]),
    cohorts('bots may be asked for alone', { bots: 'only', ...until(2) }, [1, 1], [0]),
    cohorts(
      'the filter also decides which event was the first of all',
      { filter: { field: 'country', op: 'eq', value: 'DE' }, ...until(2) },
      [0, 0],
      [1],
    ),
    cohorts(
      'a range without events has empty cohorts',
      { from: '2024-01-01', to: '2024-01-03' },
      [0, 0],
      [0],
    ),
    {
      name: 'a period that the range cuts says so',
      question: { from: isoAt(0), to: isoAt(day + 1) },
      answer: {
        edges: ['2025-06-16T00:00', '2025-06-17T00:00', '2025-06-17T00:00'],
        cut: [1],
        cohorts: [
          { people: 2, returned: [1] },
          { people: 1, returned: [] },
        ],
      },
    },
  ],
};

const startAndReturn: AnswerSet = {
  about: 'retention of one event by another',
  events: [
    ...days('ada', 's0 v1 b1'),
    ...days('bob', 'b0 s1 b2'),
    ...days('cleo', 's0 s1'),
    ...days('dan', 'b0 s0 b0'),
  ],
  question: { ...retentionOf, ...until(3), start: typeIs('s'), return: typeIs('b') },
  cases: [
    cohorts('only the start event starts, and only the return event returns', {}, [3, 1, 0], [1, 1], [0]),
    cohorts('any event returns when none is named', { return: undefined }, [3, 2, 0], [1, 1], [0]),
    cohorts('any event starts when none is named', { start: undefined }, [4, 1, 1], [0, 0], [0]),
    cohorts(
      'on or after starts with the next period, not with the one of the start',
      { mode: 'onOrAfter', start: typeIs('b') },
      [2, 1, 1],
      [1, 0],
      [0],
    ),
  ],
};

const longer: AnswerSet = {
  about: 'retention by week and month',
  events: [
    ...days('ada', 'v0 v6 v7'),
    ...days('bob', 'v0 v6'),
    { at: '2024-01-31T23:59:59.999Z', userId: 'dan' },
    { at: '2024-02-29T00:00:00Z', userId: 'dan' },
    { at: '2024-01-01T00:00:00Z', userId: 'fay' },
    { at: '2024-03-31T23:59:59.999Z', userId: 'fay' },
  ],
  question: { kind: 'retention' },
  cases: [
    cohorts('weeks begin on Monday', { ...until(14) }, [2, 1], [0]),
    cohorts(
      'or on the day that was chosen',
      { from: '2025-06-15', to: '2025-06-29', weekStart: 'sunday' },
      [2, 2],
      [0],
    ),
    cohorts(
      'months are those of the calendar',
      { period: 'month', from: '2024-01-01', to: '2024-04-01' },
      [2, 1, 1],
      [0, 0],
      [0],
    ),
  ],
};

const zones: AnswerSet = {
  about: 'the days of retention in a zone',
  events: [
    // Kolkata: 16 June 23:30 and 17 June 00:00
    { at: '2025-06-16T18:00:00Z', userId: 'ada' },
    { at: '2025-06-16T18:30:00Z', userId: 'ada' },
    // Berlin: 30 March 00:00; its last moment; 31 March 00:00
    { at: '2025-03-29T23:00:00Z', userId: 'bob' },
    { at: '2025-03-30T21:59:59.999Z', userId: 'bob' },
    { at: '2025-03-29T23:00:00Z', userId: 'cleo' },
    { at: '2025-03-30T22:00:00Z', userId: 'cleo' },
    // Berlin: 26 October 00:00; its 25th hour; 27 October 00:00
    { at: '2025-10-25T22:00:00Z', userId: 'dan' },
    { at: '2025-10-26T22:59:59.999Z', userId: 'dan' },
    { at: '2025-10-25T22:00:00Z', userId: 'eve' },
    { at: '2025-10-26T23:00:00Z', userId: 'eve' },
  ],
  question: retentionOf,
  cases: [
    cohorts(
      'in UTC two events of one evening are one day',
      { from: '2025-06-16', to: '2025-06-18' },
      [1, 0],
      [0],
    ),
    cohorts(
      'where midnight lies between them they are two',
      { from: '2025-06-16', to: '2025-06-18', timeZone: 'Asia/Kolkata' },
      [1, 1],
      [0],
    ),
    cohorts(
      'a day of 23 hours is a day',
      { from: '2025-03-30', to: '2025-04-01', timeZone: 'Europe/Berlin' },
      [2, 1],
      [0],
    ),
    cohorts(
      'a day of 25 hours is a day',
      { from: '2025-10-26', to: '2025-10-28', timeZone: 'Europe/Berlin' },
      [2, 1],
      [0],
    ),
  ],
};

const oneIdentity: AnswerSet = {
  about: 'retention of people with several ids',
  events: [
    ...days(undefined, 'v-1', { anonymousId: 'a-1' }),
    ...days('ada', 'v1'),
    ...days('ada', 'identify2', { anonymousId: 'a-1' }),
    ...days('bob', 'v0'),
    ...days('bobby', 'v1'),
    ...days('bobby', 'alias1', { previousId: 'bob' }),
  ],
  question: { ...retentionOf, ...until(2), start: typeIs('v'), return: typeIs('v') },
  cases: [
    cohorts(
      'who was here before under another id is not new, and who comes back under another came back',
      {},
      [1, 1],
      [0],
    ),
  ],
};

export const retention: readonly AnswerSet[] = [byDay, startAndReturn, longer, zones, oneIdentity];
