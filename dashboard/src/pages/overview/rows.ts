/** Answers of every kind of tab as rows: a name, a number that makes the bar, and numbers beside it. */
import type { Money, SessionsData, SummaryData } from '../../../../src/query/wire.ts';
import { fullNumber, money, percent, shortNumber } from '../../format/numbers.ts';
import type { Tab } from './cards.ts';

export interface RowOf {
  readonly value: string | number | boolean | null;
  readonly isOther: boolean;
  /** Of the longest bar, from 0 to 1. */
  readonly share: number;
  readonly cells: readonly string[];
}

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly RowOf[];
}

interface Counted {
  readonly value: RowOf['value'];
  readonly other?: true;
}

export function rowsOf(tab: Tab, data: SummaryData | SessionsData): Rows {
  if (data.kind === 'sessions') return sessionRows(data);
  const groups = data.groups ?? [];
  if (tab.kind === 'money') return moneyRows(groups);
  const byUsers = tab.kind !== 'events';
  const number = (group: (typeof groups)[number]) => (byUsers ? (group.users ?? 0) : group.events);
  const all = byUsers ? (data.total.users ?? 0) : data.total.events;
  return {
    columns: byUsers ? ['Visitors', 'Share'] : ['Events', 'Visitors'],
    rows: withShares(groups, number, (group) =>
      byUsers
        ? [shortNumber(number(group)), all === 0 ? '' : percent(number(group) / all)]
        : [shortNumber(group.events), shortNumber(group.users ?? 0)],
    ),
  };
}

function sessionRows({ groups = [] }: SessionsData): Rows {
  return {
    columns: ['Visits', 'Bounces'],
    rows: withShares(
      groups,
      ({ sessions }) => sessions,
      ({ sessions, bounceRate }) => [fullNumber(sessions), bounceRate === null ? '–' : percent(bounceRate)],
    ),
  };
}

/** The largest number; how many other currencies there are beside it. */
function mainAmount(amounts: readonly Money[]): string {
  const [first, ...others] = amounts.toSorted((a, b) => Number(b.sum) - Number(a.sum));
  if (first === undefined) return '';
  const rest = others.length === 0 ? '' : ` +${others.length}`;
  return money(first.sum, first.currency) + rest;
}

/** By the largest currency of each; others stand beside it. */
function moneyRows(groups: NonNullable<SummaryData['groups']>): Rows {
  const sum = (group: (typeof groups)[number]) =>
    Math.max(0, ...(group.amount ?? []).map((each) => Number(each.sum)));
  const sorted = groups.toSorted(
    (a, b) => Number(a.other ?? false) - Number(b.other ?? false) || sum(b) - sum(a),
  );
  return {
    columns: ['Revenue', 'Sales'],
    rows: withShares(sorted, sum, (group) => [mainAmount(group.amount ?? []), shortNumber(group.events)]),
  };
}

function withShares<T extends Counted>(
  groups: readonly T[],
  number: (group: T) => number,
  cells: (group: T) => readonly string[],
): readonly RowOf[] {
  const max = Math.max(1, ...groups.filter(({ other }) => !other).map(number));
  return groups.map((group) => ({
    value: group.value,
    isOther: group.other === true,
    share: Math.min(1, number(group) / max),
    cells: cells(group),
  }));
}
