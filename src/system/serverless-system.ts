/** The system as functions of a serverless platform have it: everything but a server that listens and a writer that runs. */
import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig, readEnvironment } from '../config.ts';
import { openHandler } from '../http/handler.ts';
import { KeyRing } from '../http/key-ring.ts';
import type { Log } from '../log/log.ts';
import { firstStart } from '../operations/first-start.ts';
import { ProjectCare } from '../operations/project-care.ts';
import { markProject } from '../operations/project-removal.ts';
import { Readiness } from '../operations/readiness.ts';
import { makePeople } from '../people/people.ts';
import { Query } from '../query/query.ts';
import { SavedNames } from '../saved/names.ts';
import { SavedCare } from '../saved/saved-care.ts';
import {
  type Millrace,
  makeMillrace,
  type QueueLook,
  type ServerlessSystem,
} from '../serverless/serverless.ts';
import { type Environment, invalidSetting } from '../settings.ts';
import { makeShares } from '../shares/shares.ts';
import { isSharedLog, isSharedStore } from '../stage-config.ts';
import type { Store } from '../store/store.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Reporter } from '../telemetry/reporter.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { openWriter } from '../writer/writer.ts';
import { adapterParts, openCache, openCatalog, openLog, openRates, openStore } from './adapters.ts';
import { openCollector } from './collector.ts';
import { cacheStatus } from './keeping.ts';
import { Opened } from './opened.ts';

const storePollMs = 20;
const storeWaitMs = 10_000;

/**
 * The handlers, with the settings of the environment; `environment` replaces it. The data directory is only for a copy of the catalog: the
 * platform's temporary folder will do. Errors: those of the settings, each naming the one to change.
 */
export function createMillrace(environment?: Environment): Millrace {
  const given = environment ?? readEnvironment();
  const config = loadConfig({ MILLRACE_DATA: '/tmp/millrace', ...given });
  refuseOwnData(config);
  const telemetry = new Telemetry();
  const { level } = config.reporter;
  const secrets = [...Object.values(config.keys), config.serverless.cronSecret].filter(
    (key) => key !== undefined,
  );
  const monotonic = () => performance.now();
  new Reporter({ level, format: 'json', colored: false, sink: process.stderr, secrets, monotonic }).listen(
    telemetry,
  );
  return makeMillrace({ config, telemetry, open: () => openSystem(config, telemetry), newId: randomUUID });
}

/** What one instance keeps on its disk no other can read. */
function refuseOwnData({ log, store, catalog }: Config): void {
  if (!isSharedLog(log))
    throw invalidSetting(
      'MILLRACE_LOG',
      'must be upstash+https: or redis: for serverless handlers',
      `${log.kind}:`,
    );
  if (!isSharedStore(store))
    throw invalidSetting('MILLRACE_STORE', 'must be postgres: for serverless handlers', `${store.kind}:`);
  if (catalog.kind === 'file')
    throw invalidSetting('MILLRACE_CATALOG', 'must be postgres: for serverless handlers', 'file:');
}

async function openSystem(config: Config, telemetry: Telemetry): Promise<ServerlessSystem> {
  const clock = systemClock;
  const opened = new Opened();
  try {
    const adapters = adapterParts(telemetry, clock, opened);
    const metrics = opened.add(new Metrics(telemetry, clock.now(), () => clock.monotonic()), (each) =>
      each.close(),
    );
    const catalog = await openCatalog(config, adapters);
    const care = new ProjectCare({ catalog, random: randomBytes, now: () => clock.now() });
    const scopes = (['write', 'read', 'admin'] as const).filter((scope) => config.keys[scope] !== undefined);
    const { made } = await firstStart(care, scopes);
    for (const { scope, secret } of made) {
      // said once: nobody sees a banner here
      const message = `the ${scope} key of the project default was made: ${secret}`;
      telemetry.publish('note', { level: 'warn', message });
    }
    const keys = opened.add(await KeyRing.open({ catalog, telemetry, environment: config.keys }), (each) =>
      each.close(),
    );
    const log = await openLog(config, adapters);
    const store = await openStore(config, adapters);
    const collector = await openCollector(config, { log, catalog, telemetry, clock });
    const cache = openCache(config, adapters);
    const { resolve } = new SavedNames(catalog.saved);
    const query = new Query({ store, cache, clock, telemetry, settings: config.question, resolve });
    const roles = new Set(['collect', 'query'] as const);
    const readiness = new Readiness({ roles, log, store, catalog });
    const rates = openRates(config, catalog, adapters);
    const keysChanged = () => keys.refresh();
    const people = makePeople({ catalog, clock, random: randomBytes, telemetry });
    const queue = () => queueLook(log, store, config.http.queueWarningEvents, clock.now());
    const handler = opened.add(
      await openHandler({
        config: config.http,
        keys,
        clock,
        telemetry,
        roles: [...roles],
        ...(rates && { rates }),
        collect: collector,
        questions: query,
        streams: { cache, once: true },
        operations: {
          readiness: () => readiness.report(),
          metrics,
          queue,
          cache: () => cacheStatus(cache, config.cache.kind),
          pools: () => adapters.databases.figures(),
        },
        people,
        shares: makeShares({ catalog, passwords: people.passwords, clock, random: randomBytes, telemetry }),
        house: {
          care,
          removeProject: (id) => markProject(id, { catalog, clock, keysChanged }),
          keysChanged,
        },
        saved: new SavedCare({ saved: catalog.saved, now: () => clock.now(), resolve }),
      }),
      (each) => each.close(),
    );
    const pass = async (timeMs: number) => {
      await untilReady(store);
      const writer = await openWriter({
        log,
        store,
        clock,
        telemetry,
        config: config.writer,
        dedupe: 'store',
      });
      return writer.drainFor(timeMs);
    };
    return { handler, pass, queue, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A fresh instance opens the store behind; the pass itself waits no longer than this for it. */
async function untilReady(store: Store): Promise<void> {
  const until = systemClock.monotonic() + storeWaitMs;
  while (store.state().status === 'starting' && systemClock.monotonic() < until)
    await systemClock.sleep(storePollMs);
}

async function queueLook(log: Log, store: Store, warningEvents: number, now: number): Promise<QueueLook> {
  await untilReady(store);
  const timestamp = new Date(now).toISOString();
  try {
    const partitions = await Promise.all(
      Array.from({ length: log.partitions }, async (_, partition) => {
        const { next } = await store.progress(partition);
        return { partition, waiting: Math.max(0, log.ends(partition).next - next) };
      }),
    );
    const queueLength = partitions.reduce((sum, { waiting }) => sum + waiting, 0);
    return { queueLength, status: queueLength > warningEvents ? 'warning' : 'ok', timestamp, partitions };
  } catch {
    return { queueLength: null, status: 'warning', timestamp, partitions: [] };
  }
}
