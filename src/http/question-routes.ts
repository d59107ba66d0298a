/** Where questions are asked: any plan by POST, and the summary as a plain GET. */
import type { Call, Route } from './route.ts';

export interface Asker {
  /** From the key, never from what was sent. */
  readonly project: string;
  readonly signal: AbortSignal;
}

/** What these routes need of the query stage. Errors: plan_invalid, the budgets', store_unavailable, question_cancelled. */
export interface QuestionStage {
  ask(plan: unknown, asker: Asker): Promise<unknown>;
  summary(parameters: Readonly<Record<string, string>>, asker: Asker): Promise<unknown>;
  /** The parameters that `summary` reads. */
  readonly summaryParameters: readonly string[];
}

export function questionRoutes(questions: QuestionStage): readonly Route[] {
  const summary = (path: string): Route => ({
    method: 'GET',
    path,
    scope: 'read',
    parameters: questions.summaryParameters,
    handle: async (call) => ({ body: await questions.summary(call.query, askerOf(call)) }),
  });
  return [
    summary('/api/v1/analytics/summary'),
    summary('/api/analytics/summary'),
    {
      method: 'POST',
      path: '/api/v1/query',
      scope: 'read',
      handle: async (call) => ({ body: await questions.ask(call.body, askerOf(call)) }),
    },
  ];
}

function askerOf({ grant, signal }: Call): Asker {
  return { project: grant!.project, signal };
}
