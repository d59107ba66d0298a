/**
 * One range, zone and filter for all tiles of a board, over what each question says itself. Kept with the board as `view.scope`; in the
 * address it is one reader’s. Guests get the same from the server (src/shares/board-scope.ts); a test holds the two together.
 */
import type { PlanInput } from '../../api/questions.ts';
import { ranges, type Search } from '../../state/view.ts';

/** As plans have them: half-open, of dates. */
export interface BoardScope {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly filter?: unknown;
}

/** Kinds whose range is their own: the last half hour, the time in which an experiment ran. */
const ownRange: ReadonlySet<string> = new Set(['live', 'experiment']);
/** Buckets that a chart can show. */
const bucketsMax = 400;
const bucketsMin = 2;
const dayMs = 86_400_000;

const daysOfInterval = { '15m': 1 / 96, hour: 1 / 24, day: 1, week: 7, month: 30 } as const;
type Interval = keyof typeof daysOfInterval;
const intervals = Object.keys(daysOfInterval) as readonly Interval[];

const daysOfRange: Readonly<Record<string, number>> = {
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

/** The plan of a tile with the scope over it. */
export function scoped(plan: PlanInput, scope: BoardScope): PlanInput {
  const filtered = plan.kind === 'experiment' ? plan : { ...plan, ...filterOver(plan, scope.filter) };
  const zoned: PlanInput =
    scope.timeZone === undefined ? filtered : { ...filtered, timeZone: scope.timeZone };
  const days = lengthOf(scope);
  if (days === undefined || ownRange.has(plan.kind)) return zoned;
  const { range: _range, from: _from, to: _to, compare, interval, ...rest } = zoned;
  return {
    ...rest,
    kind: plan.kind,
    ...(scope.range === undefined ? { from: scope.from, to: scope.to } : { range: scope.range }),
    // a range of its own to compare with belongs to the range that it had
    ...(typeof compare === 'string' && scope.range !== 'all' && { compare }),
    ...(interval !== undefined && { interval: fitting(interval, days) }),
  };
}

function filterOver({ filter }: PlanInput, over: unknown): { readonly filter?: unknown } {
  if (over === undefined) return {};
  return { filter: filter === undefined ? over : { and: [filter, over] } };
}

/** In days; undefined: the scope has no range. */
function lengthOf({ range, from, to }: BoardScope): number | undefined {
  if (range !== undefined) return daysOfRange[range];
  return from === undefined || to === undefined ? undefined : (Date.parse(to) - Date.parse(from)) / dayMs;
}

/** The interval itself, or the nearest one of which there are neither too many nor a single one. */
function fitting(interval: unknown, days: number): unknown {
  let at = intervals.indexOf(interval as Interval);
  if (at < 0) return interval;
  while (at < intervals.length - 1 && days / daysOfInterval[intervals[at]!] > bucketsMax) at++;
  while (at > 0 && days / daysOfInterval[intervals[at]!] < bucketsMin) at--;
  return intervals[at];
}

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
  if (range !== undefined && range in ranges) return { range };
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
