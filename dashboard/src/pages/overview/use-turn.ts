/**
 * Whose turn it is: numbers and trend are asked first, and are answered from rollups in milliseconds; what reads rows waits for them, or
 * all would share the processors and the page would stay empty until the slowest is done.
 */
import { useAnswer } from '../../api/questions.ts';
import type { View } from '../../state/view.ts';
import { totalsPlan, trendPlan } from './metrics.ts';

/** Whether numbers and trend of this view are there, or cannot be had. */
export function useTurn(project: string, view: View): boolean {
  const totals = useAnswer(project, totalsPlan(view));
  const trend = useAnswer(project, trendPlan(view));
  return [totals, trend].every(({ isSuccess, isPlaceholderData, isError }) =>
    isError ? true : isSuccess && !isPlaceholderData,
  );
}
