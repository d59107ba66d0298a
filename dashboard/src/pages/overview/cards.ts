/** The tables of the overview, as data: which card has which tabs, and what each asks. */
import type { PlanInput } from '../../api/questions.ts';
import { scopeOf, type View, withFilter } from '../../state/view.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** Of the rows; a click on one filters by it. */
  readonly field: string;
  readonly kind: 'people' | 'events' | 'money' | 'entries' | 'map';
  /** Of page views alone. */
  readonly isOfViews?: true;
}

export interface CardOf {
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly Tab[];
}

export const cards: readonly CardOf[] = [
  {
    id: 'sources',
    label: 'Sources',
    tabs: [
      { id: 'referrer', label: 'Referrers', field: 'referrerHost', kind: 'people' },
      { id: 'channel', label: 'Channels', field: 'channel', kind: 'people' },
      { id: 'campaign', label: 'Campaigns', field: 'utmCampaign', kind: 'people' },
      { id: 'utm', label: 'UTM', field: 'utmSource', kind: 'people' },
    ],
  },
  {
    id: 'pages',
    label: 'Pages',
    tabs: [
      { id: 'top', label: 'Top', field: 'path', kind: 'people', isOfViews: true },
      { id: 'entry', label: 'Entry', field: 'entryPath', kind: 'entries' },
      { id: 'exit', label: 'Exit', field: 'exitPath', kind: 'entries' },
      { id: 'host', label: 'Hosts', field: 'host', kind: 'people', isOfViews: true },
    ],
  },
  {
    id: 'places',
    label: 'Places',
    tabs: [
      { id: 'map', label: 'Map', field: 'country', kind: 'map' },
      { id: 'country', label: 'Countries', field: 'country', kind: 'people' },
      { id: 'region', label: 'Regions', field: 'region', kind: 'people' },
      { id: 'city', label: 'Cities', field: 'city', kind: 'people' },
      { id: 'language', label: 'Languages', field: 'language', kind: 'people' },
    ],
  },
  {
    id: 'devices',
    label: 'Devices',
    tabs: [
      { id: 'browser', label: 'Browsers', field: 'browser', kind: 'people' },
      { id: 'os', label: 'Systems', field: 'os', kind: 'people' },
      { id: 'device', label: 'Kinds', field: 'device', kind: 'people' },
      { id: 'screen', label: 'Screens', field: 'screen', kind: 'people' },
    ],
  },
  {
    id: 'events',
    label: 'Events',
    tabs: [
      { id: 'type', label: 'Events', field: 'type', kind: 'events' },
      { id: 'source', label: 'Sent by', field: 'source', kind: 'events' },
    ],
  },
  {
    id: 'products',
    label: 'Products',
    tabs: [{ id: 'product', label: 'Revenue', field: 'productId', kind: 'money' }],
  },
];

const metricsOf: Readonly<Record<Tab['kind'], readonly string[]>> = {
  people: ['events', 'users'],
  map: ['events', 'users'],
  events: ['events', 'users'],
  money: ['events', 'amount'],
  entries: [],
};

/** Past `limit` rows there is one more, `other`. */
export function tabPlan(view: View, tab: Tab, limit: number): PlanInput {
  if (tab.kind === 'entries')
    return { kind: 'sessions', ...scopeOf(view), by: { dimension: tab.field, limit } };
  const plan: PlanInput = {
    kind: 'summary',
    ...scopeOf(view),
    metrics: metricsOf[tab.kind],
    by: { field: tab.field, limit },
  };
  if (tab.kind === 'money') return withFilter(plan, { field: 'amount', op: 'exists' });
  return tab.isOfViews ? withFilter(plan, { field: 'type', op: 'eq', value: 'pageview' }) : plan;
}
