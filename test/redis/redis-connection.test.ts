import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { startRedis } from '../../scripts/services/redis.ts';
import { freePort } from '../../scripts/services/service-folder.ts';
import { type ErrorCode, isFailure } from '../../src/errors.ts';
import { type OpenRedisOptions, openRedis, type RedisConnection } from '../../src/redis/redis-connection.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { clusterTopology, sentinelTopology } from './topologies.ts';

function open(t: TestContext, url: string, options: Partial<OpenRedisOptions> = {}): RedisConnection {
  const given = { setting: 'MILLRACE_LOG', url, name: 'millrace-test', timeoutMs: 2_000, ...options };
  const connection = openRedis(given, new Telemetry());
  t.after(() => connection.close());
  return connection;
}

async function server(t: TestContext, options: Parameters<typeof startRedis>[0] = {}) {
  const redis = await startRedis({ appendonly: 'no', ...options });
  t.after(() => redis.close());
  return redis;
}

const says = (code: ErrorCode, detail: RegExp) => (error: unknown) =>
  isFailure(error, code) && detail.test(error.message) && error.message.includes('MILLRACE_LOG');

/** Commands that rejected become the error that the operator reads. */
async function fails(connection: RedisConnection, command: (client: Redis | Cluster) => Promise<unknown>) {
  return await command(connection.client).then(
    () => assert.fail('it was expected to reject'),
    (error) => connection.failure(error),
  );
}

test('it connects with a password, and says when that is missing or wrong', async (t) => {
  const redis = await server(t, { password: 'a/b@c' });
  const connection = open(t, redis.url);
  await connection.ready();
  assert.equal(await connection.client.ping(), 'PONG');
  assert.match(String(await connection.client.client('GETNAME')), /millrace-test/);
  const plain = `redis://${redis.host}:${redis.port}`;
  await assert.rejects(open(t, plain).ready(), says('redis_refused', /wants a password/));
  const wrong = `redis://:wrong@${redis.host}:${redis.port}`;
  await assert.rejects(open(t, wrong).ready(), says('redis_refused', /password is wrong/));
});

test('it says which right is missing', async (t) => {
  const redis = await server(t);
  const admin = open(t, redis.url);
  await admin.ready();
  await admin.client.call(
    'ACL',
    'SETUSER',
    'reader',
    'on',
    '>secret',
    '~*',
    '+@read',
    '+@connection',
    '+info',
  );
  const reader = open(t, `redis://reader:secret@${redis.host}:${redis.port}`);
  await reader.ready();
  const error = await fails(reader, (client) => client.set('a', 'b'));
  assert.ok(says('redis_refused', /forbid.*set/)(error));
});

test('a server that is not there is away, and named by its setting', async (t) => {
  const nobody = open(t, `redis://127.0.0.1:${await freePort()}`, { timeoutMs: 300 });
  await assert.rejects(nobody.ready(), says('redis_unavailable', /nobody listens there/));
  assert.ok(
    says('redis_unavailable', /nobody listens there/)(await fails(nobody, (client) => client.ping())),
  );
});

test('a full server and a replica are told apart', async (t) => {
  const redis = await server(t, { settings: { maxmemory: '100kb' } });
  const connection = open(t, redis.url);
  await connection.ready();
  assert.ok(says('redis_full', /maxmemory/)(await fails(connection, (client) => client.set('a', 'b'))));
  await connection.client.config('SET', 'maxmemory', '0');
  await connection.client.replicaof('127.0.0.1', '1');
  assert.ok(says('redis_unavailable', /replica/)(await fails(connection, (client) => client.set('a', 'b'))));
});

test('commands fail at once while it is away, and work again when it is back', async (t) => {
  const redis = await server(t);
  const connection = open(t, redis.url);
  await connection.ready();
  await redis.stop();
  assert.ok(isFailure(await fails(connection, (client) => client.ping()), 'redis_unavailable'));
  await redis.start();
  await connection.ready(5_000);
  assert.equal(await connection.client.ping(), 'PONG');
});

test('a server that hangs is given up after the timeout', async (t) => {
  // answers to the beginning of a connection, and to nothing else
  let hangs = false;
  const redis = await server(t);
  const sockets = new Set<ReturnType<typeof connect>>();
  const proxy = createServer((socket) => {
    const upstream = connect(redis.port, redis.host);
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on('error', () => {});
    }
    socket.on('data', (data) => hangs || upstream.write(data));
    upstream.on('data', (data) => socket.write(data));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const { port } = proxy.address() as { port: number };
  const connection = open(t, `redis://127.0.0.1:${port}`, { timeoutMs: 300 });
  await connection.ready();
  hangs = true;
  assert.ok(isFailure(await fails(connection, (client) => client.ping()), 'redis_unavailable'));
});

test('it speaks TLS, and says when the certificate or the port is wrong', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
  execFileSync('openssl', [...make, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const tlsPort = await freePort();
  await server(t, {
    settings: {
      'tls-port': String(tlsPort),
      'tls-cert-file': certificate,
      'tls-key-file': key,
      'tls-auth-clients': 'no',
    },
  });
  const address = `rediss://127.0.0.1:${tlsPort}`;
  const trusted = open(t, `${address}?ca=${certificate}`);
  await trusted.ready();
  assert.equal(await trusted.client.ping(), 'PONG');
  await open(t, `${address}?verify=false`).ready();
  await assert.rejects(open(t, address).ready(), says('redis_refused', /certificate/));
  assert.throws(() => open(t, `${address}?ca=${directory}/none.pem`), says('redis_refused', /file/));
});

test('it finds the master by its sentinels, and follows a failover', async (t) => {
  const { master, replica, url } = await sentinelTopology(t);
  const connection = open(t, url);
  await connection.ready();
  await connection.client.set('a', 'b');
  await connection.client.wait(1, 1_500);
  await master.kill();
  const giveUpAt = performance.now() + 20_000;
  let info = '';
  while (!info.includes(`tcp_port:${replica.port}`) && performance.now() < giveUpAt) {
    info = await connection.client.info('server').catch(() => '');
    await delay(50);
  }
  assert.equal(await connection.client.get('a'), 'b');
});

test('it asks the nodes of a cluster', async (t) => {
  const { url } = await clusterTopology(t);
  const connection = open(t, url);
  await connection.ready(5_000);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await connection.client.set(name, name);
    assert.equal(await connection.client.get(name), name);
  }
});
