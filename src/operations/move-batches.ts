/** Rows as a store takes them: of so many months at most, each group in the order given. */
import type { EventRow } from '../event/event-row.ts';

const monthsMax = 50;

export function groupsOfMonths(rows: readonly EventRow[]): readonly (readonly EventRow[])[] {
  const months = [...new Set(rows.map(monthOf))].sort((a, b) => a - b);
  if (months.length <= monthsMax) return [rows];
  const place = new Map(months.map((month, i) => [month, Math.floor(i / monthsMax)]));
  return [...Map.groupBy(rows, (row) => place.get(monthOf(row))!).values()];
}

const monthOf = ({ timestamp }: EventRow): number => {
  const date = new Date(timestamp);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
