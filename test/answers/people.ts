/** Lists of people, one person's timeline, and what happens now. The clock of these cases stands at 2026-01-01T00:00Z. */
import type { AnswerSet } from './answer-set.ts';
import { begin, isoAt, typeIs, walk } from './walks.ts';

const seen = (userId: string | undefined, firstMs: number, lastMs: number, events: number, more = {}) => ({
  ...(userId !== undefined && { userId }),
  ...more,
  firstSeen: isoAt(firstMs),
  lastSeen: isoAt(lastMs),
  events,
});

const users: AnswerSet = {
  about: 'lists of people',
  events: [
    ...walk('ada', 'a0 a10 b30'),
    ...walk('bob', 'a5 a20'),
    ...walk('cleo', 'b7', { country: 'DE' }),
    ...walk(undefined, 'a8', { anonymousId: 'd-1' }),
    ...walk('crawler', 'a9', { bot: true }),
    ...walk(undefined, 'a9'),
  ],
  question: { kind: 'users', from: '2025-06-16', to: '2025-06-17' },
  cases: [
    {
      name: 'who was seen last is the first; bots and nobody are not listed',
      question: {},
      answer: {
        people: [
          seen('ada', 0, 30, 3),
          seen('bob', 5, 20, 2),
          seen(undefined, 8, 8, 1, { anonymousId: 'd-1' }),
          seen('cleo', 7, 7, 1),
        ],
        more: false,
      },
    },
    {
      name: 'by their first event who came last is the first',
      question: { order: 'firstSeen', limit: 2 },
      answer: {
        people: [seen(undefined, 8, 8, 1, { anonymousId: 'd-1' }), seen('cleo', 7, 7, 1)],
        more: true,
      },
    },
    {
      name: 'by events who did most is the first',
      question: { order: 'events', limit: 2 },
      answer: { people: [seen('ada', 0, 30, 3), seen('bob', 5, 20, 2)], more: true },
    },
    {
      name: 'a page goes on after its cursor',
      question: { after: `${begin + 8}.18446744073709551615` },
      answer: { people: [seen('cleo', 7, 7, 1)], more: false },
    },
    {
      name: 'only events that match the filter are looked at',
      question: { filter: typeIs('b') },
      answer: { people: [seen('ada', 30, 30, 1), seen('cleo', 7, 7, 1)] },
    },
    {
      name: 'only events of the range are looked at',
      question: { from: isoAt(8), to: isoAt(20) },
      answer: { people: [seen('ada', 10, 10, 1), seen(undefined, 8, 8, 1, { anonymousId: 'd-1' })] },
    },
    {
      name: 'a cohort lists its members',
      question: { filter: { cohort: { filter: typeIs('a'), atLeast: 2, days: 1 } } },
      answer: { people: [seen('ada', 0, 30, 3), seen('bob', 5, 20, 2)] },
    },
    {
      name: 'where nobody was, nobody is listed',
      question: { from: '2024-01-01', to: '2024-01-02' },
      answer: { people: [], more: false },
    },
  ],
};

const linked: AnswerSet = {
  about: 'one person with several ids',
  events: [
    ...walk(undefined, 'view0', { anonymousId: 'a-1' }),
    ...walk('ada', 'identify5', { anonymousId: 'a-1' }),
    ...walk('ada', 'buy9'),
    // a second person on the same device stays a second person
    ...walk('bob', 'identify20', { anonymousId: 'a-1' }),
    ...walk('bob', 'view21'),
    // cleo was cloe once
    ...walk('cloe', 'view30'),
    ...walk('cleo', 'alias31', { previousId: 'cloe' }),
    // linked and taken back
    ...walk('dan', 'view40'),
    ...walk('eve', 'alias41', { previousId: 'dan' }),
    ...walk('eve', 'alias42', { previousId: 'dan', properties: { undo: true } }),
  ],
  question: { kind: 'users', from: '2025-06-16', to: '2025-06-17' },
  cases: [
    {
      name: 'ids that were linked are one person, in the past too; what was taken back is not',
      question: {},
      answer: {
        people: [
          seen('eve', 41, 42, 2),
          seen('dan', 40, 40, 1),
          seen('cleo', 30, 31, 2),
          seen('bob', 20, 21, 2, { anonymousId: 'a-1' }),
          seen('ada', 0, 9, 3, { anonymousId: 'a-1' }),
        ],
      },
    },
    {
      name: 'each of them counts once among the users',
      question: { kind: 'summary' },
      answer: { total: { events: 10, users: 5 } },
    },
    {
      name: 'a link counts although it lies outside of the range',
      question: { kind: 'summary', from: isoAt(30), to: isoAt(31) },
      answer: { total: { events: 1, users: 1 } },
    },
    {
      name: 'users by type are persons by type',
      question: { kind: 'summary', by: 'type' },
      answer: {
        total: { events: 10, users: 5 },
        groups: [
          { value: 'view', events: 4, users: 4 },
          { value: 'alias', events: 3, users: 2 },
          { value: 'identify', events: 2, users: 2 },
          { value: 'buy', events: 1, users: 1 },
        ],
      },
    },
    {
      name: 'a cohort has the people, not the ids',
      question: { kind: 'summary', filter: { cohort: { filter: typeIs('buy'), days: 1 } } },
      answer: { total: { events: 3, users: 1 } },
    },
    {
      name: 'a timeline has the events of every id of a person, newest first',
      question: { kind: 'user', person: 'ada' },
      answer: {
        person: seen('ada', 0, 9, 3, { anonymousId: 'a-1' }),
        timeline: ['buy 2025-06-16T00:00', 'identify 2025-06-16T00:00', 'view 2025-06-16T00:00'],
        more: false,
      },
    },
    {
      name: 'any of their ids finds the person',
      question: { kind: 'user', person: 'a-1', limit: 1 },
      answer: {
        person: seen('ada', 0, 9, 3, { anonymousId: 'a-1' }),
        timeline: ['buy 2025-06-16T00:00'],
        more: true,
      },
    },
    {
      name: 'the id of another finds only the other',
      question: { kind: 'user', person: 'bob' },
      answer: {
        person: seen('bob', 20, 21, 2, { anonymousId: 'a-1' }),
        timeline: ['view 2025-06-16T00:00', 'identify 2025-06-16T00:00'],
      },
    },
    {
      name: 'a timeline keeps to its range and its filter, the person to the range alone',
      question: { kind: 'user', person: 'ada', from: isoAt(5), filter: typeIs('buy') },
      answer: { person: seen('ada', 5, 9, 2, { anonymousId: 'a-1' }), timeline: ['buy 2025-06-16T00:00'] },
    },
    {
      name: 'an id that nobody has is nobody',
      question: { kind: 'user', person: 'zoe' },
      answer: { person: null, timeline: [] },
    },
  ],
};

const live: AnswerSet = {
  about: 'what happens now',
  events: [
    { at: '2025-12-31T23:30:59.999Z', userId: 'old', path: '/old' },
    { at: '2025-12-31T23:31:00.000Z', userId: 'ada', path: '/', country: 'DE' },
    { at: '2025-12-31T23:54:59.999Z', userId: 'ada', path: '/', country: 'DE', referrerHost: 'news.example' },
    { at: '2025-12-31T23:55:00.000Z', userId: 'bob', path: '/' },
    { at: '2025-12-31T23:55:01.000Z', userId: 'bob', path: '/a' },
    { at: '2025-12-31T23:59:00.000Z', userId: 'cleo', path: '/b' },
    { at: '2025-12-31T23:59:00.000Z', userId: 'crawler', path: '/b', bot: true },
    { at: '2025-12-31T23:59:30.000Z', path: '/b' },
    { at: '2026-01-01T00:00:30.000Z', userId: 'dan', path: '/' },
  ],
  question: { kind: 'live' },
  cases: [
    {
      name: 'the people of the last five minutes are here now',
      question: {},
      answer: { now: 3 },
    },
    {
      name: 'the last 30 minutes are whole minutes, the running one among them',
      question: {},
      answer: {
        minutes: { '23:31': [1, 1], '23:54': [1, 1], '23:55': [2, 1], '23:59': [2, 1], '00:00': [1, 1] },
      },
    },
    {
      name: 'pages, referrers and countries are those of the 30 minutes, past the limit together',
      question: { limit: 2 },
      answer: {
        pages: [
          { value: '/', events: 4, users: 3 },
          { value: '/b', events: 2, users: 1 },
          { value: null, other: true, events: 1, users: 1 },
        ],
        referrers: [
          { value: null, events: 6, users: 4 },
          { value: 'news.example', events: 1, users: 1 },
        ],
        countries: [
          { value: null, events: 5, users: 3 },
          { value: 'DE', events: 2, users: 1 },
        ],
      },
    },
    {
      name: 'a filter leaves out the others',
      question: { filter: { field: 'userId', op: 'eq', value: 'ada' } },
      answer: {
        now: 0,
        minutes: { '23:31': [1, 1], '23:54': [1, 1] },
        pages: [{ value: '/', events: 2, users: 1 }],
      },
    },
  ],
};

export const people: readonly AnswerSet[] = [users, linked, live];
