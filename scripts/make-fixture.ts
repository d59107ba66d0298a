/**
 * Makes a small data directory of this version, for tests of upgrades: `node scripts/make-fixture.ts`. Writes
 * test/fixtures/data-vVERSION.tar.gz and, beside it, what is in it (.json): keys, and the counts that every later version must find.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DemoEvent, sendEvents } from './demo/send.ts';
import { choosePort, DemoServer } from './demo/server.ts';
import { dayMs, Shop } from './demo/shop/shop.ts';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const place = join(root, 'test', 'fixtures');
const firstDay = Date.UTC(2026, 0, 5);
const range = { from: '2026-01-01', to: '2026-02-01' };
const keys = {
  write: 'fixture-write-0123456789',
  read: 'fixture-read-0123456789',
  admin: 'fixture-admin-0123456789',
};

const directory = mkdtempSync(join(tmpdir(), 'millrace-fixture-'));
const server = await DemoServer.start({ directory, port: await choosePort(0), keys });
try {
  const other = await otherProject();
  // two times the same: retries are in the log, and were left out
  for (let time = 0; time < 2; time++) await send(keys.write, shopEvents(1));
  await send(other.write, shopEvents(2));
  await drained();
  const counts = { default: await count(keys.read), other: await count(other.read) };
  await server.stop();
  pack();
  const described = { version, range, default: keys, other, counts };
  writeFileSync(join(place, `data-v${version}.json`), `${JSON.stringify(described, null, 2)}\n`);
  console.log(JSON.stringify(counts, null, 2));
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

function shopEvents(seed: number): DemoEvent[] {
  const shop = new Shop({ seed, name: `fixture-${seed}`, visitsPerDay: 30 });
  return [...shop.month(firstDay, firstDay + 5 * dayMs)].flat();
}

async function otherProject() {
  await server.call('POST', '/api/v1/projects', { id: 'other', name: 'Another project' });
  const key = async (scope: string) =>
    (await server.call<{ data: { key: string } }>('POST', '/api/v1/keys', { project: 'other', scope })).data
      .key;
  return { write: await key('write'), read: await key('read') };
}

function send(key: string, events: readonly DemoEvent[]): Promise<void> {
  return sendEvents([events], { url: server.url, key, signal: new AbortController().signal, sent: () => {} });
}

async function drained(): Promise<void> {
  while ((await server.call<{ queueLength: number }>('GET', '/api/v1/queue')).queueLength > 0)
    await delay(50);
}

async function count(key: string): Promise<unknown> {
  const response = await fetch(
    `${server.url}/api/v1/analytics/summary?from=${range.from}&to=${range.to}&bots=include&exact=true`,
    { headers: { authorization: `Bearer ${key}` } },
  );
  return ((await response.json()) as { data: unknown }).data;
}

function pack(): void {
  mkdirSync(place, { recursive: true });
  const file = join(place, `data-v${version}.tar.gz`);
  execFileSync('tar', ['--sort=name', '--owner=0', '--group=0', '-czf', file, '-C', directory, '.']);
  console.log(`${file}: ${statSync(file).size} bytes`);
}
