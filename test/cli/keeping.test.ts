/** `dead-letters`, `doctor` and `maintain` as a person runs them, on a real server with the embedded engine, and without it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { encodeBatch } from '../../src/event/codec.ts';
import { diskLogSettings } from '../../src/log/disk/disk-config.ts';
import { openDiskLog } from '../../src/log/disk/disk-log.ts';
import { readSettings } from '../../src/settings.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventAt } from '../operations/real-house.ts';
import { run, startServer, temporaryDirectory, until } from './server.ts';

test('what cannot be stored is found, looked at, kept and discarded, and the doctor sees all of it', async (t) => {
  const directory = temporaryDirectory(t);
  // collecting refuses a time that no store can keep; an older version may have taken it
  const log = await openDiskLog({
    directory: join(directory, 'data', 'log'),
    config: readSettings(diskLogSettings, {}),
    clock: systemClock,
    telemetry: new Telemetry(),
  });
  const now = Date.now();
  const fine = { ...eventAt('fine-1', now), properties: { variant_key: 'short' } };
  const events = [fine, { ...eventAt('ancient-1', Date.UTC(1700, 0, 1)), type: 'ancient' }];
  await log.append(0, 2, encodeBatch({ project: 'default', receivedAt: now, events }));
  await log.close();
  const server = await startServer(t, directory, {});
  const settings = { MILLRACE_URL: server.url, MILLRACE_ADMIN_KEY: server.keys.admin };
  const millrace = (...args: string[]) => run(directory, args, settings);
  const list = await until(
    () => millrace('dead-letters', 'list'),
    ({ stdout }) => stdout.includes('ancient-1'),
  );
  assert.match(list.stdout, /^0-1 .* refused +ancient-1 /m);
  assert.match((await millrace('dead-letters', 'show', '0-1')).stdout, /"type": "ancient"/);
  const replayed = await until(
    () => millrace('dead-letters', 'replay', '--all'),
    ({ stdout }) => !stdout.includes('too young'),
  );
  assert.equal(replayed.code, 3, replayed.stderr);
  assert.match(replayed.stdout, /^1 stay \(1 refused\)/m);
  const worried = await millrace('doctor');
  assert.equal(worried.code, 0, worried.stdout);
  assert.match(worried.stdout, /^warning +quarantine +1 events in quarantine\n +→ look: /m);
  assert.equal((await millrace('dead-letters', 'discard', '--all')).code, 2, 'not without --yes');
  assert.equal((await millrace('dead-letters', 'discard', '0-1', '--yes')).stdout, '1 discarded\n');
  assert.match((await millrace('doctor')).stdout, /everything is as it should be\n$/);
  const maintained = await millrace('maintain', '--rebuild-rollups', '--verify-rollups');
  assert.match(
    maintained.stdout,
    /^the rollups of 1 days are made anew\nrollups equal the rows on every day$/m,
  );
  assert.equal((await millrace('maintain', '--vacuum')).stdout, 'this store keeps itself in shape\n');
  assert.match((await millrace('backfill', '--dry-run')).stdout, /^1 events would be filled$/m);
  assert.match((await millrace('backfill', '--field', 'userId=x')).stderr, /userId cannot be filled/);
  assert.match((await millrace('backfill')).stdout, /^\d{4}-\d\d-\d\d: 1 events\n1 events are filled$/m);
  const unset = await millrace('maintain', '--retention');
  assert.match(unset.stderr, /MILLRACE_RETENTION_DAYS is not set/);
  assert.equal(await server.stop('SIGTERM'), 0);

  assert.equal((await run(directory, ['backfill'])).stdout, 'nothing is to be filled\n');
  const closed = await run(directory, ['doctor', '--json']);
  assert.equal(closed.code, 0, closed.stdout + closed.stderr);
  const partition = join(directory, 'data', 'log', '0');
  const segment = join(partition, readdirSync(partition).sort()[0]!);
  const bytes = readFileSync(segment);
  bytes[20]! ^= 1;
  writeFileSync(segment, bytes);
  const damaged = await run(directory, ['doctor']);
  assert.equal(damaged.code, 1);
  assert.match(damaged.stdout, /^failed +log +1 damaged places.*\n +→ check the disk/m);
});
