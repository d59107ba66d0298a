/** Sums, averages and extremes of `amount`: exact, and never over two currencies. */
import type { AnswerSet } from './answer-set.ts';

export const money: AnswerSet = {
  about: 'money',
  events: [
    { at: '2025-06-15T10:00:00Z', type: 'purchase', amount: '0.1', currency: 'EUR' },
    { at: '2025-06-15T10:10:00Z', type: 'purchase', amount: '0.2', currency: 'EUR' },
    { at: '2025-06-15T11:00:00Z', type: 'purchase', amount: '10', currency: 'EUR' },
    { at: '2025-06-15T12:00:00Z', type: 'refund', amount: '-10', currency: 'EUR' },
    { at: '2025-06-15T12:00:00Z', type: 'purchase', amount: '1500', currency: 'JPY' },
    { at: '2025-06-15T12:30:00Z', type: 'tip', amount: '0.0001' },
    { at: '2025-06-15T12:30:00Z', type: 'gift', amount: '0', currency: 'USD' },
    { at: '2025-06-15T12:45:00Z', type: 'visit', currency: 'CHF' },
    { at: '2025-06-16T10:00:00Z', type: 'deal', amount: '99999999999999.9999', currency: 'EUR' },
    { at: '2025-06-16T10:00:00Z', type: 'deal', amount: '99999999999999.9999', currency: 'EUR' },
    { at: '2025-06-16T10:00:00Z', type: 'deal', amount: '0.0001', currency: 'EUR' },
    { at: '2025-06-17T10:00:00Z', type: 'refund', amount: '-0.0001', currency: 'EUR' },
    { at: '2025-06-17T10:00:00Z', type: 'refund', amount: '-0.0001', currency: 'EUR' },
    { at: '2025-06-17T10:00:00Z', type: 'refund', amount: '-0.0002', currency: 'EUR' },
  ],
  question: { kind: 'summary', from: '2025-06-15', to: '2025-06-16', metrics: ['amount'] },
  cases: [
    {
      name: 'each currency is answered by itself, none first, and events without an amount in none',
      question: {},
      answer: {
        total: {
          events: 8,
          amount: [
            { currency: null, count: 1, sum: '0.0001', avg: '0.0001', min: '0.0001', max: '0.0001' },
            { currency: 'EUR', count: 4, sum: '0.3', avg: '0.075', min: '-10', max: '10' },
            { currency: 'JPY', count: 1, sum: '1500', avg: '1500', min: '1500', max: '1500' },
            { currency: 'USD', count: 1, sum: '0', avg: '0', min: '0', max: '0' },
          ],
        },
      },
    },
    {
      name: 'sums larger than a double can hold are exact',
      question: { from: '2025-06-16', to: '2025-06-17' },
      answer: {
        total: {
          events: 3,
          amount: [
            {
              currency: 'EUR',
              count: 3,
              sum: '199999999999999.9999',
              avg: '66666666666666.666633',
              min: '0.0001',
              max: '99999999999999.9999',
            },
          ],
        },
      },
    },
    {
      name: 'a negative average is rounded away from zero',
      question: { from: '2025-06-17', to: '2025-06-18' },
      answer: {
        total: {
          events: 3,
          amount: [
            { currency: 'EUR', count: 3, sum: '-0.0004', avg: '-0.000133', min: '-0.0002', max: '-0.0001' },
          ],
        },
      },
    },
    {
      name: 'a refund counts like any other amount',
      question: { filter: { field: 'amount', op: 'lt', value: 0 } },
      answer: {
        total: {
          events: 1,
          amount: [{ currency: 'EUR', count: 1, sum: '-10', avg: '-10', min: '-10', max: '-10' }],
        },
      },
    },
    {
      name: 'amounts can be asked by currency',
      question: { by: 'currency', filter: { field: 'amount', op: 'gte', value: 1 } },
      answer: {
        total: {
          events: 2,
          amount: [
            { currency: 'EUR', count: 1, sum: '10', avg: '10', min: '10', max: '10' },
            { currency: 'JPY', count: 1, sum: '1500', avg: '1500', min: '1500', max: '1500' },
          ],
        },
        groups: [
          {
            value: 'EUR',
            events: 1,
            amount: [{ currency: 'EUR', count: 1, sum: '10', avg: '10', min: '10', max: '10' }],
          },
          {
            value: 'JPY',
            events: 1,
            amount: [{ currency: 'JPY', count: 1, sum: '1500', avg: '1500', min: '1500', max: '1500' }],
          },
        ],
      },
    },
    {
      name: 'over time each currency is a series; where nothing was paid the sum is 0 and the others are null',
      question: {
        kind: 'trend',
        interval: 'hour',
        from: '2025-06-15T10:00Z',
        to: '2025-06-15T13:00Z',
        filter: { field: 'currency', op: 'in', value: ['EUR', 'JPY'] },
      },
      answer: {
        edges: ['2025-06-15T10:00', '2025-06-15T11:00', '2025-06-15T12:00', '2025-06-15T13:00'],
        total: {
          events: [2, 1, 2],
          amount: [
            {
              currency: 'EUR',
              count: [2, 1, 1],
              sum: ['0.3', '10', '-10'],
              avg: ['0.15', '10', '-10'],
              min: ['0.1', '10', '-10'],
              max: ['0.2', '10', '-10'],
            },
            {
              currency: 'JPY',
              count: [0, 0, 1],
              sum: ['0', '0', '1500'],
              avg: [null, null, '1500'],
              min: [null, null, '1500'],
              max: [null, null, '1500'],
            },
          ],
        },
      },
    },
  ],
};
