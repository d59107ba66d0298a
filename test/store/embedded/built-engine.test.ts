/** The engine's process must also start from built JavaScript, which is what the published package holds. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { remove, temporaryDirectory } from './engine-helpers.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

const program = `
  import { systemClock } from './out/clock.js';
  import { readSettings } from './out/settings.js';
  import { embeddedSettings } from './out/store/embedded/embedded-config.js';
  import { startEmbeddedEngine } from './out/store/embedded/embedded-engine.js';
  import { ClickHouseClient } from './out/store/clickhouse/clickhouse-client.js';
  import { Telemetry } from './out/telemetry/telemetry.js';
  const settings = readSettings(embeddedSettings, {});
  const engine = await startEmbeddedEngine({ directory: process.argv[2], settings, clock: systemClock, telemetry: new Telemetry() });
  await engine.ready();
  const client = new ClickHouseClient(() => engine.target());
  console.log(JSON.stringify(await client.rows('SELECT 42')));
  await client.close();
  await engine.close();
`;

it('starts from built JavaScript', async () => {
  const directory = await temporaryDirectory();
  const sources = [
    'store/embedded/embedded-engine.ts',
    'store/embedded/engine-process.ts',
    'store/clickhouse/clickhouse-client.ts',
  ];
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      rootDir: join(root, 'src'),
      outDir: join(directory, 'out'),
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: sources.map((source) => join(root, 'src', source)),
  };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(configuration));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(join(directory, 'program.js'), program);
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', directory]);
  const { stdout } = await run(process.execPath, [join(directory, 'program.js'), join(directory, 'engine')]);
  assert.equal(stdout, '[[42]]\n');
  await remove(directory);
});
