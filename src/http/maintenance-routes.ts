/** Doctor, maintenance and backup over HTTP: of the whole house, so for admin keys of the project `default` alone. */
import { Readable } from 'node:stream';
import { failure } from '../errors.ts';
import type { BackfillOrder } from '../operations/backfill.ts';
import type { Doctor } from '../operations/doctor.ts';
import type { Maintenance, UpkeepTasks } from '../operations/maintenance.ts';
import { actorOf, refuseUnlessKeeper } from './actor.ts';
import type { RouteDescription } from './openapi/describe.ts';
import {
  backfillDescription,
  backupDescription,
  doctorDescription,
  rebuildDescription,
  retentionDescription,
  upkeepDescription,
  verifyDescription,
} from './openapi/operation-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject } from './route.ts';

export interface MaintenanceParts {
  readonly doctor: Pick<Doctor, 'examine'>;
  readonly maintenance: Pick<
    Maintenance,
    'verifyRollups' | 'rebuildRollups' | 'expire' | 'upkeep' | 'backfill'
  >;
  /** A tar archive; what was set aside for it is removed when the reading ends. */
  readonly backup: () => AsyncIterable<Uint8Array>;
}

const daysMax = 10_000;
const differencesShownMax = 100;

export function maintenanceRoutes({ doctor, maintenance, backup }: MaintenanceParts): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    describe: RouteDescription,
    handle: (call: Call) => Promise<RouteAnswer>,
  ): Route => ({
    method,
    path,
    scope: 'admin',
    describe,
    handle: async (call) => {
      refuseUnlessKeeper(actorOf(call), 'keeps the whole house');
      return handle(call);
    },
  });
  return [
    route('GET', '/api/v1/doctor', doctorDescription, async () => ({ body: await doctor.examine() })),
    route('POST', '/api/v1/maintenance/verify-rollups', verifyDescription, async ({ body }) => {
      const differences = await maintenance.verifyRollups(daysOf(body));
      const shown = differences.slice(0, differencesShownMax);
      return { body: { data: { differences: shown, total: differences.length } } };
    }),
    route('POST', '/api/v1/maintenance/rebuild-rollups', rebuildDescription, async ({ body }) => ({
      body: { data: { days: await maintenance.rebuildRollups(daysOf(body)) } },
    })),
    route('POST', '/api/v1/maintenance/retention', retentionDescription, async () => ({
      body: { data: await maintenance.expire() },
    })),
    route('POST', '/api/v1/maintenance/upkeep', upkeepDescription, async ({ body }) => ({
      body: { data: (await maintenance.upkeep(tasksOf(body))) ?? null },
    })),
    route('POST', '/api/v1/maintenance/backfill', backfillDescription, async ({ body }) => ({
      body: { data: await maintenance.backfill(orderOf(body)) },
    })),
    route('POST', '/api/v1/backup', backupDescription, async () => ({
      headers: { 'content-type': 'application/x-tar' },
      body: Readable.from(await begun(backup()), { objectMode: false }),
    })),
  ];
}

/** What cannot even begin is an answer with its own status, not an archive that ends too soon. */
async function begun(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  })();
}

/** `{"days": ["2026-01-31"]}`; undefined: all. */
function daysOf(body: unknown): readonly string[] | undefined {
  const { days } = readObject(body === undefined ? {} : body, ['days']);
  if (days === undefined) return undefined;
  const isDay = (day: unknown) =>
    typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
  if (!Array.isArray(days) || days.length === 0 || days.length > daysMax || !days.every(isDay))
    throw failure('request_invalid', {
      detail: `days must be a list of 1 to ${daysMax} days such as "2026-01-31"`,
    });
  return days as string[];
}

/** `{"fields": {"variantKey": ["properties.variant"]}, "dryRun": true}`: one step, from the beginning or `after` the one before. */
function orderOf(body: unknown): BackfillOrder {
  const {
    fields,
    project,
    after,
    dryRun = false,
  } = readObject(body === undefined ? {} : body, ['fields', 'project', 'after', 'dryRun']);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw failure('request_invalid', {
      detail: 'fields must be an object of paths by field, as {"variantKey": ["properties.variant"]}',
    });
  for (const [name, value] of Object.entries({ project, after }))
    if (value !== undefined && typeof value !== 'string')
      throw failure('request_invalid', { detail: `${name} must be text` });
  if (typeof dryRun !== 'boolean')
    throw failure('request_invalid', { detail: 'dryRun must be true or false' });
  return {
    fields: fields as BackfillOrder['fields'],
    ...(typeof project === 'string' && { project }),
    ...(typeof after === 'string' && { after }),
    dryRun,
  };
}

/** `{"vacuum": true}`: what is not said is done, but for `vacuum`. */
function tasksOf(body: unknown): UpkeepTasks {
  const wanted = readObject(body === undefined ? {} : body, [
    'createPartitions',
    'refreshViews',
    'analyze',
    'vacuum',
  ]);
  const asked = (name: string, unsaid: boolean): boolean => {
    const value = wanted[name] === undefined ? unsaid : wanted[name];
    if (typeof value !== 'boolean')
      throw failure('request_invalid', { detail: `${name} must be true or false` });
    return value;
  };
  return {
    createPartitions: asked('createPartitions', true),
    refreshViews: asked('refreshViews', true),
    analyze: asked('analyze', true),
    vacuum: asked('vacuum', false),
  };
}
