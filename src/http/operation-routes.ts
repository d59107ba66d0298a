/** How the server itself is doing: health, readiness, metrics, the queue, and the events in quarantine. */
import { failure } from '../errors.ts';
import type { ReadinessReport } from '../operations/readiness.ts';
import type { Store } from '../store/store.ts';
import type { Route } from './route.ts';

export interface OperationParts {
  readonly readiness: () => Promise<ReadinessReport>;
  readonly queue: () => Promise<object>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  readonly quarantine: Pick<Store, 'quarantined'>;
}

const deadLettersDefault = 100;
const deadLettersMax = 1_000;
const cursorLengthMax = 500;

export function operationRoutes({ readiness, queue, metrics, quarantine }: OperationParts): readonly Route[] {
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
    {
      method: 'GET',
      path: '/api/v1/dead-letters',
      scope: 'admin',
      parameters: ['limit', 'after'],
      handle: async ({ grant, query }) => {
        const after = query.after;
        if (after !== undefined && after.length > cursorLengthMax)
          throw failure('request_invalid', { detail: 'after must be the "next" of an earlier answer' });
        const limit = limitOf(query.limit);
        const found = await quarantine.quarantined({
          project: grant!.project,
          limit,
          ...(after ? { after } : {}),
        });
        const items = found.items.map((each) => ({
          ...each,
          receivedAt: new Date(each.receivedAt).toISOString(),
        }));
        return { body: { data: items, total: found.total, next: found.next ?? null } };
      },
    },
  ];
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return deadLettersDefault;
  const limit = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > deadLettersMax)
    throw failure('request_invalid', { detail: `limit must be a whole number from 1 to ${deadLettersMax}` });
  return limit;
}
