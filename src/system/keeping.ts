/**
 * What a running system has besides its flow: the queue's status, quarantine, the removal of projects, maintenance, doctor, backup.
 * It needs the log, the store and the writer that knows both; a process that brings nothing into the store only looks on.
 */
import type { LayeredCache } from '../cache/layered-cache.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { KeyRing } from '../http/key-ring.ts';
import type { OperationParts } from '../http/operation-routes.ts';
import { backupFiles } from '../operations/backup.ts';
import { DiskForecast } from '../operations/disk-forecast.ts';
import { Doctor } from '../operations/doctor.ts';
import type { HeldLog } from '../operations/held-log.ts';
import { Maintenance } from '../operations/maintenance.ts';
import { OneAtATime } from '../operations/one-at-a-time.ts';
import { ProjectRemoval } from '../operations/project-removal.ts';
import { QuarantineCare } from '../operations/quarantine-care.ts';
import { type CorrectedLedger, queueStatus } from '../operations/queue-status.ts';
import { writeTar } from '../operations/tar.ts';
import { isSharedStore } from '../stage-config.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Writer } from '../writer/writer.ts';
import { backupParts, doctorParts } from './closed-house.ts';
import type { Opened } from './opened.ts';

export interface KeepingParts {
  readonly config: Config;
  readonly log: HeldLog;
  readonly store: Store;
  readonly writer: Writer;
  readonly catalog: Catalog;
  readonly keys: KeyRing;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly opened: Opened;
}

export interface Keeping {
  readonly operations: Pick<OperationParts, 'queue' | 'quarantine' | 'house' | 'disk'>;
  /** Resolves once the project is marked and its keys have stopped. */
  readonly removeProject: (id: string) => Promise<void>;
  /** Resolves with how many events went; undefined where this process only looks on. */
  readonly removeExperiment: ((project: string, experimentId: string) => Promise<number>) | undefined;
}

/** How long a request that passed the key's check may still take to reach the log, and a copied key to be forgotten. */
const projectSettleMs = 3_000;
const storePollMs = 50;

export async function openKeeping(parts: KeepingParts): Promise<Keeping> {
  const { config, log, store, writer, catalog, metrics, telemetry, clock, opened } = parts;
  const turns = new OneAtATime();
  const removal = openRemoval(parts, turns);
  const quarantine = new QuarantineCare({ store, writer, turns, telemetry });
  const { retentionDays, schedule } = config.operations;
  const maintenance = new Maintenance({ store, clock, telemetry, turns, retentionDays, schedule });
  if (config.roles.has('write')) {
    await removal.resume();
    startMaintenance(maintenance, quarantine, parts);
  }
  const { queueWarningEvents: warningEvents } = config.http;
  const queue = () => queueStatus({ log, writer, store, warningEvents, now: () => clock.now() });
  metrics.watch({
    queueLength: () => writer.status().waiting,
    lagMs: () => writer.status().lagMs,
    deadLetters: async () => (await queue()).deadLetters ?? 0,
    logBytes: () => log.usage().bytes,
    storeBytes: () => store.state().bytes,
  });
  const disk = openForecast(parts, async () => (await queue()).ledger);
  const doctor = new Doctor({ ...doctorParts(config), log, store, writer, catalog, turns, clock });
  const backup = () =>
    writeTar(
      backupFiles({ ...backupParts(config), catalog, store, turns, clock, holdTrimming: () => log.hold() }),
    );
  opened.add(removal, (each) => each.close());
  return {
    operations: {
      queue,
      quarantine,
      disk: () => disk.report(),
      house: { doctor, maintenance, backup },
    },
    removeProject: (id) => (config.roles.has('write') ? removal.begin(id) : removal.mark(id)),
    removeExperiment: config.roles.has('write')
      ? (project, experimentId) =>
          turns.now('the removal of an experiment', () => store.deleteExperiment(project, experimentId))
      : undefined,
  };
}

function openForecast(
  { config, log, store, clock, opened }: KeepingParts,
  ledger: () => Promise<CorrectedLedger | null>,
): DiskForecast {
  const { disk, freeBytesMin } = doctorParts(config);
  const forecast = new DiskForecast({
    disk,
    freeBytesMin,
    log,
    store: isSharedStore(config.store) ? undefined : store,
    ledger,
    retentionDays: config.operations.retentionDays,
    clock,
  });
  const stop = new AbortController();
  const running = forecast.run(stop.signal);
  opened.add(stop, async () => {
    stop.abort();
    await running;
  });
  return forecast;
}

function openRemoval(
  { catalog, log, writer, store, clock, telemetry, keys }: KeepingParts,
  turns: OneAtATime,
) {
  return new ProjectRemoval({
    catalog,
    log,
    writer,
    store: { deleteProject: (id) => turns.later('the removal of a project', () => store.deleteProject(id)) },
    clock,
    telemetry,
    keysChanged: () => keys.refresh(),
    settleMs: projectSettleMs,
  });
}

/** Retention, and the end of a replay that a crash broke off, once the store answers. */
function startMaintenance(
  maintenance: Maintenance,
  quarantine: QuarantineCare,
  { store, clock, opened }: KeepingParts,
): void {
  const stop = new AbortController();
  const resuming = (async () => {
    while (!stop.signal.aborted) {
      if (store.state().status === 'ready') {
        const done = await quarantine.resume().then(
          () => true,
          () => false,
        );
        if (done) return;
      }
      await clock.sleep(storePollMs, stop.signal);
    }
  })();
  const expiring = maintenance.run(stop.signal);
  opened.add(stop, async () => {
    stop.abort();
    await Promise.all([resuming, expiring]);
  });
}

/** What `GET /api/v1/cache` tells. Bytes are of the shared cache where there is one. */
export function cacheStatus(cache: LayeredCache, kind: string): object {
  const { hits, misses } = cache.counts();
  const asked = hits + misses;
  return { kind, hits, misses, hitRate: asked === 0 ? null : hits / asked, ...cache.usage() };
}
