/**
 * One range, zone and filter for all tiles of a dashboard, over what each question says itself. Kept with the dashboard as `view.scope`.
 * The server lays it over for guests, the pages for who is signed in, whose tiles may not be saved yet.
 */
import type { RangeName } from '../plan/range.ts';
import { daysOfRange } from '../plan/range-days.ts';

type Members = Readonly<Record<string, unknown>>;

/** As plans have them: half-open, of dates. */
export interface BoardScope {
  readonly range?: RangeName;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly filter?: unknown;
}

/** Kinds whose range is their own: the last half hour, the time in which an experiment ran. */
const ownRange: ReadonlySet<unknown> = new Set(['live', 'experiment']);
/** Buckets that a chart can show. */
const bucketsMax = 400;
const bucketsMin = 2;
const dayMs = 86_400_000;

const daysOfInterval = { '15m': 1 / 96, hour: 1 / 24, day: 1, week: 7, month: 30 } as const;
type Interval = keyof typeof daysOfInterval;
const intervals = Object.keys(daysOfInterval) as readonly Interval[];

/** The plan of a tile with the scope over it; what is no plan comes back as it is. */
export function scoped(plan: unknown, scope: BoardScope): unknown {
  if (typeof plan !== 'object' || plan === null || Array.isArray(plan)) return plan;
  const { kind } = plan as Members;
  const filtered = kind === 'experiment' ? plan : { ...plan, ...filterOver(plan as Members, scope.filter) };
  const zoned = scope.timeZone === undefined ? filtered : { ...filtered, timeZone: scope.timeZone };
  const days = lengthOf(scope);
  if (days === undefined || ownRange.has(kind)) return zoned;
  const { range: _, from: __, to: ___, compare, interval, ...rest } = zoned as Members;
  return {
    ...rest,
    ...(scope.range === undefined ? { from: scope.from, to: scope.to } : { range: scope.range }),
    // a range of its own to compare with belongs to the range that it had
    ...(typeof compare === 'string' && scope.range !== 'all' && { compare }),
    ...(interval !== undefined && { interval: fitting(interval, days) }),
  };
}

function filterOver({ filter }: Members, over: unknown): { readonly filter?: unknown } {
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
