/** The numbers of the overview: each a card with its curve, and the line of the trend when it is chosen. */
import type { SeriesData, SessionsData } from '../../../../src/query/wire.ts';
import type { PlanInput } from '../../api/questions.ts';
import { decimalNumber, duration, fullNumber, percent, shortNumber } from '../../format/numbers.ts';
import { comparisonOf, intervalOf, scopeOf, type View } from '../../state/view.ts';

export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly show: (value: number) => string;
  readonly showFull: (value: number) => string;
  /** Less is better. */
  readonly isInverse?: true;
}

const counted = { show: shortNumber, showFull: fullNumber };

/** Those of a trend, by the names of its series. */
export const trendMetrics: readonly Metric[] = [
  {
    name: 'visitors',
    label: 'Visitors',
    help: 'Different people. They do not add up over days: who comes twice is one.',
    ...counted,
  },
  { name: 'pageviews', label: 'Page views', help: 'Events of the type pageview.', ...counted },
  { name: 'events', label: 'Events', help: 'Everything that was sent, page views too.', ...counted },
];

const pageview = { field: 'type', op: 'eq', value: 'pageview' };
const series = [
  { name: 'visitors', metric: 'users' },
  { name: 'pageviews', metric: 'events', filter: pageview },
  { name: 'events', metric: 'events' },
];

export const totalsPlan = (view: View): PlanInput => ({
  kind: 'summary',
  ...scopeOf(view),
  ...comparisonOf(view),
  series,
});

export const trendPlan = (view: View): PlanInput => ({
  kind: 'trend',
  interval: intervalOf(view),
  ...scopeOf(view),
  ...comparisonOf(view),
  series,
});

export const sessionsPlan = (view: View): PlanInput => ({ kind: 'sessions', ...scopeOf(view) });

export const seriesOf = (data: SeriesData, name: string): readonly number[] =>
  (data.series.find((each) => each.name === name)?.values ?? []).map((value) => value ?? 0);

export interface SessionMetric {
  readonly label: string;
  readonly help: string;
  readonly value: (total: SessionsData['total']) => string | undefined;
}

export const sessionMetrics: readonly SessionMetric[] = [
  {
    label: 'Visits',
    help: 'Sessions: events of one person with no pause longer than 30 minutes.',
    value: ({ sessions }) => shortNumber(sessions),
  },
  {
    label: 'Views a visit',
    help: 'Page views by visit.',
    value: ({ pageviewsPerSession }) =>
      pageviewsPerSession === null ? undefined : decimalNumber(pageviewsPerSession),
  },
  {
    label: 'Bounces',
    help: 'Visits of one page view and nothing else.',
    value: ({ bounceRate }) => (bounceRate === null ? undefined : percent(bounceRate)),
  },
  {
    label: 'Time a visit',
    help: 'From the first event to the last, on average.',
    value: ({ averageMs }) => (averageMs === null ? undefined : duration(averageMs)),
  },
];
