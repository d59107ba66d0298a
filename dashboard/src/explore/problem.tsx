/** What the server says is wrong, where it stands. */
import { ApiError } from '../api/client.ts';
import type { PlanProblem } from './kind.ts';

/** Undefined for errors that are not about the plan. */
export function problemOf(error: unknown): PlanProblem | undefined {
  if (!(error instanceof ApiError) || error.code !== 'plan_invalid') return undefined;
  const { pointer, rule } = error.problem;
  const words = typeof rule === 'string' ? rule : error.message;
  return {
    pointer: typeof pointer === 'string' ? pointer : '',
    message: words.charAt(0).toUpperCase() + words.slice(1),
  };
}

export const isAt = (problem: PlanProblem | undefined, pointer: string): boolean =>
  problem !== undefined && (problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`));

/** The problem, if it stands at `pointer` or below; `but`: places below that show their own. */
export function ProblemAt({
  problem,
  pointer,
  but = [],
}: {
  problem: PlanProblem | undefined;
  pointer: string;
  but?: readonly string[];
}) {
  if (!isAt(problem, pointer) || but.some((each) => isAt(problem, each))) return null;
  return (
    <p role="alert" className="text-[13px] text-bad">
      {problem?.message}
    </p>
  );
}
