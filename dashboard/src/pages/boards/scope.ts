/**
 * One range, zone and filter for all tiles of a board, over what each question says itself: kept with the board as `view.scope`, in the
 * address one reader’s. Guests get the same from the server, by the same function.
 */
import { type BoardScope, scoped as laidOver } from '../../../../src/shares/board-scope.ts';
import type { PlanInput } from '../../api/questions.ts';
import { type RangeName, ranges, type Search } from '../../state/view.ts';

export type { BoardScope };

/** The plan of a tile with the scope over it. */
export const scoped = (plan: PlanInput, scope: BoardScope) => laidOver(plan, scope) as PlanInput;

const dayMs = 86_400_000;
const date = /^\d{4}-\d{2}-\d{2}$/;
/** In the address: each tile as it says itself, where the board has a range. */
const own = 'own';
const first = (value: Search[string]) => (typeof value === 'string' ? value : value?.[0]);
const movedBy = (day: string, days: number) =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

/** What the address says, over what is kept with the board. */
export function scopeInAddress(search: Search, kept: BoardScope): BoardScope {
  const { filter: keptFilter, timeZone: keptZone, ...keptRange } = kept;
  const range = rangeInAddress(search);
  const timeZone = first(search.zone) ?? keptZone;
  const filter = filterInAddress(first(search.where), keptFilter);
  return {
    ...(range ?? keptRange),
    ...(timeZone !== undefined && { timeZone }),
    ...(filter !== undefined && { filter }),
  };
}

function rangeInAddress(search: Search): BoardScope | undefined {
  const [range, from, to] = [first(search.range), first(search.from), first(search.to)];
  if (range === own) return {};
  if (range !== undefined && Object.hasOwn(ranges, range)) return { range: range as RangeName };
  if (from !== undefined && to !== undefined && date.test(from) && date.test(to) && from <= to)
    return { from, to: movedBy(to, 1) };
  return undefined;
}

function filterInAddress(text: string | undefined, kept: unknown): unknown {
  if (text === undefined) return kept;
  if (text === own) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return kept;
  }
}

/** What of the address it is; only what differs from what is kept. */
export function searchOfScope(scope: BoardScope, kept: BoardScope): Search {
  const { range, from, to, timeZone, filter } = scope;
  const isKept = range === kept.range && from === kept.from && to === kept.to;
  const days = from === undefined || to === undefined ? undefined : { from, to: movedBy(to, -1) };
  const isSame = JSON.stringify(filter) === JSON.stringify(kept.filter);
  return {
    ...(!isKept && (range !== undefined ? { range } : (days ?? { range: own }))),
    ...(timeZone !== kept.timeZone && timeZone !== undefined && { zone: timeZone }),
    ...(!isSame && { where: filter === undefined ? own : JSON.stringify(filter) }),
  };
}
