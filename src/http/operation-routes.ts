/** How the server itself is doing: health, readiness, metrics, the queue, and the events in quarantine. */
import type { ReadinessReport } from '../operations/readiness.ts';
import { deadLetterRoutes, type QuarantineParts } from './dead-letter-routes.ts';
import { type MaintenanceParts, maintenanceRoutes } from './maintenance-routes.ts';
import type { RouteDescription } from './openapi/describe.ts';
import {
  cacheDescription,
  healthDescription,
  metricsDescription,
  queueDescription,
  readyDescription,
} from './openapi/operation-descriptions.ts';
import type { Route } from './route.ts';
import { type WatchParts, watchRoutes } from './watch-routes.ts';

export interface OperationParts extends WatchParts {
  readonly readiness: () => Promise<ReadinessReport>;
  /** Absent, as what follows: this process does not have what it takes. */
  readonly queue?: () => Promise<object>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  readonly quarantine?: QuarantineParts;
  readonly cache?: () => object;
  /** Of the database's connections; undefined when there is none. */
  readonly pools?: () => object | undefined;
  /** Absent: this process does not keep the house. */
  readonly house?: MaintenanceParts;
}

export function operationRoutes({
  readiness,
  queue,
  metrics,
  quarantine,
  cache,
  pools,
  house,
  slowQuestions,
  disk,
}: OperationParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/health',
      scope: 'open',
      describe: healthDescription,
      handle: () => ({ body: { status: 'ok' } }),
    },
    {
      method: 'GET',
      path: '/health/ready',
      scope: 'open',
      describe: readyDescription,
      handle: async () => {
        const report = await readiness();
        const ready = report.status === 'ready';
        const figures = pools?.();
        const body = { ...report, ...(figures && { pools: figures }) };
        return { status: ready ? 200 : 503, headers: ready ? {} : { 'retry-after': '1' }, body };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      scope: 'read',
      describe: metricsDescription,
      handle: async () => ({ headers: { 'content-type': metrics.contentType }, body: await metrics.text() }),
    },
    ...(queue ? [readRoute('/api/v1/queue', queueDescription, queue)] : []),
    ...(cache ? [readRoute('/api/v1/cache', cacheDescription, cache)] : []),
    ...watchRoutes({ ...(slowQuestions && { slowQuestions }), ...(disk && { disk }) }),
    ...(quarantine ? deadLetterRoutes(quarantine) : []),
    ...(house ? maintenanceRoutes(house) : []),
  ];
}

const readRoute = (
  path: string,
  describe: RouteDescription,
  tell: () => object | Promise<object>,
): Route => ({
  method: 'GET',
  path,
  scope: 'read',
  describe,
  handle: async () => ({ body: await tell() }),
});
