/**
 * The intake path of this system alone: HTTP, collect and the disk log with all their metrics, and no writer or engine behind
 * them. It tells what the answer itself costs from what storing costs. Data directory, port and key as arguments.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { systemClock as clock } from '../../src/clock.ts';
import { Collector } from '../../src/collect/collect.ts';
import { loadConfig } from '../../src/config.ts';
import { openHasher } from '../../src/event/hasher.ts';
import { KeyRing } from '../../src/http/key-ring.ts';
import { HttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { openDiskLog } from '../../src/log/disk/disk-log.ts';
import { firstStart } from '../../src/operations/first-start.ts';
import { ProjectCare } from '../../src/operations/project-care.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

const [data, port, key] = process.argv.slice(2) as [string, string, string];
mkdirSync(data, { recursive: true });
const config = loadConfig({ MILLRACE_DATA: data, PORT: port, MILLRACE_ADMIN_KEY: key });
if (config.log.kind !== 'disk') throw new Error('the log is not on disk');
const telemetry = new Telemetry();
const metrics = new Metrics(telemetry, clock.now(), () => clock.monotonic());
if (config.catalog.kind !== 'file') throw new Error('this baseline keeps its catalog in a file');
const catalogFile = config.catalog.file;
const catalog = await SqliteCatalog.open({ path: catalogFile, random: randomBytes });
const care = new ProjectCare({ catalog, random: randomBytes, now: () => clock.now() });
await firstStart(care, ['admin']);
const keys = await KeyRing.open({ catalog, telemetry, environment: config.keys });
const log = await openDiskLog({
  directory: join(data, 'log'),
  config: config.log.settings,
  clock,
  telemetry,
});
const collect = new Collector({
  log,
  clock,
  telemetry,
  hasher: await openHasher(),
  newId: uuidv7,
  salt: (at) => catalog.salt(at, clock.now()),
  places: undefined,
});
// the other routes are never asked here
const unused = {} as HttpServerOptions['house'] & HttpServerOptions['operations'];
await HttpServer.open({
  config: config.http,
  keys,
  clock,
  telemetry,
  collect,
  operations: { ...unused, metrics },
  house: unused,
});
process.send?.('ready');
process.on('disconnect', () => process.exit());
