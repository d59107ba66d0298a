/** Every route of a process that has all roles, for pages and tests that look at what routes say of themselves; none can be called. */
import { collectRoute } from '../../src/http/collect-route.ts';
import { describedRoutesOf } from '../../src/http/handler.ts';
import type { DescribedRoute } from '../../src/http/openapi/document.ts';
import type { Route } from '../../src/http/route.ts';

/** Has every part, and each part has every part. */
const anything: never = new Proxy(() => {}, { get: () => anything }) as never;

export type ApiRoute = DescribedRoute & Pick<Route, 'parameters'>;

export const apiRoutes = (): readonly ApiRoute[] => [collectRoute, ...describedRoutesOf(anything, anything)];
