/** Settings: what is read, and what stops the start with which words. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig, readEnvironment, settingsGroups } from '../../src/config.ts';
import { isFailure } from '../../src/errors.ts';
import type { Environment } from '../../src/settings.ts';

const load = (environment: Environment) => loadConfig(environment, '/srv/example');

function refusal(environment: Environment): string {
  try {
    load(environment);
  } catch (error) {
    assert.ok(isFailure(error), String(error));
    assert.ok(!error.message.includes('\n'), 'one line');
    return error.message;
  }
  assert.fail('the settings were taken');
}

describe('config', () => {
  it('needs nothing to be set', () => {
    const config = load({});
    assert.equal(config.dataDirectory, '/srv/example/data');
    assert.equal(config.log.kind === 'disk' && config.log.directory, '/srv/example/data/log');
    assert.equal(config.store.kind === 'embedded' && config.store.directory, '/srv/example/data/store');
    assert.deepEqual(config.catalog, { kind: 'file', file: '/srv/example/data/catalog.sqlite' });
    assert.equal(config.http.port, 3000);
    assert.equal(config.http.host, '127.0.0.1');
    assert.deepEqual(config.notes, []);
  });

  it('takes an empty variable as not set', () => {
    assert.deepEqual(load({ PORT: '', MILLRACE_DATA: ' ', MILLRACE_WRITE_KEY: '' }), load({}));
  });

  it('reads sizes and durations with their units', () => {
    const config = load({
      MILLRACE_QUESTION_MEMORY_BYTES: '1.5GiB',
      MILLRACE_QUESTION_TIME_MS: '2m',
      MILLRACE_LOG_SEGMENT_HOURS: '90m',
    });
    assert.equal(config.question.memoryBytes, 1.5 * 1024 ** 3);
    assert.equal(config.question.timeMs, 120_000);
    assert.equal(config.log.kind === 'disk' && config.log.settings.segmentMs, 90 * 60_000);
  });

  it('puts each part where its location says', () => {
    const config = load({
      MILLRACE_DATA: '/var/data',
      MILLRACE_LOG: 'disk:/fast/log',
      MILLRACE_STORE: 'embedded:rows',
    });
    assert.equal(config.log.kind === 'disk' && config.log.directory, '/fast/log');
    assert.equal(config.store.kind === 'embedded' && config.store.directory, '/srv/example/rows');
    assert.deepEqual(config.catalog, { kind: 'file', file: '/var/data/catalog.sqlite' });
  });

  it('says which name was meant when there is no such setting', () => {
    assert.equal(
      refusal({ MILLRACE_DTA: 'x' }),
      'there is no setting MILLRACE_DTA; did you mean MILLRACE_DATA? (all settings: docs/config.md)',
    );
    assert.match(refusal({ millrace_data: 'x' }), /did you mean MILLRACE_DATA\?/);
    assert.match(refusal({ MILLRACE_WRTIE_KEY: 'x' }), /did you mean MILLRACE_WRITE_KEY\?/);
    assert.match(refusal({ MILLRACE_LOG_LEVEL: 'debug' }), /did you mean MILLRACE_REPORT_LEVEL\?/);
    assert.match(refusal({ MILLRACE_FOO: 'x' }), /^there is no setting MILLRACE_FOO \(all/);
  });

  it('says which rule a value breaks', () => {
    assert.equal(refusal({ PORT: '70000' }), 'PORT must be a whole number from 0 to 65535, but is "70000"');
    assert.match(refusal({ PORT: '3000x' }), /^PORT must be a whole number/);
    assert.match(
      refusal({ MILLRACE_QUESTION_TIME_MS: '-1' }),
      /^MILLRACE_QUESTION_TIME_MS must be a duration/,
    );
    assert.match(
      refusal({ MILLRACE_REPORT_FORMAT: 'xml' }),
      /must be one of auto, json, text, but is "xml"$/,
    );
    assert.match(
      refusal({ MILLRACE_STORE: 'mysql://a:secret@b' }),
      /^MILLRACE_STORE must begin with embedded: or memory: or postgres: or postgresql:, but is "mysql:…"$/,
    );
  });

  it('refuses a scheme that is not built yet by its name, without what stands behind it', () => {
    for (const [setting, value] of [
      ['MILLRACE_LOG', 'kafka://user:secret@host'],
      ['MILLRACE_STORE', 'clickhouse://user:secret@host'],
      ['MILLRACE_CACHE', 'upstash+https://secret@host'],
      ['MILLRACE_LOG', 'kafka://secret@host'],
    ] as const) {
      const message = refusal({ [setting]: value });
      assert.match(
        message,
        new RegExp(`^${setting} names the scheme .*which this version does not have; it has `),
      );
      assert.doesNotMatch(message, /secret/);
    }
  });

  it('never shows a key', () => {
    const message = refusal({ MILLRACE_WRITE_KEY: 'too-short' });
    assert.equal(
      message,
      'MILLRACE_WRITE_KEY must have at least 16 characters, without blanks, but is a secret of 9 characters',
    );
  });

  it('wants three different keys', () => {
    const key = '0123456789abcdef';
    assert.match(
      refusal({ MILLRACE_WRITE_KEY: key, MILLRACE_ADMIN_KEY: key }),
      /^MILLRACE_ADMIN_KEY must differ from MILLRACE_WRITE_KEY/,
    );
    assert.equal(load({ MILLRACE_WRITE_KEY: key, MILLRACE_ADMIN_KEY: `${key}0` }).keys.write, key);
  });

  it('refuses a durable store behind a log that forgets, and says which setting to change', () => {
    assert.match(
      refusal({ MILLRACE_LOG: 'memory:' }),
      /^MILLRACE_STORE must be memory: while MILLRACE_LOG is memory:/,
    );
    assert.equal(load({ MILLRACE_LOG: 'memory:', MILLRACE_STORE: 'memory:' }).notes.length, 2);
  });

  it('takes the names of the field for the store, the catalog and the cache, never for the log', () => {
    const config = load({ DATABASE_URL: 'postgres://u:secret@h/d', REDIS_URL: 'redis://h', DB_POOL_MAX: '' });
    assert.deepEqual(
      [config.log.kind, config.store.kind, config.catalog.kind, config.cache.kind],
      ['disk', 'postgres', 'postgres', 'redis'],
    );
    assert.deepEqual(config.notes, []);
  });

  it('lets our own names win over those of the field, and says once that these have no effect', () => {
    const { notes, store, cache } = load({
      DATABASE_URL: 'postgres://u:secret@h/d',
      REDIS_URL: 'redis://h',
      MILLRACE_STORE: 'embedded:',
      MILLRACE_CACHE: 'memory:',
    });
    assert.deepEqual([store.kind, cache.kind], ['embedded', 'memory']);
    assert.deepEqual(notes, [
      'DATABASE_URL, REDIS_URL are set but have no effect: MILLRACE_STORE is embedded:, MILLRACE_CACHE memory:, MILLRACE_LOG disk:',
    ]);
  });

  it('refuses roles that would be alone, and says what to change', () => {
    assert.match(
      refusal({ MILLRACE_ROLES: 'collect' }),
      /^MILLRACE_ROLES must have both collect and write while MILLRACE_LOG is disk:/,
    );
    assert.match(
      refusal({ MILLRACE_ROLES: 'collect,write' }),
      /^MILLRACE_ROLES must have both write and query while MILLRACE_STORE is embedded:/,
    );
    assert.match(
      refusal({ MILLRACE_ROLES: 'collect,wirte' }),
      /^MILLRACE_ROLES must be some of collect, write, query/,
    );
    const shared = { MILLRACE_LOG: 'redis://h', MILLRACE_STORE: 'postgres://u@h/d' };
    assert.deepEqual([...load({ ...shared, MILLRACE_ROLES: 'query' }).roles], ['query']);
    assert.deepEqual([...load({ ...shared, MILLRACE_ROLES: 'write, collect' }).roles], ['write', 'collect']);
  });

  it('lets the environment win over the .env file', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-env-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, '.env');
    writeFileSync(file, '# a comment\nMILLRACE_EXAMPLE_ONE="from the file"\nPATH=nowhere\n');
    const environment = readEnvironment(file);
    assert.equal(environment.MILLRACE_EXAMPLE_ONE, 'from the file');
    assert.notEqual(environment.PATH, 'nowhere');
    assert.equal(readEnvironment(join(directory, 'absent')).MILLRACE_EXAMPLE_ONE, undefined);
  });
});

describe('every declaration', () => {
  const all = settingsGroups.flatMap((group) => Object.values(group.settings));

  it('has a name of its own', () => {
    const names = all.flatMap((setting) => [setting.name, ...setting.aliases]);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
    for (const name of names)
      assert.match(
        name,
        /^((MILLRACE|DB|REDIS|UPSTASH_REDIS_REST)_[A-Z0-9_]+|PORT|DATABASE_URL|CRON_SECRET)$/,
      );
  });

  it('takes its own default', () => {
    for (const setting of all) {
      if (setting.default !== undefined)
        assert.notEqual(setting.parse(setting.default), undefined, setting.name);
    }
  });

  it('has one line of doc that ends as a sentence does', () => {
    for (const { name, doc } of all) assert.match(doc, /^[A-Z`].*\.$/, `${name}: ${doc}`);
  });
});
