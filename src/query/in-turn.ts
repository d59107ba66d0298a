/**
 * The parts of one question, a few at once: as many as its asker may have at work. The first one is let in like any question; those
 * after it belong to a question that was let in, so they may always wait. All together take no longer than one question may.
 */
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Asking } from './asker.ts';

/** In the order of `parts`. Errors: over_time, and the first one of `ask`. */
export async function inTurn<Part, Found>(
  parts: readonly Part[],
  asking: Asking,
  ask: (part: Part, asking: Asking) => Promise<Found>,
  clock: Pick<Clock, 'monotonic'>,
): Promise<readonly Found[]> {
  const found: Found[] = [await ask(parts[0]!, asking)];
  const { timeMs: limitMs } = asking.budget;
  const startedAt = clock.monotonic();
  const as = { ...asking, lane: { ...asking.lane, waitingMax: Number.POSITIVE_INFINITY } };
  let next = 1;
  const work = async (): Promise<void> => {
    while (next < parts.length) {
      if (clock.monotonic() - startedAt > limitMs)
        throw failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs });
      const i = next++;
      found[i] = await ask(parts[i]!, as);
    }
  };
  await Promise.all(Array.from({ length: asking.lane.insideMax }, work));
  return found;
}
