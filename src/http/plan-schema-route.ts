/** The schema of the plan language, for programs that make plans: the same as docs/plan.schema.json, and no secret. */
import { planSchema } from '../plan/schema.ts';
import { planSchemaDescription } from './openapi/question-descriptions.ts';
import type { Route } from './route.ts';

export const planSchemaPath = '/api/v1/plan.schema.json';

export function planSchemaRoute(): Route {
  const body = JSON.stringify(planSchema);
  const headers = {
    'content-type': 'application/schema+json; charset=utf-8',
    // asked for again each time, so that an upgrade shows at once
    'cache-control': 'no-cache',
  };
  return {
    method: 'GET',
    path: planSchemaPath,
    scope: 'open',
    describe: planSchemaDescription,
    handle: () => ({ headers, body }),
  };
}
