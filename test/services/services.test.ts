/** The servers that suites run on: they are real, and they leave nothing behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startPgBouncer } from '../../scripts/services/pgbouncer.ts';
import { startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { startRedis } from '../../scripts/services/redis.ts';
import { openDatabase } from '../support/postgres.ts';

describe('a server for tests', () => {
  it('ends with the process that started it, killed or not, and its folder goes too', async (context) => {
    const folder = temporaryFolder(context);
    const starter = spawn(process.execPath, [join(import.meta.dirname, 'starter.ts')], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => starter.on('exit', resolve));
    context.after(() => starter.kill('SIGKILL'));
    const line = await new Promise<string>((resolve) =>
      starter.stdout.once('data', (data) => resolve(String(data))),
    );
    const ports = JSON.parse(line) as number[];
    for (const port of ports) assert.ok(await listens(port), `${port} listens`);
    assert.equal(readdirSync(folder).length, 4);
    starter.kill('SIGKILL');
    await exited;
    await eventually(async () => {
      for (const port of ports) assert.ok(!(await listens(port)), `${port} does not listen any more`);
      assert.deepEqual(readdirSync(folder), []);
    });
  });
});

describe('PostgreSQL for tests', () => {
  it('keeps what was committed through a stop and a kill, and gives it to its replica', async (context) => {
    const server = await startPostgres();
    context.after(() => server.close());
    const url = await server.createDatabase();
    const database = new URL(url).pathname.slice(1);
    const replica = await server.startReplica();
    context.after(() => replica.close());
    const count = (at: string) =>
      withClient(at, async (client) => (await client.query('SELECT count(*)::int AS n FROM kept')).rows[0].n);
    await withClient(url, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'));
    await server.stop();
    await assert.rejects(count(url));
    await server.start();
    await withClient(url, (client) => client.query('INSERT INTO kept VALUES (2)'));
    await server.kill();
    await server.start();
    assert.equal(await count(url), 2);
    await eventually(async () => assert.equal(await count(replica.url(database)), 2));
    await assert.rejects(
      withClient(replica.url(database), (client) => client.query('INSERT INTO kept VALUES (3)')),
      /read-only/,
    );
  });

  it('gives each suite a database of its own', async () => {
    const [one, two] = [await openDatabase(), await openDatabase()];
    await withClient(one.url, (client) => client.query('CREATE TABLE mine ()'));
    await assert.rejects(
      withClient(two.url, (client) => client.query('SELECT * FROM mine')),
      /does not exist/,
    );
    await one.close();
    await two.close();
    await assert.rejects(
      withClient(one.url, async () => {}),
      /does not exist/,
    );
  });
});

describe('PgBouncer for tests', () => {
  it('hands each transaction to any connection, and refuses startup parameters', async (context) => {
    const server = await startPostgres({ fsync: false });
    context.after(() => server.close());
    const bouncer = await startPgBouncer(server, { poolSize: 1 });
    context.after(() => bouncer.close());
    const pid = (client: { query(sql: string): Promise<{ rows: { pid: number }[] }> }) =>
      client.query('SELECT pg_backend_pid() AS pid').then(({ rows }) => rows[0]?.pid);
    await withClient(bouncer.url(), (one) =>
      withClient(bouncer.url(), async (two) => assert.equal(await pid(one), await pid(two))),
    );
    await assert.rejects(
      withClient(`${bouncer.url()}?options=-c%20statement_timeout%3D1s`, async () => {}),
      /unsupported startup parameter/,
    );
  });
});

describe('Redis for tests', () => {
  it('keeps what it acknowledged through a kill', async (context) => {
    const server = await startRedis();
    context.after(() => server.close());
    assert.equal(await ask(server.port, 'SET kept 1'), '+OK');
    await server.kill();
    assert.ok(!(await listens(server.port)));
    await server.start();
    assert.equal(await ask(server.port, 'GET kept'), '$1');
  });
});

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-services-'));
  // the servers run as somebody else when we are root
  chmodSync(folder, 0o755);
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** The first line of the answer. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.on('error', reject);
    socket.on('data', (answer) => {
      resolve(String(answer).split('\r\n')[0]!);
      socket.destroy();
    });
  });
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (tries === 100) throw error;
    }
    await delay(100);
  }
}
