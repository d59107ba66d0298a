/** Where PostgreSQL is, put together from a URL and the DB_ settings. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { namesPostgres, postgresConfig, postgresSettings } from '../../src/postgres/postgres-config.ts';
import { type Environment, readSettings } from '../../src/settings.ts';

const store = (url: string) => ({ setting: 'MILLRACE_STORE', url });

function refusal(environment: Environment, location?: { setting: string; url: string }): string {
  try {
    postgresConfig(environment, location);
  } catch (error) {
    assert.ok(isFailure(error, 'setting_invalid'), String(error));
    return error.message;
  }
  assert.fail('the settings were taken');
}

describe("PostgreSQL's settings", () => {
  it('take every part out of a URL, with the signs that are written as %', () => {
    const { primary } = postgresConfig({}, store('postgresql://an%40na:p%3A%2Fw@db.example:6432/shop%20two'));
    const { host, port, user, password, database, tls } = primary;
    assert.deepEqual([host, port, user, password], ['db.example', 6432, 'an@na', 'p:/w']);
    assert.deepEqual([database, tls], ['shop two', undefined]);
    assert.ok(Object.values(primary.settings).every((setting) => setting === 'MILLRACE_STORE'));
  });

  it('fill what the URL leaves out from DB_HOST and its siblings, and know which setting each part is from', () => {
    const environment = { DB_HOST: 'elsewhere', DB_PASSWORD: 'hidden', DB_NAME: 'shop', DATABASE_URL: '' };
    const { primary } = postgresConfig(environment, store('postgres://ana@db.example'));
    assert.deepEqual([primary.host, primary.port, primary.user], ['db.example', 5432, 'ana']);
    assert.deepEqual([primary.password, primary.database], ['hidden', 'shop']);
    assert.deepEqual(primary.settings, {
      host: 'MILLRACE_STORE',
      port: 'MILLRACE_STORE',
      database: 'DB_NAME',
      user: 'MILLRACE_STORE',
      password: 'DB_PASSWORD',
      tls: 'MILLRACE_STORE',
    });
  });

  it('take DATABASE_URL where postgres: stands alone, and never mix two URLs', () => {
    const environment = { DATABASE_URL: 'postgres://bo:secret@one.example/one' };
    for (const location of [undefined, store('postgres:'), store('postgres://')])
      assert.equal(postgresConfig(environment, location).primary.host, 'one.example');
    const { primary } = postgresConfig(environment, store('postgres://two.example'));
    assert.deepEqual([primary.user, primary.password], ['postgres', undefined]);
  });

  it('say by themselves whether there is a PostgreSQL', () => {
    const names = (environment: Environment) => namesPostgres(readSettings(postgresSettings, environment));
    assert.ok(names({ DATABASE_URL: 'postgres://db.example/shop' }));
    assert.ok(names({ DB_HOST: 'db.example' }));
    assert.ok(!names({ DB_PASSWORD: 'left over', DB_PORT: '5432' }));
  });

  it('take a Unix socket and an IPv6 address', () => {
    assert.equal(postgresConfig({}, store('postgres:///shop?host=/run/pg')).primary.host, '/run/pg');
    assert.equal(postgresConfig({}, store('postgres://%2Frun%2Fpg/shop')).primary.host, '/run/pg');
    assert.equal(postgresConfig({}, store('postgres://[::1]:6000/shop')).primary.host, '::1');
  });

  it('read sslmode as libpq does, but never send a password in the open where TLS was preferred', () => {
    const tls = (query: string) => postgresConfig({}, store(`postgres://h/d?${query}`)).primary.tls?.mode;
    assert.equal(tls('sslmode=disable'), undefined);
    assert.equal(tls('sslmode=prefer'), 'require');
    assert.equal(tls('sslmode=require&channel_binding=require'), 'require');
    assert.equal(tls('sslmode=require&sslrootcert=/ca.pem'), 'verify-ca');
    assert.equal(tls('sslmode=verify-full'), 'verify-full');
    assert.match(
      refusal({}, store('postgres://h/d?sslmode=always')),
      /^MILLRACE_STORE must have an sslmode of/,
    );
  });

  it('give the replica everything of the primary but its host and port', () => {
    const environment = { DB_READ_HOST: 'replica.example', DB_READ_PORT: '5433' };
    const { primary, replica } = postgresConfig(environment, store('postgres://ana:secret@db.example/shop'));
    assert.deepEqual(
      { ...replica, host: primary.host, port: primary.port, settings: primary.settings },
      primary,
    );
    assert.deepEqual([replica?.host, replica?.port], ['replica.example', 5433]);
    assert.equal(replica?.settings.host, 'DB_READ_HOST');
    assert.equal(postgresConfig({}, store('postgres://h/d')).replica, undefined);
  });

  it('refuse a wrong URL with its setting and without its password', () => {
    for (const url of ['postgres://ana:hun#ter@h/d', 'postgres://h:port/d', 'postgres://a:%zz@h/d']) {
      const message = refusal({}, store(url));
      assert.match(message, /^MILLRACE_STORE must be an address such as postgres:\/\//);
      assert.ok(!message.includes('ter@'), message);
    }
    assert.match(refusal({ DATABASE_URL: 'mysql://h/d:secret' }), /^DATABASE_URL must be an address/);
  });

  it('refuse a pool that must hold more than it may', () => {
    assert.match(refusal({ DB_POOL_MAX: '5' }), /^DB_POOL_MIN must not be more than DB_POOL_MAX, which is 5/);
    assert.match(refusal({ DB_READ_POOL_MAX: '5' }), /^DB_READ_POOL_MIN/);
    assert.match(refusal({ MILLRACE_POSTGRES_SCHEMA: 'x; drop' }), /^MILLRACE_POSTGRES_SCHEMA must be/);
  });

  it('have the defaults that are written down', () => {
    const { poolMax, poolMin, readPoolMax, readPoolMin, lifetimeMs, statementMs, slowMs } = postgresConfig(
      {},
    );
    assert.deepEqual([poolMax, poolMin, readPoolMax, readPoolMin], [50, 10, 100, 20]);
    assert.deepEqual([lifetimeMs, statementMs, slowMs], [3_600_000, 30_000, 1_000]);
  });
});
