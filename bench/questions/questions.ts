/**
 * The two questions that a dashboard opens with, as a client sends them: the summary (events, people, events by type) and the
 * trend (events and people by day). About 30 days that end at a quarter of an hour of the last but one day: each turn at
 * another, so that nobody has the answer already.
 */
import type { Ask } from './asker.ts';

export const kinds = ['summary', 'trend'] as const;
export type Kind = (typeof kinds)[number];

/** Half-open, epoch ms. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;
const quarterMs = 900_000;
const rangeDays = 30;

/** @param days how many days of data begin at `from` */
export function rangeOf(data: { readonly from: number }, days: number, turn: number): Range {
  const end = data.from + (days - 1) * dayMs;
  const to = end - ((turn * 7) % 96) * quarterMs - Math.floor(turn / 96) * dayMs;
  return { from: Math.floor(to / dayMs) * dayMs - (rangeDays - 1) * dayMs, to };
}

/** How many events the answer counts. */
export async function askKind(ask: Ask, kind: Kind, { from, to }: Range): Promise<number> {
  if (kind === 'summary') {
    // the shortcut's range is inclusive
    const { data } = await ask<{ data: { totalEvents: number } }>(
      `/api/v1/analytics/summary?from=${from}&to=${to - 1}`,
    );
    return data.totalEvents;
  }
  const plan = { kind, from, to, interval: 'day', metrics: ['events', 'users'] };
  const { data } = await ask<{ data: { total: { events: number[] } } }>('/api/v1/query', plan);
  return data.total.events.reduce((sum, events) => sum + events, 0);
}
