/** Answers by one field: their order, their limit, and what is past it. */
import type { AnswerSet } from './answer-set.ts';

const day = (hour: number) => `2025-06-15T${String(hour).padStart(2, '0')}:00:00Z`;

export const groups: AnswerSet = {
  about: 'groups',
  events: [
    { at: day(1), country: 'DE', userId: 'ada', amount: '5', currency: 'EUR', properties: { tier: 1 } },
    { at: day(2), country: 'DE', userId: 'ada', properties: { tier: '1' } },
    { at: day(3), country: 'DE', userId: 'bob', properties: { tier: true } },
    { at: day(1), country: 'IN', userId: 'cleo', properties: { tier: 'true' } },
    { at: day(1), country: 'IN', userId: 'ada', properties: { tier: [1] } },
    { at: day(4), country: '～', userId: 'dan', properties: { tier: { a: 1 } } },
    { at: day(4), country: '😀', userId: 'dan', properties: { tier: null } },
    { at: day(5), userId: 'eve', properties: { tier: 1 } },
    { at: day(5), userId: 'eve', bot: true },
  ],
  question: { kind: 'summary', from: '2025-06-15', to: '2025-06-16', by: 'country' },
  cases: [
    {
      name: 'groups come by events, then by the bytes of their value, and absent is a group',
      question: {},
      answer: {
        total: { events: 8, users: 5 },
        groups: [
          { value: 'DE', events: 3, users: 2 },
          { value: 'IN', events: 2, users: 2 },
          { value: null, events: 1, users: 1 },
          { value: '～', events: 1, users: 1 },
          { value: '😀', events: 1, users: 1 },
        ],
      },
    },
    {
      name: 'what is past the limit is one group, its persons counted once',
      question: { by: { field: 'country', limit: 2 } },
      answer: {
        total: { events: 8, users: 5 },
        groups: [
          { value: 'DE', events: 3, users: 2 },
          { value: 'IN', events: 2, users: 2 },
          { value: null, other: true, events: 3, users: 2 },
        ],
      },
    },
    {
      name: 'groups may tell less than the whole',
      question: { by: { field: 'country', limit: 2, metrics: ['events'] } },
      answer: {
        total: { events: 8, users: 5 },
        groups: [
          { value: 'DE', events: 3 },
          { value: 'IN', events: 2 },
          { value: null, other: true, events: 3 },
        ],
      },
    },
    {
      name: 'so may groups that rollups count, those past the limit together',
      question: { by: { field: 'currency', limit: 1, metrics: ['events'] }, bots: 'include' },
      answer: {
        total: { events: 9, users: 5 },
        groups: [
          { value: null, events: 8 },
          { value: null, other: true, events: 1 },
        ],
      },
    },
    {
      name: 'a limit that all groups fit leaves no other',
      question: { by: { field: 'source', limit: 1 }, metrics: ['events'] },
      answer: { total: { events: 8 }, groups: [{ value: 'server', events: 8 }] },
    },
    {
      name: 'numbers, texts and booleans that look alike are groups of their own, lists and objects stand with the absent',
      question: { by: 'properties.tier', metrics: ['events'] },
      answer: {
        total: { events: 8 },
        groups: [
          { value: null, events: 3 },
          { value: 1, events: 2 },
          { value: '1', events: 1 },
          { value: true, events: 1 },
          { value: 'true', events: 1 },
        ],
      },
    },
    {
      name: 'a boolean field makes groups of true and false',
      question: { by: 'bot', bots: 'include', metrics: ['events'] },
      answer: {
        total: { events: 9 },
        groups: [
          { value: false, events: 8 },
          { value: true, events: 1 },
        ],
      },
    },
    {
      name: 'the filter comes before the groups',
      question: { filter: { field: 'userId', op: 'eq', value: 'ada' }, metrics: ['events', 'amount'] },
      answer: {
        total: { events: 3, amount: [{ currency: 'EUR', count: 1, sum: '5', avg: '5', min: '5', max: '5' }] },
        groups: [
          {
            value: 'DE',
            events: 2,
            amount: [{ currency: 'EUR', count: 1, sum: '5', avg: '5', min: '5', max: '5' }],
          },
          { value: 'IN', events: 1, amount: [] },
        ],
      },
    },
    {
      name: 'no events make no groups',
      question: { from: '2024-01-01', to: '2024-01-02' },
      answer: { total: { events: 0, users: 0 }, groups: [] },
    },
    {
      name: 'the groups of a trend are those of the whole range, in each bucket',
      question: {
        kind: 'trend',
        interval: 'hour',
        from: day(1),
        to: day(5),
        by: { field: 'country', limit: 2 },
      },
      answer: {
        edges: [
          '2025-06-15T01:00',
          '2025-06-15T02:00',
          '2025-06-15T03:00',
          '2025-06-15T04:00',
          '2025-06-15T05:00',
        ],
        total: { events: [3, 1, 1, 2], users: [2, 1, 1, 1] },
        groups: [
          { value: 'DE', events: [1, 1, 1, 0], users: [1, 1, 1, 0] },
          { value: 'IN', events: [2, 0, 0, 0], users: [2, 0, 0, 0] },
          { value: null, other: true, events: [0, 0, 0, 2], users: [0, 0, 0, 1] },
        ],
      },
    },
  ],
};
