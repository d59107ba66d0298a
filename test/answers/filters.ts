/** What each comparison means, on fields and on properties. */
import type { AnswerCase, AnswerSet } from './answer-set.ts';

const at = '2025-06-15T12:00:00Z';

const counts = (name: string, filter: unknown, events: number): AnswerCase => ({
  name,
  question: { filter },
  answer: { total: { events } },
});

export const filters: AnswerSet = {
  about: 'filters',
  events: [
    {
      at,
      type: 'pageview',
      country: 'DE',
      path: '/a',
      properties: { plan: 'pro', size: 3, cart: { items: 2 } },
    },
    {
      at,
      type: 'pageview',
      country: 'de',
      path: '/a/b',
      properties: { plan: 'free', size: '3', 'cart.items': 5 },
    },
    { at, type: 'Pageview', path: '/100%', properties: { plan: '', size: 3.5, list: ['pro'] } },
    { at, type: 'click', country: 'IN', path: '/a_b', properties: { plan: null, size: true, cart: {} } },
    { at, type: "it's", country: 'FR', path: '/é😀', properties: { plan: 'PRO', size: -1, 'we"ird \\k': 1 } },
    { at: '2025-06-15T12:00:00.001Z', type: 'purchase', amount: '12.3456', currency: 'EUR' },
  ],
  question: { kind: 'summary', from: '2025-06-15', to: '2025-06-16', metrics: ['events'] },
  cases: [
    counts('eq keeps upper and lower case apart', { field: 'country', op: 'eq', value: 'DE' }, 1),
    counts('types are compared as they were sent', { field: 'type', op: 'eq', value: 'pageview' }, 2),
    counts('quotes are text', { field: 'type', op: 'eq', value: "it's" }, 1),
    counts('in holds for any of its members', { field: 'country', op: 'in', value: ['DE', 'IN', 'US'] }, 2),
    counts('exists holds where the field is there', { field: 'country', op: 'exists' }, 4),
    counts('not exists holds where it is absent', { not: { field: 'country', op: 'exists' } }, 2),
    counts(
      'not of a comparison holds where the field is absent',
      { not: { field: 'country', op: 'eq', value: 'DE' } },
      5,
    ),
    counts('contains finds the text anywhere', { field: 'path', op: 'contains', value: 'a' }, 3),
    counts('a percent sign is no wildcard', { field: 'path', op: 'contains', value: '%' }, 1),
    counts('an underscore is no wildcard', { field: 'path', op: 'startsWith', value: '/a_' }, 1),
    counts('text beyond ASCII is found', { field: 'path', op: 'contains', value: 'é😀' }, 1),
    counts('text is ordered by bytes', { field: 'country', op: 'gte', value: 'FR' }, 3),
    counts(
      'and needs both',
      {
        and: [
          { field: 'country', op: 'exists' },
          { field: 'path', op: 'startsWith', value: '/a' },
        ],
      },
      3,
    ),
    counts(
      'or needs one',
      {
        or: [
          { field: 'country', op: 'eq', value: 'DE' },
          { field: 'type', op: 'eq', value: 'click' },
        ],
      },
      2,
    ),
    counts(
      'and, or and not nest',
      {
        not: {
          or: [
            { field: 'type', op: 'eq', value: 'click' },
            { and: [{ field: 'country', op: 'exists' }, { not: { field: 'path', op: 'eq', value: '/a' } }] },
          ],
        },
      },
      3,
    ),
    counts('a property is compared like a field', { field: 'properties.plan', op: 'eq', value: 'pro' }, 1),
    counts('an empty text is a value of a property', { field: 'properties.plan', op: 'eq', value: '' }, 1),
    counts('null is absent', { field: 'properties.plan', op: 'exists' }, 4),
    counts('a number is not its text', { field: 'properties.size', op: 'eq', value: 3 }, 1),
    counts('text is not its number', { field: 'properties.size', op: 'eq', value: '3' }, 1),
    counts('true is neither', { field: 'properties.size', op: 'in', value: [true, 'true', 1] }, 1),
    counts(
      'an order compares numbers with numbers only',
      { field: 'properties.size', op: 'gte', value: -1 },
      3,
    ),
    counts('and text with text only', { field: 'properties.size', op: 'gte', value: '' }, 1),
    counts('a key with dots is the same as nesting', { field: 'properties.cart.items', op: 'exists' }, 2),
    counts('and compares the same', { field: 'properties.cart.items', op: 'gt', value: 1 }, 2),
    counts(
      'an object with something in it exists, an empty one does not',
      { field: 'properties.cart', op: 'exists' },
      2,
    ),
    counts('a list exists', { field: 'properties.list', op: 'exists' }, 1),
    counts('a list equals nothing', { field: 'properties.list', op: 'eq', value: 'pro' }, 0),
    counts('keys may have any characters', { field: 'properties.we"ird \\k', op: 'eq', value: 1 }, 1),
    counts('an amount is compared exactly', { field: 'amount', op: 'eq', value: 12.3456 }, 1),
    counts('also with more places than it has', { field: 'amount', op: 'gt', value: 12.34559999 }, 1),
    counts('an absent amount is not 0', { field: 'amount', op: 'lte', value: 0 }, 0),
    counts('time is compared to the millisecond', { field: 'timestamp', op: 'gt', value: at }, 1),
  ],
};
