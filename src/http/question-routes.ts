/** Where questions are asked: any plan by POST or in an address, and the usual ones as plain GETs. */
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Query, Tagged } from '../query/query.ts';
import { inParameters, type Shortcut, shortcutPlan, shortcuts } from '../query/shortcuts.ts';
import { summaryBody, summaryBodyV2, summaryParameters, summaryPlan } from '../query/summary-shortcut.ts';
import { askerOf } from './asker.ts';
import { exportRoutes, sheetAnswer } from './export-routes.ts';
import {
  queryDescription,
  queryInAddressDescription,
  shortcutDescription,
  summaryDescription,
} from './openapi/question-descriptions.ts';
import type { Call, Route, RouteAnswer } from './route.ts';

/** What these routes need of the query stage. */
export type QuestionStage = Pick<Query, 'ask' | 'tagged' | 'export' | 'meaning' | 'version'>;

export function questionRoutes(questions: QuestionStage, clock: Pick<Clock, 'now'>): readonly Route[] {
  return [
    ...summaryRoutes(questions, clock),
    ...shortcuts.map((shortcut) => shortcutRoute(shortcut, questions, clock)),
    {
      method: 'GET',
      path: '/api/v1/query',
      scope: 'read',
      parameters: ['plan'],
      describe: queryInAddressDescription,
      handle: (call) => ask(questions, { ...call, body: planOf(call.query.plan) }),
    },
    {
      method: 'POST',
      path: '/api/v1/query',
      scope: 'read',
      describe: queryDescription,
      handle: (call) => ask(questions, call),
    },
    ...exportRoutes(questions, clock),
  ];
}

function summaryRoutes(questions: QuestionStage, clock: Pick<Clock, 'now'>): readonly Route[] {
  const route = (path: string, id: string, isSecond = false): Route => ({
    method: 'GET',
    path,
    scope: 'read',
    parameters: summaryParameters,
    describe: summaryDescription(id, isSecond ? 'SummaryBodyV2' : 'SummaryBody'),
    handle: async ({ grant, query, signal }) => {
      const { project } = grant!;
      const plan = summaryPlan(query, project, clock.now());
      const { answer, tag } = await questions.tagged(plan, { project, signal, asker: askerOf(grant!) });
      return {
        headers: keptHeaders(tag, 'json'),
        body: isSecond ? summaryBodyV2(answer, plan) : summaryBody(answer),
      };
    },
  });
  return [
    route('/api/v1/analytics/summary', 'summary'),
    route('/api/analytics/summary', 'summaryUnversioned'),
    route('/api/v2/analytics/summary', 'summaryV2', true),
  ];
}

function shortcutRoute(shortcut: Shortcut, questions: QuestionStage, clock: Pick<Clock, 'now'>): Route {
  return {
    method: 'GET',
    path: `/api/v1/analytics/${shortcut.name}`,
    scope: 'read',
    parameters: Object.keys(shortcut.parameters),
    describe: shortcutDescription(shortcut),
    handle: async (call) => {
      const body = shortcutPlan(shortcut, call.query, clock.now());
      try {
        return await ask(questions, { ...call, body });
      } catch (error) {
        throw inParameters(shortcut, error);
      }
    },
  };
}

/** An answer in the form that is preferred, with what stands for it. `plan`: as it was sent. Errors: not_acceptable. */
export const answerTo = (tagged: Tagged, accept: string | undefined, plan: unknown): RouteAnswer =>
  answered(tagged, accept, fieldOf(plan));

async function ask(questions: QuestionStage, { grant, body, accept, signal }: Call): Promise<RouteAnswer> {
  // from the key, never from what was sent: nothing crosses projects
  const tagged = await questions.tagged(body, { project: grant!.project, signal, asker: askerOf(grant!) });
  return answerTo(tagged, accept, body);
}

function answered(
  { answer, tag }: Tagged,
  accept: string | undefined,
  field: string | undefined,
): RouteAnswer {
  const sheet = sheetAnswer(answer, accept, field);
  return sheet === undefined
    ? { headers: keptHeaders(tag, 'json'), body: answer }
    : { ...sheet, headers: { ...sheet.headers, ...keptHeaders(tag, sheet.format) } };
}

/** The asker alone may keep it, and asks again whether it still holds. Each form of an answer has a tag of its own. */
const keptHeaders = (tag: string, form: string) => ({
  etag: `W/"${tag}-${form}"`,
  'cache-control': 'private, no-cache',
  vary: 'accept, authorization, cookie, x-millrace-project',
});

/** A plan in an address: JSON, so that a question of any kind can be linked to and kept. */
function planOf(text: string | undefined): unknown {
  if (text === undefined)
    throw failure('request_invalid', { detail: 'the parameter plan must hold a plan as JSON' });
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = `the parameter plan is not JSON: ${(error as Error).message}`;
    throw failure('request_invalid', { detail }, error);
  }
}

/** The field that a summary or trend is by, which its answer does not repeat. The plan was checked by now. */
function fieldOf(body: unknown): string | undefined {
  const { by } = body as { readonly by?: string | { readonly field: string } };
  return typeof by === 'object' ? by.field : by;
}
