/**
 * The whole system, opened in the order of the flow and closed in reverse.
 *   catalog → log → store → writer → collector → query → operations → HTTP
 * Whatever was opened is closed again when a later part fails to open.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import type { Catalog, Scope } from './catalog/catalog.ts';
import { type Clock, systemClock } from './clock.ts';
import { Collector } from './collect/collect.ts';
import { openPlaces, shippedPlacesFile } from './collect/places.ts';
import type { Config } from './config.ts';
import { failure } from './errors.ts';
import { openHasher } from './event/hasher.ts';
import { KeyRing } from './http/key-ring.ts';
import { HttpServer } from './http/server.ts';
import type { Log } from './log/log.ts';
import { backupFiles, removeLeftovers } from './operations/backup.ts';
import { Doctor } from './operations/doctor.ts';
import { type FirstStart, firstStart } from './operations/first-start.ts';
import { HeldLog } from './operations/held-log.ts';
import { Maintenance } from './operations/maintenance.ts';
import { OneAtATime } from './operations/one-at-a-time.ts';
import { ProjectCare } from './operations/project-care.ts';
import { ProjectRemoval } from './operations/project-removal.ts';
import { QuarantineCare } from './operations/quarantine-care.ts';
import { queueStatus } from './operations/queue-status.ts';
import { Readiness } from './operations/readiness.ts';
import { careForSalts } from './operations/salt-care.ts';
import { writeTar } from './operations/tar.ts';
import { Query } from './query/query.ts';
import type { Store } from './store/store.ts';
import { openCache, openCatalog, openLog, openStore } from './system/adapters.ts';
import { backupParts, doctorParts, lockData, placesOf } from './system/closed-house.ts';
import { Opened } from './system/opened.ts';
import { Metrics } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { openWriter, type Writer } from './writer/writer.ts';

/** How long a request that passed the key's check may still take to reach the log, and a copied key to be forgotten. */
const projectSettleMs = 3_000;

export interface System {
  readonly url: string;
  /** Made by this start; to be printed once. */
  readonly madeKeys: FirstStart['made'];
  /** Resolves when the log can promise nothing any more: the process must end. */
  readonly failed: Promise<Error>;
  /** Takes no more requests, stores what it can within bounds, and gives everything back. What is left waits in the log. */
  close(): Promise<void>;
}

/** Errors: those of the parts, each naming the setting to change. */
export async function openSystem(
  config: Config,
  telemetry: Telemetry,
  clock: Clock = systemClock,
): Promise<System> {
  const opened = new Opened();
  try {
    opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    await removeLeftovers(placesOf(config));
    const metrics = opened.add(new Metrics(telemetry, clock.now(), () => clock.monotonic()), (each) =>
      each.close(),
    );
    const catalog = opened.add(await openCatalog(config), (each) => each.close());
    const care = new ProjectCare({ catalog, random: randomBytes, now: () => clock.now() });
    const { made } = await firstStart(care, givenScopes(config));
    const keys = opened.add(await KeyRing.open({ catalog, telemetry, environment: config.keys }), (each) =>
      each.close(),
    );

    const log = new HeldLog(opened.add(await openLog(config, telemetry, clock), (each) => each.close()));
    const store = await openStore(config, telemetry, clock, opened);
    const writer = opened.add(await openStartedWriter(config, { log, store, telemetry, clock }), (each) =>
      each.close(),
    );
    const collector = await openCollector(config, { log, catalog, telemetry, clock });
    const cache = opened.add(openCache(config, clock), (each) => each.close());
    const query = new Query({ store, cache, clock, telemetry, settings: config.question });

    const turns = new OneAtATime();
    const removal = opened.add(
      new ProjectRemoval({
        catalog,
        log,
        writer,
        store: {
          deleteProject: (id) => turns.later('the removal of a project', () => store.deleteProject(id)),
        },
        clock,
        telemetry,
        keysChanged: () => keys.refresh(),
        settleMs: projectSettleMs,
      }),
      (each) => each.close(),
    );
    await removal.resume();
    startSaltCare(catalog, clock, telemetry, opened);
    const queue = () =>
      queueStatus({
        log,
        writer,
        store,
        warningEvents: config.http.queueWarningEvents,
        now: () => clock.now(),
      });
    metrics.watch({
      queueLength: () => writer.status().waiting,
      lagMs: () => writer.status().lagMs,
      deadLetters: async () => (await queue()).deadLetters ?? 0,
      logBytes: () => log.usage().bytes,
      storeBytes: () => store.state().bytes,
    });
    const quarantine = new QuarantineCare({ store, writer, turns, telemetry });
    const { retentionDays } = config.operations;
    const maintenance = new Maintenance({ store, clock, telemetry, turns, retentionDays });
    startMaintenance(maintenance, quarantine, store, clock, opened);
    const doctor = new Doctor({ ...doctorParts(config), log, store, writer, catalog, turns, clock });
    const backup = () =>
      writeTar(
        backupFiles({ ...backupParts(config), catalog, store, turns, clock, holdTrimming: () => log.hold() }),
      );
    const readiness = new Readiness({ log, writer, store, catalog });
    const server = opened.add(
      await HttpServer.open({
        config: config.http,
        keys,
        clock,
        telemetry,
        collect: collector,
        questions: query,
        operations: {
          readiness: () => readiness.report(),
          queue,
          metrics,
          quarantine,
          house: { doctor, maintenance, backup },
        },
        house: { care, removeProject: (id) => removal.begin(id), keysChanged: () => keys.refresh() },
      }),
      (each) => each.close(),
    );
    return { url: server.url, madeKeys: made, failed: log.failed, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function givenScopes(config: Config): Scope[] {
  return (['write', 'read', 'admin'] as const).filter((scope) => config.keys[scope] !== undefined);
}

interface StageParts {
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

async function openStartedWriter(
  config: Config,
  parts: StageParts & { readonly store: Store },
): Promise<Writer> {
  const writer = await openWriter({
    ...parts,
    config: config.writer,
    ...(config.log.kind === 'memory' ? {} : { directory: join(config.dataDirectory, 'writer') }),
  });
  writer.start();
  return writer;
}

async function openCollector(
  config: Config,
  parts: StageParts & { readonly catalog: Catalog },
): Promise<Collector> {
  const { catalog, clock } = parts;
  const file = config.collect.placesFile || shippedPlacesFile();
  const places = await openPlaces(file).catch((cause: unknown) => {
    const rule = 'must be a MaxMind database (.mmdb) that can be read';
    throw failure('setting_invalid', { setting: 'MILLRACE_GEO_DATABASE', rule, value: file }, cause);
  });
  return new Collector({
    ...parts,
    hasher: await openHasher(),
    newId: uuidv7,
    salt: (at) => catalog.salt(at, clock.now()),
    places,
  });
}

const storePollMs = 50;

/** Retention, and the end of a replay that a crash broke off, once the store answers. */
function startMaintenance(
  maintenance: Maintenance,
  quarantine: QuarantineCare,
  store: Store,
  clock: Clock,
  opened: Opened,
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

function startSaltCare(catalog: Catalog, clock: Clock, telemetry: Telemetry, opened: Opened): void {
  const stop = new AbortController();
  const caring = careForSalts(catalog, clock, telemetry, stop.signal);
  opened.add(caring, async () => {
    stop.abort();
    await caring;
  });
}
