/** The API's description, for programs and people: what this process serves, and nothing that it does not. */

import type { RouteDescription } from './openapi/describe.ts';
import { apiDocument, type DescribedRoute } from './openapi/document.ts';
import type { Route } from './route.ts';

export const openApiPath = '/api/openapi.json';

const describe: RouteDescription = {
  id: 'openApi',
  group: 'Operations',
  summary: 'This description',
  answers: { 200: { doc: 'OpenAPI 3.1.', content: { 'application/json': { type: 'object' } } } },
};

/** `others`: all that is served beside it. */
export function openApiRoute(others: readonly DescribedRoute[]): Route {
  const own = { method: 'GET', path: openApiPath, scope: 'open', describe } as const;
  const body = JSON.stringify(apiDocument([...others, own]));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    // asked for again each time, so that an upgrade shows at once
    'cache-control': 'no-cache',
  };
  return { ...own, handle: () => ({ headers, body }) };
}
