/**
 * A backup of a real server while a client sends and the store writes: what was acknowledged before it began is in it, nothing
 * is there twice, the copy passes the doctor and answers as its rows say. And: a backup that is not whole is refused.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  adminKey,
  freePort,
  judge,
  LoadClient,
  readLedger,
  ServerUnderTest,
  sleep,
} from '../hazards/harness.ts';
import { withStore } from '../hazards/stored.ts';

const cli = join(import.meta.dirname, '../../src/cli/millrace.ts');

async function millrace(settings: Readonly<Record<string, string>>, ...args: string[]) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH, HOME, ...settings } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('a backup', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-backup-test-'));
  const data = join(directory, 'data');
  const backup = join(directory, 'backup');
  const restored = join(directory, 'restored');
  const ledgerBefore = join(directory, 'ledger-before');
  const ledger = join(directory, 'ledger');
  let server: ServerUnderTest;
  let client: LoadClient | undefined;

  before(async () => {
    const port = await freePort();
    const settings = { MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '50', MILLRACE_LOG_SEGMENT_BYTES: '20000' };
    server = new ServerUnderTest(data, port, { ...settings, MILLRACE_WRITER_SNAPSHOT_INTERVAL_MS: '50' });
    server.start();
    await server.ready();
    client = new LoadClient(server.base, ledger, 'backup');
    await sleep(1_500);
  });
  after(async () => {
    await client?.stop().catch(() => {});
    await server.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  test('is made under load by the running server', async () => {
    copyFileSync(ledger, ledgerBefore);
    const url = { MILLRACE_URL: server.base, MILLRACE_ADMIN_KEY: adminKey };
    const { code, output } = await millrace(url, 'backup', backup);
    assert.equal(code, 0, output);
    await client?.stop();
    const left = [data, join(data, 'log'), join(data, 'store', 'shadow')].flatMap((each) =>
      readdirSync(each),
    );
    assert.deepEqual(
      left.filter((name) => name.startsWith('millracebackup')),
      [],
    );
    assert.ok(!readFileSync(join(backup, 'manifest.json'), 'utf8').includes('millrace.lock'));
  });

  test('is refused when a file of it differs, and by a directory that is used', async () => {
    const used = await millrace({ MILLRACE_DATA: data }, 'restore', backup);
    assert.equal(used.code, 1);
    assert.match(used.output, /is not empty; restore into a new directory/);
    const path = join(backup, 'catalog.sqlite');
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
    const damaged = await millrace({ MILLRACE_DATA: restored }, 'restore', backup);
    assert.equal(damaged.code, 1);
    assert.match(damaged.output, /catalog\.sqlite is not as it was backed up/);
    assert.ok(!existsSync(join(restored, 'store')));
    writeFileSync(path, bytes);
  });

  test('restored, it has all that was acknowledged before it, once, and passes the doctor', async () => {
    const { code, output } = await millrace({ MILLRACE_DATA: restored }, 'restore', backup);
    assert.equal(code, 0, output);
    const closed = await millrace({ MILLRACE_DATA: restored }, 'doctor');
    assert.equal(closed.code, 0, closed.output);

    const copy = new ServerUnderTest(restored, await freePort());
    copy.start();
    try {
      await copy.ready();
      await copy.drained();
      const report = await copy.ask<{ checks: { name: string; status: string; detail: string }[] }>(
        '/api/v1/doctor',
      );
      assert.deepEqual(
        report.checks.filter(({ status }) => status !== 'ok'),
        [],
      );
      const range = 'from=2026-01-01&to=2027-12-31';
      type Summary = { data: { totalEvents: number } };
      const rolled = await copy.ask<Summary>(`/api/v1/analytics/summary?${range}`);
      const exact = await copy.ask<Summary>(`/api/v1/analytics/summary?${range}&exact=true`);
      assert.equal(await copy.stop(), 0, copy.output);
      assert.ok(!copy.output.includes('rebuilt from the store'), 'the index came with the backup');
      const ids = await withStore(restored, async ({ rows }) =>
        (await rows<[string]>('SELECT event_id FROM events')).map(([id]) => id),
      );
      assert.deepEqual([rolled.data.totalEvents, exact.data.totalEvents], [ids.length, ids.length]);
      const { acknowledged } = await readLedger(ledgerBefore);
      const { sent } = await readLedger(ledger);
      assert.ok(acknowledged.size > 0);
      const { lost, doubled, phantom } = judge({ acknowledged, sent }, ids);
      assert.deepEqual({ lost, doubled, phantom }, { lost: 0, doubled: 0, phantom: 0 });
    } finally {
      await copy.stop('SIGKILL');
    }
  });

  test('of a directory without a server answers the same', async () => {
    await server.drained();
    const range = '/api/v1/analytics/summary?from=2026-01-01&to=2027-12-31';
    const { data: answer } = await server.ask<{ data: object }>(range);
    assert.equal(await server.stop(), 0);
    const closed = join(directory, 'closed');
    assert.equal((await millrace({ MILLRACE_DATA: data }, 'backup', closed)).code, 0);
    const again = join(directory, 'again');
    assert.equal((await millrace({ MILLRACE_DATA: again }, 'restore', closed)).code, 0);
    const copy = new ServerUnderTest(again, await freePort());
    copy.start();
    try {
      await copy.ready();
      await copy.drained();
      assert.deepEqual((await copy.ask<{ data: object }>(range)).data, answer);
    } finally {
      await copy.stop();
    }
  });
});
