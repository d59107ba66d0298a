/** The first groups by several fields together: their order, their limit, and what is past it. */
import type { AnswerSet } from './answer-set.ts';

const at = '2025-06-15T12:00:00Z';

export const breakdowns: AnswerSet = {
  about: 'breakdowns',
  events: [
    { at, country: 'DE', path: '/a', userId: 'ada', properties: { plan: 'pro' } },
    { at, country: 'DE', path: '/a', userId: 'bob', properties: { plan: 'pro' } },
    { at, country: 'DE', path: '/b', userId: 'ada', properties: { plan: 1 } },
    { at, country: 'IN', path: '/a', userId: 'ada', amount: '2', currency: 'EUR', properties: { plan: '1' } },
    { at, country: 'IN', path: '/a', userId: 'cleo', bot: true },
    { at, path: '/a', userId: 'dan', properties: { plan: true } },
    { at, country: 'I', path: 'N/a', userId: 'dan', amount: '-3.5', currency: 'EUR' },
    { at, country: '～', userId: 'eve' },
    { at, country: '😀', userId: 'eve' },
  ],
  question: { kind: 'breakdown', from: '2025-06-15', to: '2025-06-16', metrics: ['events'] },
  cases: [
    {
      name: 'a group is one value of each field, and absent is a value',
      question: { by: ['country', 'path'], metrics: ['events', 'users'] },
      answer: {
        by: ['country', 'path'],
        total: { events: 8, users: 4 },
        groups: [
          { values: ['DE', '/a'], events: 2, users: 2 },
          { values: ['DE', '/b'], events: 1, users: 1 },
          { values: ['I', 'N/a'], events: 1, users: 1 },
          { values: ['IN', '/a'], events: 1, users: 1 },
          { values: [null, '/a'], events: 1, users: 1 },
          { values: ['～', null], events: 1, users: 1 },
          { values: ['😀', null], events: 1, users: 1 },
        ],
      },
    },
    {
      name: 'what is past the limit is one group, its persons counted once and its amounts added',
      question: {
        by: [{ field: 'country' }, { field: 'path' }],
        limit: 2,
        metrics: ['events', 'users', 'amount'],
      },
      answer: {
        by: ['country', 'path'],
        total: {
          events: 8,
          users: 4,
          amount: [{ currency: 'EUR', count: 2, sum: '-1.5', avg: '-0.75', min: '-3.5', max: '2' }],
        },
        groups: [
          { values: ['DE', '/a'], events: 2, users: 2, amount: [] },
          { values: ['DE', '/b'], events: 1, users: 1, amount: [] },
          {
            values: [null, null],
            other: true,
            events: 5,
            users: 3,
            amount: [{ currency: 'EUR', count: 2, sum: '-1.5', avg: '-0.75', min: '-3.5', max: '2' }],
          },
        ],
      },
    },
    {
      name: 'the order of the fields is the order of ties',
      question: { by: ['path', 'country'], limit: 3 },
      answer: {
        by: ['path', 'country'],
        total: { events: 8 },
        groups: [
          { values: ['/a', 'DE'], events: 2 },
          { values: ['/a', 'IN'], events: 1 },
          { values: ['/a', null], events: 1 },
          { values: [null, null], other: true, events: 4 },
        ],
      },
    },
    {
      name: 'properties of different types that look alike are different groups, beside fields too',
      question: { by: ['properties.plan', 'bot'], bots: 'include' },
      answer: {
        by: ['properties.plan', 'bot'],
        total: { events: 9 },
        groups: [
          { values: [null, false], events: 3 },
          { values: ['pro', false], events: 2 },
          { values: [1, false], events: 1 },
          { values: ['1', false], events: 1 },
          { values: [null, true], events: 1 },
          { values: [true, false], events: 1 },
        ],
      },
    },
    {
      name: 'by one field it is what a summary by that field is',
      question: { by: 'country', limit: 1 },
      answer: {
        by: ['country'],
        total: { events: 8 },
        groups: [
          { values: ['DE'], events: 3 },
          { values: [null], other: true, events: 5 },
        ],
      },
    },
    {
      name: 'four fields make one group of each combination',
      question: {
        by: ['country', 'path', 'properties.plan', 'userId'],
        filter: { field: 'country', op: 'eq', value: 'DE' },
        limit: 2,
      },
      answer: {
        by: ['country', 'path', 'properties.plan', 'userId'],
        total: { events: 3 },
        groups: [
          { values: ['DE', '/a', 'pro', 'ada'], events: 1 },
          { values: ['DE', '/a', 'pro', 'bob'], events: 1 },
          { values: [null, null, null, null], other: true, events: 1 },
        ],
      },
    },
    {
      name: 'without events there are no groups',
      question: { by: ['country', 'path'], from: '2024-01-01', to: '2024-01-02' },
      answer: { by: ['country', 'path'], total: { events: 0 }, groups: [] },
    },
  ],
};
