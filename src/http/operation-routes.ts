/** How the server itself is doing: health, readiness, metrics, the queue, and the events in quarantine. */
import type { ReadinessReport } from '../operations/readiness.ts';
import { deadLetterRoutes, type QuarantineParts } from './dead-letter-routes.ts';
import { type MaintenanceParts, maintenanceRoutes } from './maintenance-routes.ts';
import type { Route } from './route.ts';

export interface OperationParts {
  readonly readiness: () => Promise<ReadinessReport>;
  readonly queue: () => Promise<object>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  readonly quarantine: QuarantineParts;
  /** Absent: this process does not keep the house. */
  readonly house?: MaintenanceParts;
}

export function operationRoutes({
  readiness,
  queue,
  metrics,
  quarantine,
  house,
}: OperationParts): readonly Route[] {
  return [
    { method: 'GET', path: '/health', scope: 'open', handle: () => ({ body: { status: 'ok' } }) },
    {
      method: 'GET',
      path: '/health/ready',
      scope: 'open',
      handle: async () => {
        const report = await readiness();
        const ready = report.status === 'ready';
        return { status: ready ? 200 : 503, headers: ready ? {} : { 'retry-after': '1' }, body: report };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      scope: 'read',
      handle: async () => ({ headers: { 'content-type': metrics.contentType }, body: await metrics.text() }),
    },
    { method: 'GET', path: '/api/v1/queue', scope: 'read', handle: async () => ({ body: await queue() }) },
    ...deadLetterRoutes(quarantine),
    ...(house ? maintenanceRoutes(house) : []),
  ];
}
