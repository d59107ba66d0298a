/** The numbers of a trend as a table: a row for each bucket, or for each group, or for each figure. */
import type { Answer, NumbersData } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { bucketTitle } from '../../../format/dates.ts';
import { valueName } from '../../../format/names.ts';
import { change, percent } from '../../../format/numbers.ts';
import { labelOf } from '../../fields/fields.ts';
import type { Table, TableCell } from '../../kind.ts';
import { type Line, type Lines, linesOf } from './lines.ts';

export function trendTable(answer: Answer<NumbersData>, plan: PlanInput): Table {
  const all = linesOf(answer, plan);
  if (all.buckets !== undefined) return bucketTable(all);
  return all.by.length === 0 ? figureTable(all) : groupTable(all);
}

const nothing: TableCell = { text: '–', value: null };

const cell = (value: number | null | undefined, line: Line): TableCell =>
  value === null || value === undefined ? nothing : { text: line.shown.full(value), value };

function changeCell(now: number | null | undefined, before: number | null | undefined): TableCell {
  const share = change(now ?? 0, before ?? undefined);
  return share === undefined ? nothing : { text: `${share > 0 ? '+' : ''}${percent(share)}`, value: share };
}

function bucketTable({ buckets = [], beforeBuckets, lines, interval, zone }: Lines): Table {
  const isCompared = beforeBuckets !== undefined;
  return {
    columns: [
      { name: 'Time', isNumber: false },
      ...lines.flatMap(({ name }) => [
        { name, isNumber: true },
        ...(isCompared ? [{ name: `${name}, before`, isNumber: true }] : []),
      ]),
    ],
    rows: buckets.map((bucket, index) => [
      { text: bucketTitle(bucket, interval, zone), value: bucket.from },
      ...lines.flatMap((line) => [
        cell(line.values[index], line),
        ...(isCompared ? [cell(line.before?.[index], line)] : []),
      ]),
    ]),
  };
}

function figureTable({ lines }: Lines): Table {
  const isCompared = lines.some(({ before }) => before !== undefined);
  return {
    columns: [
      { name: 'What', isNumber: false },
      { name: 'Value', isNumber: true },
      ...(isCompared
        ? [
            { name: 'Before', isNumber: true },
            { name: 'Change', isNumber: true },
          ]
        : []),
    ],
    rows: lines.map((line) => [
      { text: line.name, value: line.name },
      cell(line.values[0], line),
      ...(isCompared ? [cell(line.before?.[0], line), changeCell(line.values[0], line.before?.[0])] : []),
    ]),
  };
}

/** A column for each number that any of the groups has: of money, one for each currency. */
function groupTable({ lines, by }: Lines): Table {
  const isCompared = lines.some(({ before }) => before !== undefined);
  const rows = Map.groupBy(lines, ({ isOther, group }) => JSON.stringify([isOther, group]));
  const metrics = new Map(
    lines.flatMap(({ metric }) => (metric === undefined ? [] : [[metric.key, metric.name]])),
  );
  return {
    columns: [
      ...by.map((field) => ({ name: labelOf(field), isNumber: false })),
      ...[...metrics.values()].flatMap((name) => [
        { name, isNumber: true },
        ...(isCompared ? [{ name: 'Change', isNumber: true }] : []),
      ]),
    ],
    rows: [...rows.values()].map((ofGroup) => [
      ...by.map((field, index) => nameCell(ofGroup[0]!, field, index)),
      ...[...metrics.keys()].flatMap((key) => {
        const line = ofGroup.find(({ metric }) => metric?.key === key);
        const now = line === undefined ? nothing : cell(line.values[0], line);
        return isCompared ? [now, changeCell(line?.values[0], line?.before?.[0])] : [now];
      }),
    ]),
  };
}

function nameCell({ isOther, group = [] }: Line, field: string, index: number): TableCell {
  if (isOther) return { text: index === 0 ? 'All others' : '', value: null };
  const value = group[index] ?? null;
  return { text: valueName(field, value), value: value === null ? null : valueName(field, value) };
}
