/** Which page follows which. Visits are told as pages a minute apart. */
import type { AnswerSet } from './answer-set.ts';
import { minute, today, typeIs, visit, walk } from './walks.ts';

const node = (step: number, value: string | number, sequences: number, ends: number) => ({
  step,
  value,
  sequences,
  ends,
});
const link = (step: number, from: string | number, to: string | number, sequences: number) => ({
  step,
  from: { value: from },
  to: { value: to },
  sequences,
});
const other = { value: null, other: true } as const;

const visits: AnswerSet = {
  about: 'paths through pages',
  events: [
    ...visit('ada', '/ / /buy'),
    ...visit('bob', '/ /help /'),
    ...visit('cleo', '/help /buy'),
    ...visit('dan', '/', { bot: true }),
  ],
  question: { kind: 'paths', ...today, steps: 2 },
  cases: [
    {
      name: 'repeats in a row are one visit, and what goes on past the last step has not ended',
      question: {},
      answer: {
        field: 'path',
        direction: 'forward',
        sequences: 3,
        nodes: [node(0, '/', 2, 0), node(0, '/help', 1, 0), node(1, '/buy', 2, 2), node(1, '/help', 1, 0)],
        links: [link(0, '/', '/buy', 1), link(0, '/', '/help', 1), link(0, '/help', '/buy', 1)],
      },
    },
    {
      name: 'a third step shows how it went on',
      question: { steps: 3, filter: { field: 'userId', op: 'eq', value: 'bob' } },
      answer: {
        sequences: 1,
        nodes: [node(0, '/', 1, 0), node(1, '/help', 1, 0), node(2, '/', 1, 1)],
        links: [link(0, '/', '/help', 1), link(1, '/help', '/', 1)],
      },
    },
    {
      name: 'from a page they begin with its first visit, and who never was there has no path',
      question: { start: '/help' },
      answer: {
        sequences: 2,
        nodes: [node(0, '/help', 2, 0), node(1, '/', 1, 1), node(1, '/buy', 1, 1)],
        links: [link(0, '/help', '/', 1), link(0, '/help', '/buy', 1)],
      },
    },
    {
      name: 'to a page they are told backward from its last visit',
      question: { end: '/buy' },
      answer: {
        direction: 'backward',
        sequences: 2,
        nodes: [node(0, '/buy', 2, 0), node(1, '/', 1, 1), node(1, '/help', 1, 1)],
        links: [link(0, '/buy', '/', 1), link(0, '/buy', '/help', 1)],
      },
    },
    {
      name: 'a page that nobody saw begins no path',
      question: { start: '/nowhere' },
      answer: { sequences: 0, nodes: [], links: [] },
    },
    {
      name: 'at each step the values past the limit are other, the last in the list',
      question: { limit: 1 },
      answer: {
        nodes: [
          node(0, '/', 2, 0),
          { step: 0, ...other, sequences: 1, ends: 0 },
          node(1, '/buy', 2, 2),
          { step: 1, ...other, sequences: 1, ends: 0 },
        ],
        links: [
          link(0, '/', '/buy', 1),
          { step: 0, from: { value: '/' }, to: other, sequences: 1 },
          { step: 0, from: other, to: { value: '/buy' }, sequences: 1 },
        ],
      },
    },
    {
      name: 'bots may be included',
      question: { bots: 'include' },
      answer: {
        sequences: 4,
        nodes: [node(0, '/', 3, 1), node(0, '/help', 1, 0), node(1, '/buy', 2, 2), node(1, '/help', 1, 0)],
      },
    },
  ],
};

const perWhom: AnswerSet = {
  about: 'paths by session and by user',
  events: [
    ...visit('ada', '/ /a'),
    ...visit('ada', '/b', {}, 60 * minute),
    ...visit(undefined, '/ /c', { sessionId: 's1' }),
    ...visit(undefined, '/d'),
  ],
  question: { kind: 'paths', ...today, steps: 3 },
  cases: [
    {
      name: 'a pause of more than 30 minutes ends a path; a named session of nobody has one',
      question: {},
      answer: {
        sequences: 3,
        nodes: [node(0, '/', 2, 0), node(0, '/b', 1, 1), node(1, '/a', 1, 1), node(1, '/c', 1, 1)],
      },
    },
    {
      name: 'a person has one path whatever their sessions, and nobody has none',
      question: { per: 'user' },
      answer: {
        sequences: 1,
        nodes: [node(0, '/', 1, 0), node(1, '/a', 1, 0), node(2, '/b', 1, 1)],
        links: [link(0, '/', '/a', 1), link(1, '/a', '/b', 1)],
      },
    },
  ],
};

const fields: AnswerSet = {
  about: 'paths through values of a field',
  events: [
    ...walk('ada', 'view0 buy1 view2', { properties: { level: 1 } }, minute),
    ...walk('ada', 'view3', { properties: { level: '1' } }, minute),
    ...walk('bob', 'view0 buy1', {}, minute),
    { at: '2025-06-16T00:05:00Z', type: 'view', userId: 'bob', properties: { level: 2 } },
  ],
  question: { kind: 'paths', ...today, steps: 3 },
  cases: [
    {
      name: 'they may go through types of events',
      question: { field: 'type' },
      answer: {
        field: 'type',
        sequences: 2,
        nodes: [node(0, 'view', 2, 0), node(1, 'buy', 2, 0), node(2, 'view', 2, 2)],
        links: [link(0, 'view', 'buy', 2), link(1, 'buy', 'view', 2)],
      },
    },
    {
      name: 'events without a value are no stations, and the number 1 is not the text 1',
      question: { field: 'properties.level' },
      answer: {
        sequences: 2,
        nodes: [node(0, 1, 1, 0), node(0, 2, 1, 1), node(1, '1', 1, 1)],
        links: [link(0, 1, '1', 1)],
      },
    },
    {
      name: 'the filter leaves stations out, and what then repeats is one visit',
      question: { field: 'type', filter: typeIs('view') },
      answer: { sequences: 2, nodes: [node(0, 'view', 2, 2)], links: [] },
    },
    {
      name: 'a path may begin with a number',
      question: { field: 'properties.level', start: 1 },
      answer: { sequences: 1, nodes: [node(0, 1, 1, 0), node(1, '1', 1, 1)] },
    },
  ],
};

export const paths: readonly AnswerSet[] = [visits, perWhom, fields];
