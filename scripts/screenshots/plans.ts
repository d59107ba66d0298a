/** A question of each kind that Explore draws, about the demo's shop. */
export type Plan = { readonly kind: string } & Readonly<Record<string, unknown>>;

const typeIs = (type: string) => ({ filter: { field: 'type', op: 'eq', value: type } });
const range = { range: '30d' };

/** A question of each kind. */
export const plans = {
  trend: {
    kind: 'trend',
    ...range,
    interval: 'day',
    series: [
      { name: 'Visitors', metric: 'users' },
      { name: 'Carts', metric: 'events', ...typeIs('add_to_cart') },
      { name: 'Purchases', metric: 'events', ...typeIs('purchase') },
    ],
  },
  breakdown: {
    kind: 'trend',
    ...range,
    interval: 'day',
    metrics: ['events'],
    by: { field: 'channel', limit: 6 },
  },
  funnel: {
    kind: 'funnel',
    ...range,
    steps: [
      { name: 'Product', ...typeIs('product_view') },
      { name: 'Cart', ...typeIs('add_to_cart') },
      { name: 'Checkout', ...typeIs('checkout') },
      { name: 'Purchase', ...typeIs('purchase') },
    ],
  },
  retention: { kind: 'retention', ...range, period: 'day' },
  paths: { kind: 'paths', ...range, by: 'path', steps: 5 },
  sessions: { kind: 'sessions', ...range, by: { dimension: 'entryPath', limit: 10 } },
} as const satisfies Readonly<Record<string, Plan>>;
