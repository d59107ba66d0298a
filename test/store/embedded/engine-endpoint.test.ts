/** The rules of the engine's process (design §4), each against a real engine. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ClickHouseError, clickhouseCodes } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { stringLiteral } from '../../../src/store/clickhouse/clickhouse-literal.ts';
import { singleStatement } from '../../../src/store/embedded/engine-statement.ts';
import {
  Closing,
  endlessQuestion,
  nativeBlock,
  type OpenEngine,
  openEngine,
  until,
} from './engine-helpers.ts';

interface Raw {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

describe('the endpoint of the embedded engine', () => {
  const closing = new Closing();
  let open: OpenEngine;
  before(async () => {
    open = await openEngine(closing, {
      environment: { MILLRACE_ENGINE_LANES: '2', MILLRACE_ENGINE_QUEUE: '2' },
    });
    await open.client.command('CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a');
    await open.client.command('CREATE TABLE victim (a UInt64) ENGINE = MergeTree ORDER BY a');
  });

  after(() => closing.close());

  const raw = (parameters: Record<string, string>, body: string | Buffer): Promise<Raw> => {
    const path = `/?${new URLSearchParams(parameters)}`;
    const { promise, resolve, reject } = Promise.withResolvers<Raw>();
    const sent = request(
      { socketPath: open.engine.target().socketPath, path, method: 'POST' },
      async (response) => {
        const parts: Buffer[] = [];
        try {
          for await (const part of response) parts.push(part as Buffer);
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          });
        } catch (error) {
          reject(error);
        }
      },
    );
    sent.on('error', reject).end(body);
    return promise;
  };
  const count = async (table: string) =>
    Number((await open.client.rows<[string]>(`SELECT count() FROM ${table}`))[0]![0]);
  const runningCount = async () =>
    Number((await open.client.rows<[string]>('SELECT count() FROM system.processes'))[0]![0]);
  const failsWith = (code: number) => (error: unknown) =>
    error instanceof ClickHouseError && error.clickhouseCode === code;

  it('never shows rows of a failed question in the next answer', async () => {
    const lanes = 2;
    const failing = `SELECT throwIf(number = 200000, 'late') AS x, repeat('foreign', 10) FROM numbers(1000000)
      SETTINGS max_block_size = 1000, max_threads = 1`;
    for (let round = 0; round < 4 * lanes; round++) {
      await assert.rejects(open.client.rows(failing), failsWith(395));
      assert.deepEqual(await open.client.rows('SELECT 1'), [[1]]);
      const streamed = await nativeBlock(open.client, 'SELECT 1 AS one');
      assert.ok(!streamed.includes('foreign'));
    }
  });

  it('reads the data of an insert from a file, so that no line of it runs as SQL', async () => {
    const payload = '{"a":1,"b":"x"}\n\nDROP TABLE victim\n';
    const answer = await raw({ query: 'INSERT INTO t (a, b) FORMAT JSONEachRow' }, payload);
    assert.equal(answer.status, 500);
    assert.match(answer.text, /^Code: 27\. DB::Exception: /);
    assert.equal(await count('victim'), 0);
  });

  it('keeps blank lines, binary and everything else of an insert as it was sent', async () => {
    const select = `SELECT number AS a, concat('x\\n\\n;', char(0), '\\'\\t😀', toString(number)) AS b FROM numbers(20000)`;
    await open.client.insertNative('t', ['a', 'b'], await nativeBlock(open.client, select));
    const sum = (from: string) => `SELECT count(), sum(cityHash64(a, b)) FROM (${from})`;
    assert.deepEqual(await open.client.rows(sum('SELECT a, b FROM t')), await open.client.rows(sum(select)));
    await open.client.command('TRUNCATE TABLE t');
  });

  it('leaves no file of an insert behind, failed or not', async () => {
    await raw({ query: 'INSERT INTO t (a, b) FORMAT JSONEachRow' }, 'not json');
    await raw({ query: 'INSERT INTO t (a, b) FORMAT JSONEachRow' }, '{"a":1,"b":""}');
    const large = await nativeBlock(open.client, "SELECT number AS a, 'x' AS b FROM numbers(20000)");
    await open.client.insertNative('t', ['a', 'b'], large);
    await assert.rejects(open.client.insertNative('t', ['a', 'b'], large.subarray(0, 100_000)));
    const left = await readdir(dirname(open.engine.target().socketPath));
    assert.deepEqual(
      left.filter((name) => /^(insert|laid)-/.test(name)),
      [],
    );
    await open.client.command('TRUNCATE TABLE t');
  });

  it('reads a file that was laid beside it, and none from anywhere else', async () => {
    const query = 'INSERT INTO t (a, b) FORMAT JSONEachRow';
    const directory = open.engine.target().filesDirectory;
    const name = `laid-${randomUUID()}`;
    writeFileSync(join(directory, name), '{"a":7,"b":"laid"}');
    assert.equal((await raw({ query, laid_file: name }, '')).status, 200);
    assert.deepEqual(await open.client.rows('SELECT a, b FROM t'), [['7', 'laid']]);
    for (const bad of ['../t', '/etc/hostname', 'engine.xml', `${name}/`, 'laid-'])
      assert.match((await raw({ query, laid_file: bad }, '')).text, /no name of a laid file/);
    const gone = await raw({ query, laid_file: `laid-${randomUUID()}` }, '');
    assert.match(gone.text, /^Code: 107\. DB::Exception: /);
    await open.client.command('TRUNCATE TABLE t');
  });

  it('refuses more than one statement in a request', async () => {
    for (const sql of [
      'SELECT 1; DROP TABLE victim',
      'SELECT 1;\nDROP TABLE victim;',
      '',
      ';',
      '-- nothing',
    ]) {
      assert.equal((await raw({}, sql)).status, 400, sql);
    }
    assert.equal((await raw({}, "SELECT ';' -- ; \n/* ; */;")).status, 200);
    assert.equal(await count('victim'), 0);
  });

  it('lets nothing write that stands where questions stand', async () => {
    assert.deepEqual(await open.client.rows("SELECT toUInt8(getSetting('readonly'))"), [[2]]);
    const { status } = await raw({}, 'WITH x AS (SELECT 1 AS a) INSERT INTO victim SELECT a FROM x');
    assert.notEqual(status, 200);
    assert.equal(await count('victim'), 0);
  });

  it('applies settings to one statement and to no other', async () => {
    const asked = "SELECT getSetting('max_threads')::UInt64, getSetting('max_block_size')::UInt64";
    const before = await open.client.rows(asked);
    for (let round = 0; round < 4; round++) {
      assert.deepEqual(await open.client.rows(asked, { settings: { max_threads: 3, max_block_size: 77 } }), [
        ['3', '77'],
      ]);
      await open.client.command('CREATE VIEW IF NOT EXISTS v AS SELECT a FROM t', {
        settings: { max_threads: 3 },
      });
      assert.deepEqual(await open.client.rows(asked), before);
    }
    const [[definition]] = (await open.client.rows<[string]>('SHOW CREATE VIEW v')) as [[string]];
    assert.doesNotMatch(definition, /SETTINGS/);
  });

  it('applies the settings of an insert to its data', async () => {
    const query = 'INSERT INTO t (a, b) FORMAT JSONEachRow';
    const row = '{"a":1,"b":"","nope":1}';
    const strict = { query, input_format_skip_unknown_fields: '0' };
    assert.equal((await raw(strict, row)).status, 500);
    assert.equal((await raw({ query }, row)).status, 200);
    await open.client.command('TRUNCATE TABLE t');
  });

  it('refuses settings that nobody knows, with the number of a server', async () => {
    for (const sql of ['SELECT 1', 'TRUNCATE TABLE t']) {
      const call = open.client.command(sql, { settings: { max_thread: 1 } });
      await assert.rejects(
        call,
        (error) =>
          error instanceof ClickHouseError && error.clickhouseCode === 115 && error.outcome === 'refused',
      );
    }
    assert.equal((await raw({ 'a=1, max_threads': '1' }, 'SELECT 1')).status, 404);
    assert.equal((await raw({ param_x: '1' }, 'SELECT 1')).status, 400);
    assert.equal((await raw({ max_threads: "1', max_block_size = '2" }, 'SELECT 1 FORMAT TSV')).status, 500);
  });

  it('gives 64-bit integers to the last digit', async () => {
    const rows = await open.client.rows(
      'SELECT toUInt64(18446744073709551615), toInt64(-9223372036854775808)',
    );
    assert.deepEqual(rows, [['18446744073709551615', '-9223372036854775808']]);
  });

  it('tells an exception as a server does', async () => {
    const answer = await raw({ query_id: 'a/b ü' }, 'SELECT nope FROM t');
    assert.equal(answer.status, 500);
    assert.equal(answer.headers['x-clickhouse-exception-code'], '47');
    assert.match(answer.text, /^Code: 47\. DB::Exception: .*\(UNKNOWN_IDENTIFIER\)\n$/s);
    await assert.rejects(open.client.rows('SELECT 1 FROM nowhere'), failsWith(clickhouseCodes.unknownTable));
  });

  it('keeps the limits of time, memory and answer that a question brings', async () => {
    const groups = 'SELECT count() FROM (SELECT number AS n FROM numbers(100000000) GROUP BY n)';
    const settings = { max_memory_usage: 50_000_000, max_execution_time: 20 };
    await assert.rejects(
      open.client.rows(groups, { settings }),
      failsWith(clickhouseCodes.memoryLimitExceeded),
    );
    const short = { max_execution_time: '0.2' };
    await assert.rejects(
      open.client.rows(endlessQuestion, { settings: short }),
      failsWith(clickhouseCodes.timeoutExceeded),
    );
    const long = "SELECT repeat('x', 1000) FROM numbers(1000000)";
    await assert.rejects(open.client.rows(long, { settings: { max_result_bytes: 1000 } }), failsWith(396));
    assert.deepEqual(await open.client.rows('SELECT 1'), [[1]]);
  });

  it('tells what a statement read', async () => {
    let rowsRead = 0;
    await open.client.rows('SELECT sum(number) FROM numbers(1000)', {
      onSummary: (told) => (rowsRead = told.rowsRead),
    });
    assert.equal(rowsRead, 1000);
  });

  it('carries any string as a literal there and back', async () => {
    const strings = fc.array(
      fc.string({
        unit: fc.constantFrom(
          "'",
          '\\',
          '\0',
          '\n',
          '"',
          '`',
          ';',
          '-',
          '/*',
          '\ud800',
          '😀',
          'ü',
          'x',
          '\u2019',
          '$a$',
        ),
      }),
      { minLength: 1, maxLength: 20 },
    );
    const any = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(strings, any), async (values) => {
        const sql = `SELECT ${values.map(stringLiteral).join(', ')}`;
        assert.equal(singleStatement(sql), sql);
        const [row] = await open.client.rows(sql);
        return isDeepStrictEqual(
          row,
          values.map((value) => value.toWellFormed()),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('stops a question when it is killed, while another goes on', async () => {
    const killed = open.client.rows(endlessQuestion, { queryId: 'kill-me' });
    const refused = assert.rejects(killed, failsWith(clickhouseCodes.cancelled));
    await until(async () => (await runningCount()) > 1);
    await open.client.kill('kill-me');
    await refused;
    await open.client.kill('never-seen');
    assert.deepEqual(await open.client.rows('SELECT 1'), [[1]]);
  });

  it('takes no kill that waits', async () => {
    assert.equal((await raw({}, "KILL QUERY WHERE query_id = 'x' SYNC")).status, 400);
    assert.equal((await raw({}, "KILL MUTATION WHERE table = 'none'")).status, 200);
    assert.equal((await raw({}, 'KILL QUERY WHERE 1 ASYNC')).status, 400);
  });

  it('refuses a second query with the id of one that runs', async () => {
    const first = open.client.rows(endlessQuestion, { queryId: 'twice' }).catch((error: unknown) => error);
    await until(async () => (await runningCount()) > 1);
    await assert.rejects(
      open.client.rows('SELECT 1', { queryId: 'twice' }),
      failsWith(clickhouseCodes.sameQueryIdRunning),
    );
    await open.client.kill('twice');
    await first;
  });

  it('refuses questions beyond its queue, and takes inserts and kills meanwhile', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `long-${n}`);
    const ended: unknown[] = [];
    const asked = ids.map((queryId) =>
      open.client.rows(endlessQuestion, { queryId }).catch((error: unknown) => ended.push(error)),
    );
    // two have a lane, two wait
    await until(() => ended.length === 6);
    for (const error of ended) {
      assert.ok(error instanceof ClickHouseError);
      assert.equal(error.clickhouseCode, clickhouseCodes.tooManyQueries);
      assert.equal(error.outcome, 'refused');
    }
    await open.client.command("INSERT INTO t SELECT 1, 'while questions are full'");
    await Promise.all(ids.map((id) => open.client.kill(id)));
    await Promise.all(asked);
    assert.ok(ended.slice(6).every(failsWith(clickhouseCodes.cancelled)));
    assert.equal(await count('t'), 1);
    await open.client.command('TRUNCATE TABLE t');
  });

  it('stops a question whose asker has gone, whether it is answered whole or streamed', async () => {
    for (const whole of ['0', '1']) {
      const path = `/?wait_end_of_query=${whole}`;
      const sent = request({ socketPath: open.engine.target().socketPath, path, method: 'POST' });
      sent.on('error', () => {}).end(`${endlessQuestion} FORMAT TSV`);
      await until(async () => (await runningCount()) > 1);
      sent.destroy();
      await until(async () => (await runningCount()) === 1);
    }
  });

  it('streams a long answer in flat memory and stops it when the reader leaves', async () => {
    let bytes = 0;
    for await (const part of open.client.stream(
      "SELECT repeat('x', 1000) FROM numbers(100000000)",
      'RowBinary',
    )) {
      bytes += part.byteLength;
      if (bytes > 50_000_000) break;
    }
    await until(async () => (await runningCount()) === 1);
    await until(() => open.engine.state().residentBytes > 0);
    assert.ok(open.engine.state().residentBytes < 700_000_000);
    assert.deepEqual(await open.client.rows('SELECT 1'), [[1]]);
  });

  it('tells a failure in the middle of a streamed answer, and gives only whole data before it', async () => {
    const sql = `SELECT throwIf(number = 500000, 'in the middle') FROM numbers(1000000) SETTINGS max_block_size = 1000, max_threads = 1`;
    let text = '';
    const read = async () => {
      for await (const part of open.client.stream(sql, 'TSV')) text += part;
    };
    await assert.rejects(
      read,
      (error) =>
        error instanceof ClickHouseError &&
        error.clickhouseCode === 395 &&
        /in the middle/.test(error.message),
    );
    assert.ok(text.length > 0);
    assert.match(text, /^(?:0\n)+$/);
  });

  it('answers many questions and inserts at once, each with its own', async () => {
    const ask = async (n: number): Promise<void> => {
      try {
        assert.deepEqual(await open.client.rows(`SELECT ${n}, sum(number) FROM numbers(${n * 1000})`), [
          [n, String((n * 1000 * (n * 1000 - 1)) / 2)],
        ]);
      } catch (error) {
        if (!failsWith(clickhouseCodes.tooManyQueries)(error)) throw error;
        await ask(n);
      }
    };
    const block = await nativeBlock(open.client, "SELECT number AS a, 'x' AS b FROM numbers(1000)");
    const inserts = Array.from({ length: 10 }, () => open.client.insertNative('t', ['a', 'b'], block));
    await Promise.all([...inserts, ...Array.from({ length: 20 }, (_, n) => ask(n + 1))]);
    assert.equal(await count('t'), 10_000);
    await open.client.command('TRUNCATE TABLE t');
  });

  it('refuses a body over the limit without running anything', async () => {
    const { status } = await raw({}, `SELECT 1 -- ${'x'.repeat(17 * 1024 * 1024)}`).catch(() => ({
      status: 413,
    }));
    assert.equal(status, 413);
  });
});
