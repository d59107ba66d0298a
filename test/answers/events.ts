/** The events themselves: their order, and what one looks like. */
import type { AnswerSet } from './answer-set.ts';

const received = { source: 'server', bot: false } as const;

export const events: AnswerSet = {
  about: 'lists of events',
  partition: 99,
  events: [
    { at: '2025-06-15T12:00:00.001Z', userId: 'ada', amount: '-12.50', currency: 'EUR' },
    {
      at: '2025-06-15T12:00:00Z',
      type: 'click',
      path: '/a',
      properties: { n: 1, 'cart.items': [1, 'x', null], gone: null },
    },
    { at: '2025-06-15T12:00:00Z', type: 'click', bot: true },
    {
      at: '1969-12-31T23:59:59.999Z',
      type: 'old',
      properties: { deep: { er: { big: 1e21, text: '1' } }, empty: {} },
    },
  ],
  question: { kind: 'events', from: '1960-01-01', to: '2025-06-16' },
  cases: [
    {
      name: 'the newest is the first, and what is absent is left out',
      question: {},
      answer: {
        events: [
          {
            eventId: 'e-99-0',
            type: 'pageview',
            timestamp: '2025-06-15T12:00:00.001Z',
            receivedAt: '2025-06-15T12:00:00.001Z',
            ...received,
            userId: 'ada',
            amount: '-12.5',
            currency: 'EUR',
          },
          {
            eventId: 'e-99-1',
            type: 'click',
            timestamp: '2025-06-15T12:00:00.000Z',
            receivedAt: '2025-06-15T12:00:00.000Z',
            ...received,
            path: '/a',
            properties: { n: 1, cart: { items: [1, 'x', null] } },
          },
          {
            eventId: 'e-99-3',
            type: 'old',
            timestamp: '1969-12-31T23:59:59.999Z',
            receivedAt: '1969-12-31T23:59:59.999Z',
            ...received,
            properties: { deep: { er: { big: 1e21, text: '1' } } },
          },
        ],
      },
    },
    {
      name: 'events of one millisecond come in the reverse order of the log',
      question: { bots: 'include', filter: { field: 'type', op: 'eq', value: 'click' }, limit: 1 },
      answer: {
        events: [
          {
            eventId: 'e-99-2',
            type: 'click',
            timestamp: '2025-06-15T12:00:00.000Z',
            receivedAt: '2025-06-15T12:00:00.000Z',
            source: 'server',
            bot: true,
          },
        ],
        next: Buffer.from(`1.${Date.UTC(2025, 5, 15, 12)}.99.2`).toString('base64url'),
      },
    },
    {
      name: 'a cursor goes on after its event, to the end',
      question: {
        filter: { field: 'type', op: 'eq', value: 'click' },
        bots: 'include',
        after: Buffer.from(`1.${Date.UTC(2025, 5, 15, 12)}.99.2`).toString('base64url'),
      },
      answer: {
        events: [
          {
            eventId: 'e-99-1',
            type: 'click',
            timestamp: '2025-06-15T12:00:00.000Z',
            receivedAt: '2025-06-15T12:00:00.000Z',
            ...received,
            path: '/a',
            properties: { n: 1, cart: { items: [1, 'x', null] } },
          },
        ],
      },
    },
  ],
};
