/** What is counted: events, persons, bots, ranges. */
import type { AnswerSet } from './answer-set.ts';

export const counting: AnswerSet = {
  about: 'counting events and persons',
  events: [
    { at: '2025-06-14T23:59:59.999Z', userId: 'ada' },
    { at: '2025-06-15T00:00:00.000Z', userId: 'ada' },
    { at: '2025-06-15T08:00:00Z', userId: 'ada', anonymousId: 'a-1' },
    { at: '2025-06-15T08:00:00Z', anonymousId: 'a-1', type: 'click' },
    { at: '2025-06-15T08:30:00Z', anonymousId: 'ada', type: 'click' },
    { at: '2025-06-15T12:00:00Z', type: 'job', source: 'server' },
    { at: '2025-06-15T12:00:00Z', type: 'job', source: 'server' },
    { at: '2025-06-15T13:00:00Z', userId: 'crawler', bot: true },
    { at: '2025-06-15T13:00:01Z', userId: 'crawler', bot: true },
    { at: '2025-06-15T23:59:59.999Z', userId: 'bob' },
    { at: '2025-06-16T00:00:00.000Z', userId: 'cleo' },
  ],
  question: { kind: 'summary', from: '2025-06-15', to: '2025-06-16' },
  cases: [
    {
      name: 'a range holds its first millisecond and not its last',
      question: {},
      answer: { total: { events: 7, users: 3 } },
    },
    {
      name: 'a range of one millisecond counts what happened in it',
      question: { from: '2025-06-14T23:59:59.999Z', to: '2025-06-15' },
      answer: { total: { events: 1, users: 1 } },
    },
    {
      name: 'a person is the user id, else the anonymous id; equal ids are one person',
      question: { from: '2025-06-15T08:00Z', to: '2025-06-15T09:00Z' },
      answer: { total: { events: 3, users: 2 } },
    },
    {
      name: 'events without ids count as events and as nobody',
      question: { filter: { field: 'type', op: 'eq', value: 'job' } },
      answer: { total: { events: 2, users: 0 } },
    },
    {
      name: 'bots can be included',
      question: { bots: 'include' },
      answer: { total: { events: 9, users: 4 } },
    },
    {
      name: 'bots can be asked for alone',
      question: { bots: 'only' },
      answer: { total: { events: 2, users: 1 } },
    },
    {
      name: 'a filter on bots finds none while bots are excluded',
      question: { filter: { field: 'bot', op: 'eq', value: true } },
      answer: { total: { events: 0, users: 0 } },
    },
    {
      name: 'events alone can be asked for',
      question: { metrics: ['events'] },
      answer: { total: { events: 7 } },
    },
    {
      name: 'a range without events is answered with zeros',
      question: { from: '2024-01-01', to: '2025-01-01', metrics: ['events', 'users', 'amount'] },
      answer: { total: { events: 0, users: 0, amount: [] } },
    },
    {
      name: 'an exact question about few persons has the same answer',
      question: { exact: true, bots: 'include' },
      answer: { total: { events: 9, users: 4 } },
    },
    {
      name: 'a person who comes back counts in each bucket and once in the whole',
      question: { kind: 'trend', interval: 'day', from: '2025-06-14', to: '2025-06-17' },
      answer: {
        edges: ['2025-06-14T00:00', '2025-06-15T00:00', '2025-06-16T00:00', '2025-06-17T00:00'],
        total: { events: [1, 7, 1], users: [1, 3, 1] },
      },
    },
    {
      name: 'a range that cuts its first and last bucket says so and counts the rest of neither',
      question: {
        kind: 'trend',
        interval: 'day',
        from: '2025-06-14T23:59:59.999Z',
        to: '2025-06-16T00:00:00.001Z',
      },
      answer: {
        edges: ['2025-06-14T23:59', '2025-06-15T00:00', '2025-06-16T00:00', '2025-06-16T00:00'],
        cut: [0, 2],
        total: { events: [1, 7, 1], users: [1, 3, 1] },
      },
    },
    {
      name: 'buckets without events are zeros',
      question: { kind: 'trend', interval: '15m', from: '2025-06-15T08:00Z', to: '2025-06-15T09:00Z' },
      answer: {
        edges: [
          '2025-06-15T08:00',
          '2025-06-15T08:15',
          '2025-06-15T08:30',
          '2025-06-15T08:45',
          '2025-06-15T09:00',
        ],
        total: { events: [2, 0, 1, 0], users: [2, 0, 1, 0] },
      },
    },
  ],
};
