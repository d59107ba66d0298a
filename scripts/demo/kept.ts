/**
 * What somebody who works with the demo's data would have kept: questions and a board of them, segments, a goal, a note at the day of the
 * newsletter, and the two experiments.
 */
import { experimentDays, experimentId as gameExperiment, goals as gameGoals } from './cookie-cats.ts';
import { dayMs, newsletterDay } from './shop/shop.ts';
import { experimentId as shopExperiment } from './shop/visit.ts';

/** Makes one in a project and gives its id. */
export type Keep = (kinds: string, name: string, body: object) => Promise<string>;

const of = (type: string) => ({ field: 'type', op: 'eq', value: type });
const viewed = { field: 'type', op: 'in', value: ['pageview', 'screen_view'] };
const month = { range: '30d', timeZone: 'UTC' };
const isoTime = (time: number) => new Date(time).toISOString();

/** `firstDay`: of the month that is filled in, epoch ms. */
export async function keepForShop(keep: Keep, firstDay: number): Promise<void> {
  await keep('segments', 'German phones', {
    filter: {
      and: [
        { field: 'country', op: 'eq', value: 'DE' },
        { field: 'device', op: 'eq', value: 'mobile' },
      ],
    },
  });
  await keep('segments', 'From a newsletter', {
    filter: { field: 'utmSource', op: 'eq', value: 'newsletter' },
  });
  await keep('cohorts', 'Bought twice', { filter: of('purchase'), atLeast: 2, days: 30 });
  await keep('goals', 'Bought', { filter: of('purchase') });
  await keep('annotations', 'Harvest newsletter', {
    at: isoTime(firstDay + (newsletterDay + 0.5) * dayMs),
    text: 'The harvest newsletter went out',
  });
  await keep('experiments', 'Checkout on one page', {
    experimentId: shopExperiment,
    hypothesis: 'One page in place of three steps makes more people buy.',
    variants: [{ key: 'control' }, { key: 'one-page' }],
    control: 'control',
    goals: ['purchase'],
    start: isoTime(firstDay),
    status: 'running',
  });
  await keepBoard(keep);
}

async function keepBoard(keep: Keep): Promise<void> {
  const visitors = await keep('questions', 'Visitors and buyers', {
    plan: {
      ...{ kind: 'trend', interval: 'day', ...month },
      series: [
        { name: 'Visitors', metric: 'users', filter: viewed },
        { name: 'Buyers', metric: 'users', filter: of('purchase') },
      ],
    },
  });
  const checkout = await keep('questions', 'From product to purchase', {
    plan: {
      ...{ kind: 'funnel', windowMs: dayMs, ...month },
      steps: [
        { name: 'Product', filter: of('product_view') },
        { name: 'Cart', filter: of('add_to_cart') },
        { name: 'Checkout', filter: of('checkout') },
        { name: 'Purchase', filter: of('purchase') },
      ],
    },
  });
  const retention = await keep('questions', 'Who comes back', {
    plan: { kind: 'retention', period: 'week', ...month },
  });
  const entries = await keep('questions', 'Where visits begin', {
    plan: { kind: 'sessions', by: { dimension: 'entryPath', limit: 8 }, ...month },
  });
  const tile = (question: string, x: number, y: number, width: number, height: number) => ({
    question,
    layout: { x, y, width, height },
  });
  await keep('dashboards', 'The shop', {
    description: 'Who comes, who buys, who comes back',
    tiles: [
      tile(visitors, 0, 0, 6, 6),
      tile(checkout, 6, 0, 6, 6),
      tile(retention, 0, 6, 6, 6),
      tile(entries, 6, 6, 6, 6),
    ],
  });
}

export async function keepForGame(keep: Keep, firstDay: number): Promise<void> {
  await keep('experiments', 'Where the first gate stands', {
    experimentId: gameExperiment,
    hypothesis: 'A later gate keeps players longer.',
    variants: [
      { key: 'gate_30', name: 'At level 30' },
      { key: 'gate_40', name: 'At level 40' },
    ],
    control: 'gate_30',
    goals: [...gameGoals],
    start: isoTime(firstDay),
    end: isoTime(firstDay + experimentDays * dayMs),
    status: 'ended',
  });
}
