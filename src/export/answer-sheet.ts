/**
 * An answer as a sheet: a row for each group (and bucket of a trend), the whole first. `row` tells the whole (`all`), a
 * group (`group`) and what is past the limit (`other`) apart; the values of a group are in columns named like the fields.
 * Amounts have columns for each currency: `EUR.sum`.
 */
import type {
  AnswerData,
  BreakdownData,
  GroupName,
  Money,
  Numbers,
  Series,
  SeriesData,
  SummaryData,
  TrendData,
} from '../query/wire.ts';
import { analysisSheet } from './analysis-sheet.ts';
import { eventSheet } from './event-sheet.ts';
import type { Column, Row, Sheet } from './sheet.ts';

/** `field`: the one that a summary or trend is by; its data does not say it. */
export function answerSheet(data: AnswerData, field = 'group'): Sheet {
  switch (data.kind) {
    case 'summary':
      return numbersSheet(data.groups === undefined ? [] : [field], data.total, partsOf(data, field));
    case 'breakdown':
      return numbersSheet(data.by, data.total, breakdownParts(data));
    case 'trend':
      return trendSheet(data, field);
    case 'series':
      return seriesSheet(data);
    case 'events':
      return eventSheet(onePiece(data.events));
    default:
      return analysisSheet(data);
  }
}

interface Part {
  readonly names: Row;
  readonly numbers: Numbers;
}

const partsOf = ({ groups = [] }: SummaryData, field: string): readonly Part[] =>
  groups.map((group) => ({ names: nameOf(group, field), numbers: group }));

const breakdownParts = ({ by, groups }: BreakdownData): readonly Part[] =>
  groups.map(({ values, other, ...numbers }) => ({
    names: { row: other ? 'other' : 'group', ...Object.fromEntries(by.map((name, i) => [name, values[i]])) },
    numbers,
  }));

const nameOf = ({ value, other }: GroupName, field: string): Row =>
  other ? { row: 'other' } : { row: 'group', [field]: value };

function numbersSheet(fields: readonly string[], total: Numbers, parts: readonly Part[]): Sheet {
  const all: readonly Part[] = [{ names: { row: 'all' }, numbers: total }, ...parts];
  const columns = [
    text('row'),
    ...fields.map(text),
    integer('events'),
    ...(total.users === undefined ? [] : [integer('users')]),
    ...(total.sessions === undefined ? [] : [integer('sessions')]),
    ...Object.keys(total.measures ?? {}).map((name): Column => ({ name, type: 'number' })),
    ...moneyColumns(currenciesOf(all.flatMap(({ numbers }) => numbers.amount ?? []))),
  ];
  return {
    columns,
    rows: [all.map(({ names, numbers }) => ({ ...names, ...numbersRow(numbers) }))],
  };
}

function numbersRow({ events, users, sessions, measures, amount = [] }: Numbers): Row {
  return {
    events,
    ...(users !== undefined && { users }),
    ...(sessions !== undefined && { sessions }),
    ...measures,
    ...Object.assign({}, ...amount.map(moneyRow)),
  };
}

const bucketColumns: readonly Column[] = [
  { name: 'from', type: 'time' },
  { name: 'to', type: 'time' },
  { name: 'complete', type: 'boolean' },
];

/** One row a bucket of each series. */
function trendSheet({ buckets, total, groups = [] }: TrendData, field: string): Sheet {
  const series: readonly { names: Row; series: Series }[] = [
    { names: { row: 'all' }, series: total },
    ...groups.map((group) => ({ names: nameOf(group, field), series: group })),
  ];
  const columns: Column[] = [
    ...bucketColumns,
    text('row'),
    ...(groups.length > 0 ? [text(field)] : []),
    integer('events'),
    ...(total.users === undefined ? [] : [integer('users')]),
    ...(total.sessions === undefined ? [] : [integer('sessions')]),
    ...Object.keys(total.measures ?? {}).map((name): Column => ({ name, type: 'number' })),
    ...moneyColumns(currenciesOf(series.flatMap((one) => one.series.amount ?? []))),
  ];
  return {
    columns,
    rows: series.map((one) =>
      buckets.map((bucket, i) => ({ ...bucket, ...one.names, ...at(one.series, i) })),
    ),
  };
}

function at({ events, users, sessions, measures = {}, amount = [] }: Series, i: number): Row {
  const money = amount.map(({ currency, count, sum, avg, min, max }) =>
    moneyRow({ currency, count: count[i]!, sum: sum[i]!, avg: avg[i]!, min: min[i]!, max: max[i]! }),
  );
  return {
    events: events[i],
    ...(users && { users: users[i] }),
    ...(sessions && { sessions: sessions[i] }),
    ...Object.fromEntries(Object.entries(measures).map(([name, values]) => [name, values[i]])),
    ...Object.assign({}, ...money),
  };
}

/** One row a bucket, a column for each series. */
function seriesSheet({ buckets, series }: SeriesData): Sheet {
  const columns: Column[] = [
    ...(buckets === undefined ? [] : bucketColumns),
    ...series.map(({ name }): Column => ({ name, type: 'number' })),
  ];
  const at = (i: number): Row => Object.fromEntries(series.map(({ name, values }) => [name, values[i]]));
  return {
    columns,
    rows: [buckets === undefined ? [at(0)] : buckets.map((bucket, i) => ({ ...bucket, ...at(i) }))],
  };
}

const text = (name: string): Column => ({ name, type: 'text' });
const integer = (name: string): Column => ({ name, type: 'integer' });

/** What amounts without a currency are called in columns. */
const noCurrency = 'none';

function currenciesOf(amounts: readonly { readonly currency: string | null }[]): readonly string[] {
  return [...new Set(amounts.map(({ currency }) => currency ?? noCurrency))].sort();
}

const moneyColumns = (currencies: readonly string[]): readonly Column[] =>
  currencies.flatMap((currency) => [
    integer(`${currency}.count`),
    ...['sum', 'avg', 'min', 'max'].map((name) => text(`${currency}.${name}`)),
  ]);

function moneyRow({
  currency,
  ...numbers
}: Omit<Money, 'avg' | 'min' | 'max'> & { readonly [K in 'avg' | 'min' | 'max']: string | null }): Row {
  const prefix = currency ?? noCurrency;
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`${prefix}.${name}`, value]));
}

async function* onePiece<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}
