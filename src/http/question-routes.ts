/** Where questions are asked: any plan by POST, and the summary as a plain GET. */
import type { Clock } from '../clock.ts';
import type { Query } from '../query/query.ts';
import { summaryBody, summaryParameters, summaryPlan } from '../query/summary-shortcut.ts';
import { exportRoutes, sheetAnswer } from './export-routes.ts';
import type { Call, Route, RouteAnswer } from './route.ts';

/** What these routes need of the query stage. */
export type QuestionStage = Pick<Query, 'ask' | 'export'>;

export function questionRoutes(questions: QuestionStage, clock: Pick<Clock, 'now'>): readonly Route[] {
  // the design has it under both
  const summaryPaths = ['/api/v1/analytics/summary', '/api/analytics/summary'];
  return [
    ...summaryPaths.map(
      (path): Route => ({
        method: 'GET',
        path,
        scope: 'read',
        parameters: summaryParameters,
        handle: async ({ grant, query, signal }) => {
          const { project } = grant!;
          const plan = summaryPlan(query, project, clock.now());
          return { body: summaryBody(await questions.ask(plan, { project, signal })) };
        },
      }),
    ),
    { method: 'POST', path: '/api/v1/query', scope: 'read', handle: (call) => ask(questions, call) },
    ...exportRoutes(questions, clock),
  ];
}

async function ask(questions: QuestionStage, { grant, body, accept, signal }: Call): Promise<RouteAnswer> {
  // from the key, never from what was sent: nothing crosses projects
  const answer = await questions.ask(body, { project: grant!.project, signal });
  return sheetAnswer(answer, accept, fieldOf(body)) ?? { body: answer };
}

/** The field that a summary or trend is by, which its answer does not repeat. The plan was checked by now. */
function fieldOf(body: unknown): string | undefined {
  const { by } = body as { readonly by?: string | { readonly field: string } };
  return typeof by === 'object' ? by.field : by;
}
