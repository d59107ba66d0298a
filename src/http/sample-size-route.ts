/** What an experiment needs before it starts: a calculation, no question about events. */
import { planSize, type SizeOption, sizeOptions } from '../experiment/plan-size.ts';
import { sampleSizeDescription } from './openapi/experiment-descriptions.ts';
import type { Route } from './route.ts';

export function sampleSizeRoute(): Route {
  return {
    method: 'GET',
    path: '/api/v1/analytics/sample-size',
    scope: 'read',
    parameters: Object.keys(sizeOptions) as SizeOption[],
    describe: sampleSizeDescription,
    handle: ({ query }) => ({ body: { data: planSize(query) } }),
  };
}
