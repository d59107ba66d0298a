/**
 * One worked example of each kind of plan, about the little shop of docs/questions.md, where each stands with its answer. They
 * go with the schema, and tests ask them.
 */
import type { PlanKind } from './plan.ts';
import type { JsonSchema } from './schema-parts.ts';

const typeIs = (value: string) => ({ field: 'type', op: 'eq', value });
const january = { version: 1, from: '2026-01-05', to: '2026-01-12' };

export const planExamples = {
  summary: {
    ...january,
    kind: 'summary',
    metrics: ['events', 'users', 'amount'],
    by: 'type',
  },
  trend: {
    ...january,
    kind: 'trend',
    interval: 'day',
    timeZone: 'Europe/Berlin',
    series: [
      { name: 'buyers', metric: 'users', filter: typeIs('purchase') },
      { name: 'visitors', metric: 'users', filter: typeIs('pageview') },
    ],
    formulas: [{ name: 'rate', formula: 'buyers / visitors' }],
  },
  breakdown: {
    ...january,
    kind: 'breakdown',
    by: ['country', 'properties.plan'],
    limit: 3,
    filter: typeIs('pageview'),
  },
  events: {
    ...january,
    kind: 'events',
    filter: { and: [typeIs('purchase'), { field: 'amount', op: 'gte', value: 20 }] },
    limit: 2,
  },
  funnel: {
    ...january,
    kind: 'funnel',
    steps: [
      { name: 'looked', filter: typeIs('pageview') },
      { name: 'filled the cart', filter: typeIs('cart') },
      { name: 'bought', filter: typeIs('purchase'), withinMs: 3_600_000 },
    ],
    windowMs: 86_400_000,
    exclude: [{ filter: typeIs('help'), after: 1, before: 2 }],
  },
  retention: {
    ...january,
    kind: 'retention',
    period: 'day',
    start: typeIs('pageview'),
    return: { field: 'type', op: 'in', value: ['pageview', 'purchase'] },
  },
  paths: { ...january, kind: 'paths', field: 'path', start: '/', steps: 3, limit: 2 },
  sessions: { ...january, kind: 'sessions', by: { dimension: 'entryPath', limit: 2 } },
  users: {
    ...january,
    kind: 'users',
    order: 'events',
    limit: 2,
    filter: { cohort: { filter: typeIs('purchase'), atLeast: 2, days: 7 } },
  },
  user: { ...january, kind: 'user', person: 'ada', limit: 2 },
  live: { kind: 'live', version: 1, limit: 3 },
  experiment: {
    ...january,
    kind: 'experiment',
    experiment: 'checkout',
    control: 'old',
    goals: ['order'],
    money: true,
  },
} satisfies Record<PlanKind, JsonSchema>;
