import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { redisSettings, redisUrl } from '../../src/redis/redis-config.ts';
import { parseRedisUrl } from '../../src/redis/redis-url.ts';
import { readSettings } from '../../src/settings.ts';

const parse = (url: string) => parseRedisUrl('MILLRACE_LOG', url);

test('an address of one server has host, port, user, password and database', () => {
  assert.deepEqual(parse('redis://localhost'), {
    kind: 'single',
    nodes: [{ host: 'localhost', port: 6379 }],
    database: 0,
    shown: 'redis://localhost',
  });
  assert.deepEqual(parse('rediss://app:p%40ss%2Fword@[::1]:6380/3?ca=/etc/ca.pem'), {
    kind: 'single',
    nodes: [{ host: '::1', port: 6380 }],
    username: 'app',
    password: 'p@ss/word',
    database: 3,
    tls: { verify: true, caFile: '/etc/ca.pem' },
    shown: 'rediss://[::1]:6380/3',
  });
  assert.equal(parse('redis://:secret@host').password, 'secret');
  assert.equal(parse('redis://:secret@host').username, undefined);
});

test('an address of sentinels names them and the master', () => {
  assert.deepEqual(parse('redis+sentinel://:pw@one,two:26380/main/2?sentinelPassword=watch'), {
    kind: 'sentinel',
    nodes: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 26_380 },
    ],
    password: 'pw',
    database: 2,
    master: 'main',
    sentinelPassword: 'watch',
    shown: 'redis+sentinel://one,two:26380/main/2',
  });
});

test('an address of a cluster names some of its nodes', () => {
  const { kind, nodes, tls } = parse('rediss+cluster://one:7000,two:7001?verify=false');
  assert.deepEqual(
    { kind, nodes, tls },
    {
      kind: 'cluster',
      nodes: [
        { host: 'one', port: 7000 },
        { host: 'two', port: 7001 },
      ],
      tls: { verify: false },
    },
  );
});

test('what is wrong with an address is said with its setting and without its password', () => {
  for (const [url, rule] of [
    ['http://:topsecret@host', /must be redis:\/\//],
    ['redis://', /must be redis:\/\//],
    ['redis://:topsecret@one,two', /one host/],
    ['redis://:topsecret@host:99999', /host:port/],
    ['redis://:topsecret@host:0', /host:port/],
    ['redis://:topsecret@host/main', /number of a database/],
    ['redis+sentinel://:topsecret@host', /name the master/],
    ['redis+cluster://:topsecret@host/1', /no database/],
    ['redis://:topsecret%zz@host', /percent-encoded/],
    ['rediss://:topsecret@host?verify=maybe', /verify=true/],
    ['rediss://:topsecret@host?timeout=3', /parameter timeout/],
  ] as const) {
    assert.throws(
      () => parse(url),
      (error) =>
        isFailure(error, 'setting_invalid') &&
        rule.test(error.message) &&
        error.message.startsWith('MILLRACE_LOG ') &&
        !JSON.stringify([error.message, error.details]).includes('topsecret'),
      url,
    );
  }
});

test('REDIS_URL goes before host, port and password', () => {
  const url = (environment: Record<string, string>) => redisUrl(readSettings(redisSettings, environment));
  assert.equal(url({}), undefined);
  assert.equal(url({ REDIS_PORT: '7000', REDIS_PASSWORD: 'x' }), undefined);
  assert.equal(url({ REDIS_HOST: 'cache' }), 'redis://cache:6379');
  assert.equal(
    url({ REDIS_HOST: 'cache', REDIS_PORT: '7000', REDIS_PASSWORD: 'a/b' }),
    'redis://:a%2Fb@cache:7000',
  );
  assert.equal(url({ REDIS_HOST: 'cache', REDIS_URL: 'redis://other' }), 'redis://other');
  assert.throws(
    () => url({ REDIS_URL: 'cache:6379' }),
    (error) => isFailure(error, 'setting_invalid'),
  );
});
