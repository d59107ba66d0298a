/** An answer as lines for a terminal: what was asked, the numbers, tables of groups or buckets with sparklines, and what to know. */
import type {
  Answer,
  AnswerData,
  AnswerMeta,
  BreakdownData,
  GroupName,
  GroupValues,
  Money,
  Numbers,
  Series,
  SeriesData,
  SummaryData,
  TrendData,
} from '../query/wire.ts';
import { experimentLines } from './experiment-text.ts';
import { type Column, grouped, printable, sparkline, table } from './table.ts';

export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly bots: string;
  readonly by?: { readonly field: string };
  /** The width of what is printed, in characters. */
  readonly columnsMax: number;
}

const right = (title: string): Column => ({ title, align: 'right' });

export function answerText({ data, meta }: Answer, asked: Asked): string[] {
  return [heading(asked), '', ...bodyLines(data, asked), ...remarks(meta)];
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
    default:
      return JSON.stringify(data, null, 2)
        .split('\n')
        .map((line) => printable(line, asked.columnsMax));
  }
}

function heading({ from, to, timeZone, bots }: Asked): string {
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
  const columns = [{ title: interval }, right('events'), ...(total.users ? [right('users')] : [])];
  const money = total.amount ?? [];
  for (const each of money) columns.push(right(`${each.currency ?? 'no currency'} sum`));
  const rows = buckets.map((bucket, index) => [
    bucketText(bucket.from, interval, timeZone) + (bucket.complete ? '' : ' *'),
    grouped(total.events[index]!),
    ...(total.users ? [grouped(total.users[index]!)] : []),
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
  const cell = (value: number | null | undefined) => (value == null ? '' : grouped(+value.toFixed(4)));
  if (buckets === undefined)
    return table(
      [{ title: 'series' }, right('value')],
      series.map(({ name, values }) => [name, cell(values[0])]),
    );
  const columns = [{ title: interval }, ...series.map(({ name }) => right(name))];
  return table(
    columns,
    buckets.map(({ from }, i) => [
      bucketText(from, interval, timeZone),
      ...series.map(({ values }) => cell(values[i])),
    ]),
  );
}

function numberColumns(numbers: Numbers): Column[] {
  return [right('events'), ...(numbers.users === undefined ? [] : [right('users')])];
}

function numberCells(numbers: Numbers): string[] {
  return [grouped(numbers.events), ...(numbers.users === undefined ? [] : [grouped(numbers.users)])];
}

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

/** Words in parentheses are ours; a value is the sender's and is made safe for the terminal. */
function groupText({ value, other }: GroupName): string {
  if (other) return '(other)';
  return value === null ? '(absent)' : printable(String(value));
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

function localTime(iso: string, timeZone: string): string {
  // Swedish dates are ISO 8601
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(new Date(iso));
}

function bucketText(iso: string, interval: string, timeZone: string): string {
  const text = localTime(iso, timeZone);
  if (interval === 'month') return text.slice(0, 7);
  return interval === 'day' || interval === 'week' ? text.slice(0, 10) : text;
}

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
