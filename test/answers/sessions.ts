/** Where sessions begin and end, and what is counted of them. */
import type { AnswerSet } from './answer-set.ts';
import { day, isoAt, minute, today, typeIs, visit, walk } from './walks.ts';

const page = (ms: number, userId: string | undefined, path: string, more = {}) =>
  visit(userId, path, more, ms);

const gaps: AnswerSet = {
  about: 'where sessions are cut',
  events: [
    ...walk('ada', 'pageview0 click1800000'),
    ...walk('bob', 'pageview0 click1800001'),
    ...walk('cleo', 'pageview0', { sessionId: 'c-1' }),
    ...walk('cleo', 'pageview1', { sessionId: 'c-2' }),
    ...walk('cleo', 'click7200000', { sessionId: 'c-1' }),
    ...walk(undefined, 'pageview0 pageview10', { sessionId: 'n-1' }),
    ...walk(undefined, 'pageview0'),
    ...walk('crawler', 'pageview0', { bot: true }),
  ],
  question: { kind: 'sessions', ...today },
  cases: [
    {
      name: 'a pause of 30 minutes does not end a session',
      question: { filter: { field: 'userId', op: 'eq', value: 'ada' } },
      answer: {
        total: {
          sessions: 1,
          users: 1,
          averageMs: 1_800_000,
          medianMs: 1_800_000,
          bounceRate: 0,
          pageviewsPerSession: 1,
        },
      },
    },
    {
      name: 'a longer one does, and a session of one click is no bounce',
      question: { filter: { field: 'userId', op: 'eq', value: 'bob' } },
      answer: {
        total: {
          sessions: 2,
          users: 1,
          averageMs: 0,
          medianMs: 0,
          bounceRate: 0.5,
          pageviewsPerSession: 0.5,
        },
      },
    },
    {
      name: 'events that name their session are of it, whatever the pause and whatever lies between',
      question: { filter: { field: 'userId', op: 'eq', value: 'cleo' } },
      answer: {
        total: {
          sessions: 2,
          users: 1,
          averageMs: 3_600_000,
          medianMs: 3_600_000,
          bounceRate: 0.5,
          pageviewsPerSession: 1,
        },
      },
    },
    {
      name: 'nobody has a session only where it is named',
      question: {},
      answer: {
        total: {
          sessions: 6,
          users: 3,
          averageMs: 9_000_010 / 6,
          medianMs: 5,
          bounceRate: 2 / 6,
          pageviewsPerSession: 6 / 6,
        },
      },
    },
    {
      name: 'the filter chooses sessions by any of their events, and counts all of them',
      question: { filter: typeIs('click') },
      answer: {
        total: {
          sessions: 3,
          users: 3,
          averageMs: 3_000_000,
          medianMs: 1_800_000,
          bounceRate: 0,
          pageviewsPerSession: 2 / 3,
        },
      },
    },
    {
      name: 'the range cuts sessions',
      question: { to: isoAt(1_800_000), filter: { field: 'userId', op: 'eq', value: 'ada' } },
      answer: {
        total: { sessions: 1, users: 1, averageMs: 0, medianMs: 0, bounceRate: 1, pageviewsPerSession: 1 },
      },
    },
    {
      name: 'bots have sessions of their own',
      question: { bots: 'only' },
      answer: {
        total: { sessions: 1, users: 1, averageMs: 0, medianMs: 0, bounceRate: 1, pageviewsPerSession: 1 },
      },
    },
    {
      name: 'where there is none there is no average',
      question: { from: '2024-01-01', to: '2024-01-02' },
      answer: {
        total: {
          sessions: 0,
          users: 0,
          averageMs: null,
          medianMs: null,
          bounceRate: null,
          pageviewsPerSession: null,
        },
      },
    },
  ],
};

const numbers = (
  sessions: number,
  users: number,
  averageMs: number,
  medianMs: number,
  bounceRate: number,
  pageviewsPerSession: number,
) => ({
  sessions,
  users,
  averageMs,
  medianMs,
  bounceRate,
  pageviewsPerSession,
});

const pages: AnswerSet = {
  about: 'sessions by where they begin and end',
  events: [
    ...visit('ada', '/ /a /b'),
    ...page(60 * minute, 'ada', '/a'),
    ...page(0, 'bob', '/', { country: 'DE' }),
    ...page(minute, 'bob', '/b', { country: 'IN' }),
    ...walk('cleo', 'click0'),
    ...walk('cleo', 'click1', { path: '/x' }),
  ],
  question: { kind: 'sessions', ...today },
  cases: [
    {
      name: 'the entry is the first page view; sessions without one stand together',
      question: { by: 'entryPath' },
      answer: {
        groups: [
          { value: '/', ...numbers(2, 2, 90_000, 90_000, 0, 2.5) },
          { value: '/a', ...numbers(1, 1, 0, 0, 1, 1) },
          { value: null, ...numbers(1, 1, 1, 1, 0, 0) },
        ],
      },
    },
    {
      name: 'the exit is the last page view',
      question: { by: 'exitPath' },
      answer: {
        groups: [
          { value: '/b', ...numbers(2, 2, 90_000, 90_000, 0, 2.5) },
          { value: '/a', ...numbers(1, 1, 0, 0, 1, 1) },
          { value: null, ...numbers(1, 1, 1, 1, 0, 0) },
        ],
      },
    },
    {
      name: 'a field is that of the first event of the session, and past the limit is other',
      question: { by: { dimension: 'country', limit: 1 } },
      answer: {
        total: numbers(4, 3, 180_001 / 4, 60_001 / 2, 0.25, 1.5),
        groups: [
          { value: null, ...numbers(3, 2, 120_001 / 3, 1, 1 / 3, 4 / 3) },
          { value: null, other: true, ...numbers(1, 1, 60_000, 60_000, 0, 2) },
        ],
      },
    },
  ],
};

const counted: AnswerSet = {
  about: 'sessions as a number',
  events: [
    ...page(day - 10 * minute, 'ada', '/'),
    ...page(day + 10 * minute, 'ada', '/'),
    ...page(day + 60 * minute, 'ada', '/'),
    ...page(0, 'bob', '/', { country: 'DE' }),
    ...page(20 * minute, 'bob', '/'),
    ...page(40 * minute, 'bob', '/', { country: 'DE' }),
  ],
  question: { ...today, to: isoAt(2 * day), metrics: ['events', 'users', 'sessions'] },
  cases: [
    {
      name: 'a summary counts sessions once',
      question: { kind: 'summary' },
      answer: { total: { events: 6, users: 2, sessions: 3 } },
    },
    {
      name: 'a session over midnight is one of both days',
      question: { kind: 'trend', interval: 'day' },
      answer: {
        edges: ['2025-06-16T00:00', '2025-06-17T00:00', '2025-06-18T00:00'],
        total: { events: [4, 2], users: [2, 1], sessions: [2, 2] },
      },
    },
    {
      name: 'sessions are cut before the filter looks at events, so that no filter makes two of one',
      question: { kind: 'summary', filter: { field: 'country', op: 'eq', value: 'DE' } },
      answer: { total: { events: 2, users: 1, sessions: 1 } },
    },
    {
      name: 'a group counts the sessions that its events are of',
      question: { kind: 'summary', by: 'country' },
      answer: {
        total: { events: 6, users: 2, sessions: 3 },
        groups: [
          { value: null, events: 4, users: 2, sessions: 3 },
          { value: 'DE', events: 2, users: 1, sessions: 1 },
        ],
      },
    },
  ],
};

/** One session that four people are in, one of two, one of one person and nobody. */
const shared: AnswerSet = {
  about: 'sessions of several people',
  events: [
    ...['ada', 'bob', 'cleo', 'dora'].flatMap((name, i) =>
      page(i * minute, name, '/', { sessionId: 's-1', country: 'DE' }),
    ),
    ...page(0, 'ada', '/', { sessionId: 's-2', country: 'AT' }),
    ...page(minute, 'eve', '/', { sessionId: 's-2' }),
    ...page(0, undefined, '/', { sessionId: 's-3' }),
    ...page(minute, 'fay', '/', { sessionId: 's-3', country: 'AT' }),
  ],
  question: { kind: 'sessions', ...today },
  cases: [
    {
      name: 'each of them is a user',
      question: { by: 'country' },
      answer: {
        total: {
          sessions: 3,
          users: 6,
          averageMs: (5 * minute) / 3,
          medianMs: minute,
          bounceRate: 0,
          pageviewsPerSession: 8 / 3,
        },
      },
    },
    {
      name: 'with a filter too, when one event of the session matches it',
      question: { filter: { field: 'userId', op: 'eq', value: 'bob' } },
      answer: {
        total: {
          sessions: 1,
          users: 4,
          averageMs: 3 * minute,
          medianMs: 3 * minute,
          bounceRate: 0,
          pageviewsPerSession: 4,
        },
      },
    },
  ],
};

export const sessions: readonly AnswerSet[] = [gaps, pages, counted, shared];
