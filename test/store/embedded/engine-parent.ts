/** A small server for the tests that kill it: starts an engine on argv[2] and says its process id; then only waits. */
import { systemClock } from '../../../src/clock.ts';
import { readSettings } from '../../../src/settings.ts';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { embeddedSettings } from '../../../src/store/embedded/embedded-config.ts';
import { startEmbeddedEngine } from '../../../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { endlessQuestion, until } from './engine-helpers.ts';

const engine = await startEmbeddedEngine({
  directory: process.argv[2]!,
  settings: readSettings(embeddedSettings, {}),
  clock: systemClock,
  telemetry: new Telemetry(),
});
await engine.ready();
const client = new ClickHouseClient(() => engine.target());
void client.rows(endlessQuestion);
await until(async () => {
  const [[running]] = (await client.rows<[string]>('SELECT count() FROM system.processes')) as [[string]];
  return running === '2';
});
process.send?.({ pid: engine.state().pid, socketPath: engine.target().socketPath });
