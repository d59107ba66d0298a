/** A database whose disk is full: batches wait, nothing of them is half there, and it goes on once there is room. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPostgres, withClient } from '../../../scripts/services/postgres.ts';
import { unprivileged } from '../../../scripts/services/programs.ts';
import { isFailure } from '../../../src/errors.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { mountSmallDisk, unmount } from '../../hazards/small-disk.ts';
import { openStoreAt } from './open-store.ts';

const rowsOfBatch = 500;
const diskBytes = 64 * 1024 * 1024;

test('a full disk is told as such, nothing of a batch is half there, and it goes on once there is room', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-small-'));
  chmodSync(directory, 0o755);
  const disk = join(directory, 'disk');
  if (!mountSmallDisk(t, disk, diskBytes)) return;
  const owner = unprivileged();
  if (owner !== undefined) chownSync(disk, owner.uid, owner.gid);
  const server = await startPostgres({ fsync: false });
  const closers = [
    () => server.close(),
    () => unmount(disk),
    () => rmSync(directory, { recursive: true, force: true }),
  ];
  t.after(async () => {
    for (const close of closers) await close();
  });
  await withClient(server.url(), async (client) => {
    await client.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await client.query('CREATE DATABASE small TABLESPACE small');
  });
  const { store, close } = await openStoreAt(server.url('small'));
  closers.unshift(close);
  const batchFrom = (first: number) => ({
    partition: 1,
    rows: Array.from({ length: rowsOfBatch }, (_, i) =>
      eventRow({
        partition: 1,
        offset: first + i,
        eventId: `e${first + i}`,
        title: 'x'.repeat(2_000 - (i % 50)),
      }),
    ),
    quarantined: [],
    progress: { next: first + rowsOfBatch, stored: first + rowsOfBatch, duplicates: 0, quarantined: 0 },
  });
  let next = 0;
  const filling = async () => {
    for (;;) {
      await store.insert(batchFrom(next));
      next += rowsOfBatch;
    }
  };
  await withClient(server.url('small'), (client) =>
    client.query(`CREATE TABLE ballast AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)`),
  );
  await assert.rejects(filling(), (error) => {
    assert.ok(isFailure(error, 'store_unavailable'), String(error));
    assert.match(error.message, /has no room .*make room/);
    return true;
  });
  assert.ok(next > 0);
  assert.equal(store.state().status, 'down');
  assert.match(store.state().reason, /has no room/);
  await withClient(server.url('small'), (client) => client.query('DROP TABLE ballast'));
  assert.deepEqual(await store.reconcile(1, 0, next + rowsOfBatch), [[0, next]]);
  await store.insert(batchFrom(next));
  assert.equal(await store.rowsBelow(1, next + rowsOfBatch), next + rowsOfBatch);
  assert.deepEqual(await store.verifyRollups(), []);
  assert.equal(store.state().status, 'ready');
});
