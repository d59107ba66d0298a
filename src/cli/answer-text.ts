/** An answer as lines for a terminal: what was asked, the numbers, tables of groups or buckets with sparklines, and what to know. */
import type {
  Answer,
  AnswerData,
  AnswerMeta,
  BreakdownData,
  GroupValues,
  Money,
  Numbers,
  Series,
  SeriesData,
  SummaryData,
  TrendData,
} from '../query/wire.ts';
import {
  funnelLines,
  liveLines,
  pathsLines,
  peopleLines,
  retentionLines,
  sessionsLines,
  userLines,
} from './analysis-text.ts';
import { experimentLines } from './experiment-text.ts';
import { type Column, grouped, printable, sparkline, table } from './table.ts';
import { bucketText, groupText, localTime } from './words.ts';

export interface Asked {
  /** What was asked, in words; without it range and bots are told. */
  readonly title?: string;
  readonly from?: string;
  readonly to?: string;
  readonly bots?: string;
  readonly timeZone: string;
  readonly by?: { readonly field: string };
  /** The width of what is printed, in characters. */
  readonly columnsMax: number;
}

const titleCharactersMax = 200;
const right = (title: string): Column => ({ title, align: 'right' });

export function answerText({ data, meta }: Answer, asked: Asked): string[] {
  return [
    asked.title ?? heading(asked),
    '',
    ...bodyLines(data, asked),
    ...comparedLines(data, asked),
    ...remarks(meta),
  ];
}

function bodyLines(data: AnswerData, asked: Asked): string[] {
  switch (data.kind) {
    case 'summary':
      return summaryLines(data, asked);
    case 'trend':
      return trendLines(data, asked);
    case 'breakdown':
      return breakdownLines(data);
    case 'series':
      return seriesLines(data);
    case 'experiment':
      return experimentLines(data);
    case 'events':
      return data.events.map((event) => printable(JSON.stringify(event), asked.columnsMax));
    case 'funnel':
      return funnelLines(data);
    case 'retention':
      return retentionLines(data, asked.columnsMax);
    case 'paths':
      return pathsLines(data);
    case 'sessions':
      return sessionsLines(data);
    case 'people':
      return peopleLines(data.people, asked.timeZone, data.next);
    case 'user':
      return userLines(data, asked.timeZone, asked.columnsMax);
    case 'live':
      return liveLines(data);
    default:
      return data satisfies never;
  }
}

/** The same of another range, below. */
function comparedLines(data: AnswerData, asked: Asked): string[] {
  const compare = 'compare' in data ? data.compare : undefined;
  if (compare === undefined) return [];
  const { timeZone } = asked;
  const range = `compared with ${localTime(compare.from, timeZone)} until ${localTime(compare.to, timeZone)}`;
  return ['', range, '', ...bodyLines(compare.data, asked)];
}

function heading({ title, from, to, timeZone, bots = 'exclude' }: Asked): string {
  if (title !== undefined || from === undefined || to === undefined)
    return printable(title ?? '', titleCharactersMax);
  const which = { exclude: 'without bots', include: 'with bots', only: 'bots only' }[bots] ?? bots;
  return `${localTime(from, timeZone)} until ${localTime(to, timeZone)} ${timeZone}, ${which}`;
}

function summaryLines({ total, groups }: SummaryData, { by }: Asked): string[] {
  const lines = table(numberColumns(total), [numberCells(total)]);
  const money = moneyLines(total.amount);
  if (groups === undefined) return [...lines, ...money];
  const rows = groups.map((group) => [groupText(group), ...numberCells(group), ...groupMoney(group)]);
  const columns = [
    { title: by?.field ?? 'group' },
    ...numberColumns(total),
    ...(total.amount ? [{ title: 'amount' }] : []),
  ];
  return [...lines, ...money, '', ...table(columns, rows)];
}

function breakdownLines({ by, total, groups }: BreakdownData): string[] {
  const money = total.amount ? [{ title: 'amount' }] : [];
  const columns = [...by.map((title) => ({ title })), ...numberColumns(total), ...money];
  const names = ({ values, other }: GroupValues) =>
    values.map((value, i) => (other && i > 0 ? '' : groupText({ value, ...(other && { other }) })));
  const row = (cells: readonly string[], numbers: Numbers) => [
    ...cells,
    ...numberCells(numbers),
    ...groupMoney(numbers),
  ];
  return table(columns, [
    ...groups.map((group) => row(names(group), group)),
    row(
      by.map((_, i) => (i === 0 ? '(all)' : '')),
      total,
    ),
  ]);
}

function trendLines(data: TrendData, asked: Asked): string[] {
  return data.groups === undefined ? bucketLines(data, asked) : groupLines(data, asked);
}

function bucketLines({ buckets, total, interval, timeZone }: TrendData, { columnsMax }: Asked): string[] {
  const sparks = [`events  ${sparkline(total.events, columnsMax - 8)}`];
  if (total.users) sparks.push(`users   ${sparkline(total.users, columnsMax - 8)}`);
  const { users, sessions, measures = {} } = total;
  const columns = [
    { title: interval },
    right('events'),
    ...(users ? [right('users')] : []),
    ...(sessions ? [right('sessions')] : []),
    ...Object.keys(measures).map((name) => right(printable(name))),
  ];
  const money = total.amount ?? [];
  for (const each of money) columns.push(right(`${each.currency ?? 'no currency'} sum`));
  const rows = buckets.map((bucket, index) => [
    bucketText(bucket.from, interval, timeZone) + (bucket.complete ? '' : ' *'),
    grouped(total.events[index]!),
    ...(users ? [grouped(users[index]!)] : []),
    ...(sessions ? [grouped(sessions[index]!)] : []),
    ...Object.values(measures).map((values) => cellText(values[index])),
    ...money.map((each) => grouped(each.sum[index]!)),
  ]);
  const partial = buckets.some((bucket) => !bucket.complete)
    ? ['', '* not the whole of it, or not over yet']
    : [];
  return [...sparks, '', ...table(columns, rows), ...partial];
}

function groupLines(
  { buckets, groups = [], total, interval, timeZone }: TrendData,
  { by, columnsMax }: Asked,
): string[] {
  const width = Math.max(10, Math.min(60, columnsMax - 40));
  const row = (name: string, series: Series) => [
    name,
    grouped(sum(series.events)),
    sparkline(series.events, width),
  ];
  const first = buckets[0];
  const last = buckets.at(-1);
  const span =
    first && last
      ? `events by ${interval}, ${bucketText(first.from, interval, timeZone)} to ${bucketText(last.from, interval, timeZone)}`
      : '';
  const rows = [...groups.map((group) => row(groupText(group), group)), row('(all)', total)];
  return table([{ title: by?.field ?? 'group' }, right('events'), { title: span }], rows);
}

function seriesLines({ buckets, interval = 'hour', timeZone = 'UTC', series }: SeriesData): string[] {
  if (buckets === undefined)
    return table(
      [{ title: 'series' }, right('value')],
      series.map(({ name, values }) => [name, cellText(values[0])]),
    );
  const columns = [{ title: interval }, ...series.map(({ name }) => right(name))];
  return table(
    columns,
    buckets.map(({ from }, i) => [
      bucketText(from, interval, timeZone),
      ...series.map(({ values }) => cellText(values[i])),
    ]),
  );
}

function numberColumns({ users, sessions, measures = {} }: Numbers): Column[] {
  return [
    right('events'),
    ...(users === undefined ? [] : [right('users')]),
    ...(sessions === undefined ? [] : [right('sessions')]),
    ...Object.keys(measures).map((name) => right(printable(name))),
  ];
}

function numberCells({ events, users, sessions, measures = {} }: Numbers): string[] {
  return [
    grouped(events),
    ...(users === undefined ? [] : [grouped(users)]),
    ...(sessions === undefined ? [] : [grouped(sessions)]),
    ...Object.values(measures).map(cellText),
  ];
}

/** Four digits behind the point are enough to read; nothing where there is no number. */
const cellText = (value: number | null | undefined): string =>
  value == null ? '' : grouped(String(+value.toFixed(4)));

function moneyLines(amount: readonly Money[] | undefined): string[] {
  if (amount === undefined) return [];
  if (amount.length === 0) return ['', 'no event has an amount'];
  const columns = [{ title: 'currency' }, ...['events', 'sum', 'average', 'smallest', 'largest'].map(right)];
  const rows = amount.map((each) => [
    each.currency ?? '(none)',
    ...[each.count, each.sum, each.avg, each.min, each.max].map(grouped),
  ]);
  return ['', ...table(columns, rows)];
}

function groupMoney({ amount }: Numbers): string[] {
  if (amount === undefined) return [];
  return [amount.map((each) => `${grouped(each.sum)} ${each.currency ?? ''}`.trim()).join(', ')];
}

function remarks(meta: AnswerMeta): string[] {
  const lines: string[] = [];
  if (meta.approximate) {
    lines.push(
      `users are approximate, with a standard error of ${+(meta.error * 100).toFixed(2)} % (--exact counts them all)`,
    );
  }
  if (meta.stale) lines.push(`STALE: the store cannot be asked now; this is the answer as of ${meta.asOf}`);
  return lines.length === 0 ? [] : ['', ...lines];
}

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
