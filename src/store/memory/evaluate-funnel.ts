/**
 * What a funnel means, said by trying everything: for each sequence of events, every way to take different events for the steps.
 * Exponential on purpose; query/analysis does the same in one walk.
 */
import type { EventRow } from '../../event/event-row.ts';
import type { FunnelPlan } from '../../plan/analysis.ts';
import { matches, type PersonsOf } from '../../plan/filter.ts';

/** How far a sequence came, and how long each level took when it was first reached; index 0 is step 1. */
export interface FunnelOutcome {
  readonly level: number;
  readonly fromStartMs: readonly number[];
}

/** `events`: one sequence, in order. */
export function evaluateFunnel(
  plan: FunnelPlan,
  events: readonly EventRow[],
  personsOf: PersonsOf,
): FunnelOutcome {
  const fits = plan.steps.map(({ filter }) => events.map((event) => matches(event, filter, personsOf)));
  const barred = plan.exclude.map(({ filter }) => events.map((event) => matches(event, filter, personsOf)));
  const attempts =
    plan.order === 'any'
      ? attemptsInAnyOrder(plan, events, fits)
      : attemptsInOrder(plan, events, fits, barred);
  const fromStartMs: number[] = [];
  for (let level = 1; level <= plan.steps.length; level++) {
    const found = attempts.filter((attempt) => attempt.length === level);
    if (found.length === 0) break;
    const first = Math.min(...found.map((attempt) => Math.max(...attempt)));
    const latest = Math.max(
      ...found.filter((attempt) => Math.max(...attempt) === first).map((attempt) => Math.min(...attempt)),
    );
    fromStartMs.push(events[first]!.timestamp - events[latest]!.timestamp);
  }
  return { level: fromStartMs.length, fromStartMs };
}

/** The places of the events that an attempt took, step by step. */
type Attempt = readonly number[];

function attemptsInOrder(
  plan: FunnelPlan,
  events: readonly EventRow[],
  fits: readonly (readonly boolean[])[],
  barred: readonly (readonly boolean[])[],
): readonly Attempt[] {
  const time = (place: number): number => events[place]!.timestamp;
  const isValid = (attempt: Attempt): boolean => {
    const last = attempt.at(-1)!;
    if (time(last) - time(attempt[0]!) > plan.windowMs) return false;
    const before = attempt.at(-2);
    const withinMs = plan.steps[attempt.length - 1]!.withinMs;
    if (before !== undefined && withinMs !== undefined && time(last) - time(before) > withinMs) return false;
    if (plan.order === 'strict' && before !== undefined && last !== before + 1) return false;
    return !plan.exclude.some(({ after, before: until }, i) => {
      const [from, to] = [attempt[after - 1], attempt[until - 1] ?? last];
      if (from === undefined) return false;
      // up to the step that ends it; as long as that is missing, the last event of the attempt stands between too
      const end = attempt[until - 1] === undefined ? to + 1 : to;
      return barred[i]!.some((isBarred, place) => isBarred && place > from && place < end);
    });
  };
  let level: readonly Attempt[] = [[]];
  const all: Attempt[] = [];
  for (const fit of fits) {
    level = level.flatMap((attempt) =>
      events.flatMap((_, place) => {
        const longer = [...attempt, place];
        return fit[place] && place > (attempt.at(-1) ?? -1) && isValid(longer) ? [longer] : [];
      }),
    );
    all.push(...level);
  }
  return all;
}

/** Any different events for any different steps, within one window. */
function attemptsInAnyOrder(
  { windowMs }: FunnelPlan,
  events: readonly EventRow[],
  fits: readonly (readonly boolean[])[],
): readonly Attempt[] {
  let found: readonly Attempt[] = [[]];
  for (const fit of fits) {
    const longer = found.flatMap((attempt) =>
      events.flatMap((_, place) => (fit[place] && !attempt.includes(place) ? [[...attempt, place]] : [])),
    );
    found = [...found, ...longer].filter((attempt) => spanOf(attempt, events) <= windowMs);
  }
  return found.filter((attempt) => attempt.length > 0);
}

function spanOf(attempt: Attempt, events: readonly EventRow[]): number {
  if (attempt.length === 0) return 0;
  return events[Math.max(...attempt)]!.timestamp - events[Math.min(...attempt)]!.timestamp;
}
