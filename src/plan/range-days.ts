/** How many days a named range has at most: for whoever chooses buckets before anything is asked. Without imports, since pages load it. */
import type { RangeName } from './range.ts';

export const daysOfRange: Readonly<Record<RangeName, number>> = {
  today: 1,
  yesterday: 1,
  '7d': 7,
  '30d': 30,
  '90d': 90,
  '12mo': 365,
  mtd: 31,
  qtd: 92,
  ytd: 366,
  all: Number.POSITIVE_INFINITY,
};
