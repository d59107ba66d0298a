/** PostgreSQL that cannot be used, goes away or comes back: one line that names the setting, and what may have landed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { unprivileged } from '../../scripts/services/programs.ts';
import { checkServer } from '../../src/postgres/server-check.ts';
import { eventually, fails, openTestPools } from './support.ts';

describe('PostgreSQL that cannot be used is told in one line with the setting', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres({ fsync: false });
  });
  after(() => server.close());

  const url = (change: Partial<Record<'hostname' | 'port' | 'username' | 'password' | 'pathname', string>>) =>
    Object.assign(new URL(server.url()), change).href;
  const asked = (context: TestContext, at: string, environment = {}) =>
    openTestPools(context, at, environment).pools.write.query('SELECT 1');

  it('when the host is wrong, or nobody listens there', async (context) => {
    const nowhere = asked(context, url({ hostname: 'nowhere.invalid' }));
    await assert.rejects(nowhere, fails('unreachable', /"nowhere\.invalid" .*: correct MILLRACE_STORE/));
    const closed = asked(context, url({ port: '1' }));
    await assert.rejects(closed, fails('unreachable', /127\.0\.0\.1:1 .*ECONNREFUSED.* MILLRACE_STORE/));
    const elsewhere = asked(context, 'postgres:', { DB_HOST: '127.0.0.1', DB_PORT: '1' });
    await assert.rejects(elsewhere, fails('unreachable', /correct DB_HOST/));
  });

  it('when somebody listens who never answers', async (context) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    context.after(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    await new Promise((resolve) => silent.on('listening', resolve));
    const { port } = silent.address() as { port: number };
    const environment = { MILLRACE_POSTGRES_CONNECT_MS: '200' };
    const waiting = asked(context, url({ port: String(port) }), environment);
    await assert.rejects(waiting, fails('unreachable', /no answer in time.*MILLRACE_STORE/));
  });

  it('when the password is wrong or missing, the user unknown, the database not there', async (context) => {
    const wrong = asked(context, url({ password: 'wrong' }));
    await assert.rejects(wrong, fails('login', /password of user "postgres" .* in MILLRACE_STORE/));
    const missing = asked(context, url({ password: '' }));
    await assert.rejects(missing, fails('login', /wants a password .* set DB_PASSWORD/));
    const unknown = asked(context, url({ username: 'nobody' }));
    await assert.rejects(unknown, fails('login', /user "nobody"/));
    const database = asked(context, url({ pathname: '/nothing' }));
    await assert.rejects(database, fails('database', /CREATE DATABASE "nothing"\), or .* MILLRACE_STORE/));
  });

  it('when the user has not the rights', async (context) => {
    await withClient(server.url(), (client) => client.query(`CREATE ROLE guest LOGIN PASSWORD 'guest'`));
    const { pools } = openTestPools(context, url({ username: 'guest', password: 'guest' }));
    const creating = pools.write.query('CREATE SCHEMA millrace');
    const line = /user "guest" may not .* GRANT .*CREATE ON DATABASE "postgres".* MILLRACE_STORE/;
    await assert.rejects(creating, fails('rights', line));
  });

  it('when the user or the database has a limit of its own', async (context) => {
    await withClient(server.url(), (client) =>
      client.query(`CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 10;
                    CREATE ROLE one LOGIN PASSWORD 'one' CONNECTION LIMIT 1`),
    );
    const { pools } = openTestPools(context, url({ username: 'few', password: 'few' }));
    assert.equal((await pools.check()).connectionsMax, 10);
    assert.deepEqual(pools.figures().write.max, 3);
    const one = asked(context, url({ username: 'one', password: 'one' }));
    await assert.rejects(one, fails('unsuitable', /gives user "one" 1 connections, and 5 are needed/));
  });

  it('when it is too old', async (context) => {
    const { pools } = openTestPools(context, server.url());
    const old = {
      query: async () => ({ rows: [{ version: 120_022, standby: false, places: 97 }] }),
    } as unknown as Parameters<typeof checkServer>[0];
    await assert.rejects(
      checkServer(old, pools.config.primary),
      fails('unsuitable', /version 12\.22, and 14 or newer is needed: .* MILLRACE_STORE/),
    );
  });

  it('when its disk is full', async (context) => {
    const { pools } = openTestPools(context, server.url());
    const full = pools.write.query(`DO $$ BEGIN RAISE 'no space left' USING ERRCODE = 'disk_full'; END $$`);
    await assert.rejects(full, fails('full', /no room .*make room .*events wait in the log/));
  });

  it('when it is a standby', async (context) => {
    const replica = await server.startReplica();
    context.after(() => replica.close());
    const { pools } = openTestPools(context, replica.url());
    await assert.rejects(
      pools.check(),
      fails('unsuitable', /standby.*primary in MILLRACE_STORE.*DB_READ_HOST/),
    );
    assert.equal((await pools.read.query('SELECT 1 AS one')).rows[0]?.one, 1);
  });
});

describe('TLS by the sslmode of the URL', () => {
  let server: PostgresServer;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=another.example', '-addext', 'subjectAltName=DNS:another.example'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
      {
        stdio: 'ignore',
      },
    );
    chmodSync(key, 0o600);
    const owner = unprivileged();
    if (owner !== undefined) for (const file of [folder, key]) chownSync(file, owner.uid, owner.gid);
    const settings = { ssl: 'on', ssl_key_file: key, ssl_cert_file: certificate };
    server = await startPostgres({ fsync: false, settings });
    assert.ok(statSync(certificate).size > 0);
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const encrypted = async (context: TestContext, query: string) => {
    const { pools } = openTestPools(context, `${server.url()}?${query}`);
    const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return (await pools.write.query(text)).rows[0]?.ssl;
  };

  it('goes without, encrypts, or trusts an authority that is named', async (context) => {
    assert.equal(await encrypted(context, ''), false);
    assert.equal(await encrypted(context, 'sslmode=require'), true);
    const authority = `sslrootcert=${join(folder, 'certificate.pem')}`;
    assert.equal(await encrypted(context, `sslmode=verify-ca&${authority}`), true);
  });

  it('refuses a certificate of another authority, or for another host', async (context) => {
    const untrusted = /cannot be trusted .*sslrootcert=FILE in MILLRACE_STORE/;
    await assert.rejects(encrypted(context, 'sslmode=verify-full'), fails('unreachable', untrusted));
    const authority = `sslrootcert=${join(folder, 'certificate.pem')}`;
    await assert.rejects(
      encrypted(context, `sslmode=verify-full&${authority}`),
      fails('unreachable', /does not match/),
    );
    assert.throws(
      () => openTestPools(context, `${server.url()}?sslmode=require&sslrootcert=/nowhere.pem`),
      /MILLRACE_STORE must name certificates that can be read/,
    );
  });

  it('stops a question over TLS too', async (context) => {
    const { pools } = openTestPools(context, `${server.url()}?sslmode=require`);
    const question = pools.read.query('SELECT pg_sleep(30)', [], { signal: AbortSignal.timeout(100) });
    await assert.rejects(question, fails('timeout'));
    const { rows } = await pools.write.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(30)'`,
    );
    assert.equal(rows[0]?.n, 0);
  });

  it('is missed where the server has none', async (context) => {
    const plain = await startPostgres({ fsync: false });
    context.after(() => plain.close());
    const { pools } = openTestPools(context, `${plain.url()}?sslmode=require`);
    await assert.rejects(
      pools.check(),
      fails('unreachable', /has no TLS: set sslmode=disable in MILLRACE_STORE/),
    );
  });
});

describe('PostgreSQL that goes and comes back', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
    await withClient(server.url(), (client) =>
      client.query('CREATE SCHEMA millrace; CREATE TABLE millrace.numbers (n int PRIMARY KEY)'),
    );
  });
  after(() => server.close());

  it('is used again at once, with every connection of before dead', async (context) => {
    const { pools } = openTestPools(context, server.url());
    const several = () =>
      Promise.all(Array.from({ length: 8 }, () => pools.read.query('SELECT pg_sleep(0.05)')));
    for (const end of ['stop', 'kill'] as const) {
      await several();
      assert.equal(pools.figures().read.size, 8);
      await server[end]();
      await assert.rejects(pools.read.query('SELECT 1'), fails('unreachable'));
      await server.start();
      await several();
    }
  });

  it('is used again when it came back before anybody asked', async (context) => {
    const { pools } = openTestPools(context, server.url());
    await pools.write.query('SELECT 1');
    await server.kill();
    await server.start();
    await pools.write.query('SELECT 1');
  });

  it('leaves nothing of a transaction that it broke off, and that is said', async (context) => {
    const { pools } = openTestPools(context, server.url());
    const broken = pools.write.transaction(async (connection) => {
      await connection.query('INSERT INTO numbers VALUES (1)');
      await server.kill();
      await connection.query('INSERT INTO numbers VALUES (2)');
    });
    await assert.rejects(broken, fails('lost'));
    await server.start();
    assert.equal((await pools.read.query('SELECT count(*)::int AS n FROM numbers')).rows[0]?.n, 0);
  });

  it('may have taken a transaction whose commit was not answered, and that is said', async (context) => {
    const way = await openWay(context, server.port, 'COMMIT');
    const { pools } = openTestPools(context, way.url(server.url()));
    const unclear = pools.write.query('INSERT INTO numbers VALUES (7)');
    await assert.rejects(unclear, fails('lost', /broke/, 'unclear'));
    const direct = openTestPools(context, server.url()).pools;
    await eventually(async () => {
      const { rows } = await direct.read.query('SELECT count(*)::int AS n FROM numbers WHERE n = 7');
      assert.equal(rows[0]?.n, 1, 'it has');
    });
  });

  it('is used by another connection where one has fallen silent while nobody used it', async (context) => {
    const way = await openWay(context, server.port);
    const { pools } = openTestPools(context, way.url(server.url()), { MILLRACE_POSTGRES_CONNECT_MS: '300' });
    const pid = async () => (await pools.write.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    const first = await pid();
    way.silence();
    assert.notEqual(await pid(), first);
  });

  it('is given up where the network swallows everything', async (context) => {
    const way = await openWay(context, server.port);
    const { pools } = openTestPools(context, way.url(server.url()), { MILLRACE_POSTGRES_CONNECT_MS: '200' });
    const question = pools.read.transaction(
      async (connection) => {
        way.silence();
        await connection.query('SELECT 1');
      },
      { totalMs: 100 },
    );
    await assert.rejects(question, fails('lost', /no end within 100 ms/));
  });
});

/** A way to the server that breaks once `fatal` has gone through it, and whose connections can be made to fall silent. */
async function openWay(context: TestContext, port: number, fatal?: string) {
  const open: Socket[] = [];
  let silenced = 0;
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const number = open.push(client, upstream);
    client.on('error', () => {}).on('close', () => upstream.end());
    upstream.on('error', () => {}).on('close', () => client.destroy());
    client.on('data', (data) => {
      if (number <= silenced) return;
      upstream.write(data);
      if (fatal !== undefined && data.includes(fatal)) client.destroy();
    });
    upstream.on('data', (data) => {
      if (number > silenced) client.write(data);
    });
  }).listen(0, '127.0.0.1');
  context.after(() => {
    for (const socket of open) socket.destroy();
    proxy.close();
  });
  await new Promise((resolve) => proxy.on('listening', resolve));
  const at = String((proxy.address() as { port: number }).port);
  return {
    url: (url: string) => Object.assign(new URL(url), { port: at }).href,
    /** From now on nothing goes through those that are open. */
    silence: () => {
      silenced = open.length;
    },
  };
}
