/** A question of each kind that Explore draws, about 30 days of the data set. */
type Plan = Readonly<Record<string, unknown>>;

const typeIs = (type: string) => ({ filter: { field: 'type', op: 'eq', value: type } });

export const explorePlans: Readonly<Record<string, Plan>> = {
  'trend of events and people, by day': {
    kind: 'trend',
    interval: 'day',
    series: [
      { name: 'events', metric: 'events' },
      { name: 'people', metric: 'users' },
    ],
  },
  'trend by event': { kind: 'trend', interval: 'day', metrics: ['events'], by: { field: 'type', limit: 10 } },
  'breakdown by country and device': {
    kind: 'breakdown',
    by: ['country', 'device'],
    metrics: ['events', 'users'],
    limit: 50,
  },
  'funnel of three steps': { kind: 'funnel', steps: ['pageview', 'add_to_cart', 'purchase'].map(typeIs) },
  'retention by day': { kind: 'retention', period: 'day', first: 'range' },
  'paths of five steps': { kind: 'paths', per: 'session', steps: 5 },
  'sessions by entry page': { kind: 'sessions', by: { dimension: 'entryPath', limit: 10 } },
};
