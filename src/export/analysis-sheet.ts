/** Answers about people over time as sheets: a row for each step, cohort, node, group, person or minute. */
import type {
  AnalysisData,
  ExperimentData,
  FunnelData,
  LiveData,
  PathsData,
  PersonData,
  RetentionData,
  SessionNumbers,
  SessionsData,
} from '../query/wire.ts';
import { eventSheet } from './event-sheet.ts';
import type { Column, Row, Sheet } from './sheet.ts';

export function analysisSheet(data: AnalysisData): Sheet {
  switch (data.kind) {
    case 'funnel':
      return funnelSheet(data);
    case 'retention':
      return retentionSheet(data);
    case 'paths':
      return pathsSheet(data);
    case 'sessions':
      return sessionsSheet(data);
    case 'people':
      return peopleSheet(data.people);
    case 'user':
      return eventSheet(onePiece(data.events));
    case 'live':
      return liveSheet(data);
    case 'experiment':
      return experimentSheet(data);
    default:
      return data satisfies never;
  }
}

const columnsOf = (types: Readonly<Record<string, Column['type']>>): readonly Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));
const sheet = (types: Readonly<Record<string, Column['type']>>, rows: readonly Row[]): Sheet => ({
  columns: columnsOf(types),
  rows: [rows],
});

function funnelSheet({ steps, groups = [] }: FunnelData): Sheet {
  const types = {
    row: 'text',
    group: 'text',
    step: 'integer',
    name: 'text',
    count: 'integer',
    rate: 'number',
    rateFromPrevious: 'number',
    medianFromPreviousMs: 'number',
    medianFromStartMs: 'number',
  } as const;
  const all = steps.map((step, i) => ({ row: 'all', step: i + 1, ...step }));
  const grouped = groups.flatMap(({ value, other, counts, rates }) =>
    counts.map((count, i) => ({
      row: other ? 'other' : 'group',
      group: value,
      step: i + 1,
      name: steps[i]!.name,
      count,
      rate: rates[i],
    })),
  );
  return sheet(types, [...all, ...grouped]);
}

/** One row a cohort and period after it; the first is all who started. */
function retentionSheet({ periods, cohorts }: RetentionData): Sheet {
  const types = {
    cohort: 'time',
    people: 'integer',
    periodsLater: 'integer',
    returned: 'integer',
    complete: 'boolean',
  } as const;
  const rows = cohorts.flatMap(({ people, returned }, c) =>
    [people, ...returned].map((count, k) => ({
      cohort: periods[c]!.from,
      people,
      periodsLater: k,
      returned: count,
      complete: periods[c + k]!.complete,
    })),
  );
  return sheet(types, rows);
}

function pathsSheet({ links }: PathsData): Sheet {
  const name = ({ value, other }: { value: unknown; other?: true }) => (other ? '(other)' : value);
  const rows = links.map(({ step, from, to, sequences }) => ({
    step: step + 1,
    from: name(from),
    to: name(to),
    sequences,
  }));
  return sheet({ step: 'integer', from: 'text', to: 'text', sequences: 'integer' }, rows);
}

function sessionsSheet({ total, groups = [] }: SessionsData): Sheet {
  const types = {
    row: 'text',
    group: 'text',
    sessions: 'integer',
    users: 'integer',
    averageMs: 'number',
    medianMs: 'number',
    bounceRate: 'number',
    pageviewsPerSession: 'number',
  } as const satisfies Readonly<Record<keyof SessionNumbers | 'row' | 'group', Column['type']>>;
  const rows = groups.map(({ value, other, ...numbers }) => ({
    row: other ? 'other' : 'group',
    group: value,
    ...numbers,
  }));
  return sheet(types, [{ row: 'all', ...total }, ...rows]);
}

function peopleSheet(people: readonly PersonData[]): Sheet {
  const types = {
    key: 'text',
    userId: 'text',
    anonymousId: 'text',
    firstSeen: 'time',
    lastSeen: 'time',
    events: 'integer',
  } as const;
  return sheet(
    types,
    people.map((person) => ({ ...person })),
  );
}

function liveSheet({ minutes }: LiveData): Sheet {
  return sheet(
    { from: 'time', events: 'integer', users: 'integer' },
    minutes.map((minute) => ({ ...minute })),
  );
}

/** One row for each variant and number: all conversions, a goal, money of a currency. */
function experimentSheet({ conversion, goals, money = [] }: ExperimentData): Sheet {
  const types = {
    row: 'text',
    name: 'text',
    variant: 'text',
    exposed: 'integer',
    units: 'integer',
    value: 'number',
    low: 'number',
    high: 'number',
    lift: 'number',
    pValue: 'number',
    adjustedPValue: 'number',
    chanceToBeBest: 'number',
    sum: 'text',
  } as const;
  const compared = ({ interval, comparison }: RateResult | MeanResult) => ({
    low: interval?.low,
    high: interval?.high,
    lift: comparison?.lift,
    pValue: comparison?.pValue,
    adjustedPValue: comparison?.adjustedPValue,
  });
  const rates = (row: string, name: string | null, variants: readonly RateResult[]): readonly Row[] =>
    variants.map((one) => ({
      row,
      name,
      variant: one.variant,
      exposed: one.exposed,
      units: one.converted,
      value: one.rate,
      chanceToBeBest: one.chanceToBeBest,
      ...compared(one),
    }));
  const means = money.flatMap(({ currency, variants }) =>
    variants.map((one) => ({
      row: 'money',
      name: currency,
      variant: one.variant,
      exposed: one.exposed,
      units: one.units,
      value: one.mean,
      sum: one.sum,
      ...compared(one),
    })),
  );
  return sheet(types, [
    ...rates('all', null, conversion),
    ...goals.flatMap(({ goal, variants }) => rates('goal', goal, variants)),
    ...means,
  ]);
}

type RateResult = ExperimentData['conversion'][number];
type MeanResult = NonNullable<ExperimentData['money']>[number]['variants'][number];

async function* onePiece<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}
