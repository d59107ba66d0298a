/**
 * The whole system, opened in the order of the flow and closed in reverse.
 *   catalog → log → store → writer → collector → query → operations → HTTP
 * Whatever was opened is closed again when a later part fails to open.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Catalog, Scope } from './catalog/catalog.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { isFailure } from './errors.ts';
import { KeyRing } from './http/key-ring.ts';
import { HttpServer } from './http/server.ts';
import type { Log } from './log/log.ts';
import { removeLeftovers } from './operations/backup.ts';
import { type FirstStart, firstStart } from './operations/first-start.ts';
import { HeldLog } from './operations/held-log.ts';
import { ProjectCare } from './operations/project-care.ts';
import { markProject } from './operations/project-removal.ts';
import { Readiness } from './operations/readiness.ts';
import { careForSalts } from './operations/salt-care.ts';
import { SlowQuestions } from './operations/slow-questions.ts';
import { makePeople, type PeopleParts, sweepSessions } from './people/people.ts';
import { linkPath } from './people/people-care.ts';
import { Query } from './query/query.ts';
import { SavedNames } from './saved/names.ts';
import { SavedCare } from './saved/saved-care.ts';
import { makeShares } from './shares/shares.ts';
import { isSharedLog, isSharedStore, type Role } from './stage-config.ts';
import type { Store } from './store/store.ts';
import {
  type AdapterParts,
  adapterParts,
  catalogSource,
  openCache,
  openCatalog,
  openLog,
  openRates,
  openStore,
} from './system/adapters.ts';
import { lockData, placesOf } from './system/closed-house.ts';
import { openCollector } from './system/collector.ts';
import { cacheStatus, openKeeping } from './system/keeping.ts';
import { Opened } from './system/opened.ts';
import { Metrics } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { openWriter, type Writer } from './writer/writer.ts';

export interface System {
  readonly url: string;
  /** Made by this start; to be printed once. */
  readonly madeKeys: FirstStart['made'];
  /** Where to sign in for the first time, once; absent when somebody has a password. */
  readonly startUrl?: string;
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
    const adapters = adapterParts(telemetry, clock, opened);
    if (keepsOwnData(config)) opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    await removeLeftovers(placesOf(config));
    const metrics = opened.add(new Metrics(telemetry, clock.now(), () => clock.monotonic()), (each) =>
      each.close(),
    );
    metrics.watchPools(() => {
      const { write, read } = adapters.databases.figures() ?? {};
      return { ...(write && { write }), ...(read && { read }) };
    });
    const catalog = await openCatalog(config, adapters);
    const care = new ProjectCare({ catalog, random: randomBytes, now: () => clock.now() });
    const { made } = await firstStart(care, givenScopes(config));
    const keys = opened.add(await KeyRing.open({ catalog, telemetry, environment: config.keys }), (each) =>
      each.close(),
    );
    startSaltCare(catalog, clock, telemetry, opened);
    const people = makePeople({ catalog, clock, random: randomBytes, telemetry });
    startSweeping(people, clock, opened);

    const { roles } = config;
    const has = (...some: readonly Role[]) => some.some((role) => roles.has(role));
    const log =
      has('collect', 'write') || isSharedLog(config.log) ? await openHeldLog(config, adapters) : undefined;
    const store = has('write', 'query') ? await openStore(config, adapters) : undefined;
    const writer = log && store && (await openOwnWriter(config, { log, store, telemetry, clock }, opened));
    const collector =
      log && has('collect') ? await openCollector(config, { log, catalog, telemetry, clock }) : undefined;
    const cache = store && has('query') ? openCache(config, adapters) : undefined;
    const settings = config.question;
    const { resolve } = new SavedNames(catalog.saved);
    const query =
      store && cache ? new Query({ store, cache, clock, telemetry, settings, resolve }) : undefined;
    const slow = query && opened.add(new SlowQuestions(telemetry, () => clock.now()), (each) => each.close());

    const keeping =
      log && store && writer
        ? await openKeeping({ config, log, store, writer, catalog, keys, metrics, telemetry, clock, opened })
        : undefined;
    const rates = openRates(config, catalog, adapters);
    const keysChanged = () => keys.refresh();
    const markOnly = (id: string) => markProject(id, { catalog, clock, keysChanged });
    const readiness = new Readiness({ roles, log, writer, store, catalog: catalogSource(catalog) });
    const server = opened.add(
      await HttpServer.open({
        config: config.http,
        keys,
        clock,
        telemetry,
        roles: [...roles],
        ...(rates && { rates }),
        ...(collector && { collect: collector }),
        ...(query && { questions: query }),
        ...(cache && { streams: { cache } }),
        operations: {
          readiness: () => readiness.report(),
          metrics,
          ...keeping?.operations,
          ...(slow && { slowQuestions: () => slow.recent() }),
          ...(cache && { cache: () => cacheStatus(cache, config.cache.kind) }),
          pools: () => adapters.databases.figures(),
        },
        people,
        shares: makeShares({ catalog, passwords: people.passwords, clock, random: randomBytes, telemetry }),
        house: { care, removeProject: keeping?.removeProject ?? markOnly, keysChanged },
        removeExperimentEvents: keeping?.removeExperiment,
        saved: new SavedCare({ saved: catalog.saved, now: () => clock.now(), resolve }),
      }),
      (each) => each.close(),
    );
    const failed = log?.failed ?? new Promise<never>(() => {});
    const startUrl = query && (await startUrlOf(people, server.url));
    return {
      url: server.url,
      madeKeys: made,
      ...(startUrl && { startUrl }),
      failed,
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** While the catalog is away nobody can sign in, and the house opens all the same. */
async function startUrlOf({ care }: PeopleParts, url: string): Promise<string | undefined> {
  try {
    const link = await care.startLink();
    return link && url + linkPath(link);
  } catch (error) {
    if (isFailure(error, 'catalog_unavailable')) return undefined;
    throw error;
  }
}

/** Whether a second process must keep off the data directory. */
function keepsOwnData({ log, store, catalog }: Config): boolean {
  return !isSharedLog(log) || !isSharedStore(store) || catalog.kind === 'file';
}

async function openHeldLog(config: Config, adapters: AdapterParts): Promise<HeldLog> {
  return new HeldLog(await openLog(config, adapters));
}

function givenScopes(config: Config): Scope[] {
  return (['write', 'read', 'admin'] as const).filter((scope) => config.keys[scope] !== undefined);
}

interface StageParts {
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Without the role it looks on: it tells how far the others have come. */
async function openOwnWriter(
  config: Config,
  parts: StageParts & { readonly store: Store },
  opened: Opened,
): Promise<Writer> {
  const writer = await openWriter({
    ...parts,
    config: config.writer,
    ...(config.log.kind === 'memory' ? {} : { directory: join(config.dataDirectory, 'writer') }),
  });
  opened.add(writer, (each) => each.close());
  if (config.roles.has('write')) writer.start();
  else writer.observe();
  return writer;
}

function startSweeping({ sessions }: PeopleParts, clock: Clock, opened: Opened): void {
  const stop = new AbortController();
  const sweeping = sweepSessions(sessions, clock, stop.signal);
  opened.add(sweeping, async () => {
    stop.abort();
    await sweeping;
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
