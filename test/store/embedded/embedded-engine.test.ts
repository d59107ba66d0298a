/** The supervisor, against real processes that are killed, stopped and starved. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { ClickHouseError, clickhouseCodes } from '../../../src/store/clickhouse/clickhouse-client.ts';
import type { Signals } from '../../../src/telemetry/signals.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import {
  endlessQuestion,
  isAlive,
  nativeBlock,
  openEngine,
  remove,
  startEngine,
  temporaryDirectory,
  until,
} from './engine-helpers.ts';

const endlessInsert =
  'INSERT INTO t SELECT number FROM numbers(1000000000000) SETTINGS max_block_size = 1000, max_threads = 1';
const table =
  'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1, fsync_part_directory = 1';

it('starts the engine again when it is killed, with all that was acknowledged', async (test) => {
  const { engine, client } = await openEngine(test);
  await client.command(table);
  const block = await nativeBlock(client, 'SELECT number AS a FROM numbers(1000)');
  const restarts: number[] = [];
  engine.onRestart(() => restarts.push(engine.state().pid!));
  for (let life = 1; life <= 3; life++) {
    await client.insertNative('t', ['a'], block);
    const { pid } = engine.state();
    process.kill(pid!, 'SIGKILL');
    await until(() => restarts.length === life);
    assert.notEqual(restarts[life - 1], pid);
    assert.deepEqual(await client.rows('SELECT count() FROM t'), [[String(1000 * life)]]);
  }
});

it('says in its state and signals what the engine is doing', async (test) => {
  const telemetry = new Telemetry();
  const said: Signals['engine.state'][] = [];
  telemetry.subscribe('engine.state', (signal) => said.push(signal));
  const { engine } = await openEngine(test, { telemetry });
  await until(() => engine.state().residentBytes > 0);
  process.kill(engine.state().pid!, 'SIGKILL');
  await until(() => said.filter(({ state }) => state === 'ready').length === 2);
  assert.deepEqual(
    said.map(({ state }) => state),
    ['starting', 'ready', 'down', 'starting', 'ready'],
  );
  assert.match(said[2]!.reason, /SIGKILL/);
});

it('fails calls to a dead engine as refused or unclear, never as done', async (test) => {
  const { engine, client } = await openEngine(test, { limits: { pauseMsMin: 60_000, pauseMsMax: 60_000 } });
  await client.command(table);
  const running = client.command(endlessInsert).catch((error: unknown) => error);
  await until(async () => (await client.rows('SELECT 1 FROM system.processes')).length === 2);
  process.kill(engine.state().pid!, 'SIGKILL');
  const error = (await running) as ClickHouseError;
  assert.equal(error.outcome, 'unclear');
  await until(() => engine.state().status === 'down');
  await assert.rejects(
    client.rows('SELECT 1'),
    (later) => later instanceof ClickHouseError && later.outcome === 'refused',
  );
  assert.equal(await client.ping(), false);
});

it('ends the engine within a second when its parent is killed, even in the middle of a query', async () => {
  const directory = await temporaryDirectory();
  const parent = fork(new URL('./engine-parent.ts', import.meta.url), [directory], { execArgv: [] });
  const [{ pid, socketPath }] = (await once(parent, 'message')) as [{ pid: number; socketPath: string }];
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const killedAt = performance.now();
  await until(() => !isAlive(pid));
  assert.ok(performance.now() - killedAt < 1000);
  assert.ok(!existsSync(socketPath), 'its private directory is gone too');
  await remove(directory);
});

it('ends the engine that a killed server left stopped, says so, and starts', async (test) => {
  const directory = await temporaryDirectory();
  const parent = fork(new URL('./engine-parent.ts', import.meta.url), [directory], { execArgv: [] });
  const [{ pid }] = (await once(parent, 'message')) as [{ pid: number }];
  process.kill(pid, 'SIGSTOP');
  test.after(async () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await remove(directory);
  });
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));

  const limits = { pauseMsMin: 10, pauseMsMax: 50 };
  const early = await startEngine(test, { directory, telemetry, limits });
  await until(() => early.engine.state().status === 'down');
  assert.match(early.engine.state().reason, /Another server instance in same directory/);
  await early.engine.close();
  assert.ok(isAlive(pid), 'an engine that a server still has is left alone');
  assert.deepEqual(notes, []);

  parent.kill('SIGKILL');
  await once(parent, 'exit');
  assert.ok(isAlive(pid), 'it cannot end by itself');
  const { client } = await openEngine(test, { directory, telemetry, limits });
  assert.ok(!isAlive(pid));
  assert.deepEqual(await client.rows('SELECT 1'), [[1]]);
  assert.match(notes.join(), new RegExp(`process ${pid}, .* was ended`));
});

it('ends no process that only has the id of an engine', async (test) => {
  const directory = await temporaryDirectory();
  test.after(() => remove(directory));
  const other = fork(new URL('./bystander.ts', import.meta.url), [JSON.stringify({ directory, owner: 1 })], {
    execArgv: [],
  });
  const ended = once(other, 'exit');
  await once(other, 'message');
  await writeFile(join(directory, 'status'), `PID: ${other.pid}\nStarted at: 2026-01-01 00:00:00\n`);
  await openEngine(test, { directory });
  assert.ok(isAlive(other.pid!));
  other.kill();
  await ended;
});

it('keeps the engine in the process group of its parent, with an environment of its own', async (test) => {
  const { engine } = await openEngine(test, { environment: { MILLRACE_ENGINE_LANES: '7' } });
  const group = async (pid: number | 'self') =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[2];
  const pid = engine.state().pid!;
  assert.equal(await group(pid), await group('self'));
  const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  // seven for questions, one for inserts, one for kills, one for the watch over parts, four to spare
  assert.ok(environment.includes('UV_THREADPOOL_SIZE=14'));
  assert.ok(!environment.some((variable) => variable.startsWith('PATH=')));
});

it('leaves it to its parent what an interrupt of the terminal means', async (test) => {
  const { engine, client } = await openEngine(test);
  const { pid } = engine.state();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid!, signal);
  assert.deepEqual(await client.rows('SELECT 1'), [[1]]);
  assert.equal(engine.state().pid, pid);
});

it('lets nothing of a fenced insert land after the fence, and goes on', async (test) => {
  const { engine, client } = await openEngine(test);
  await client.command(table);
  const { pid } = engine.state();
  for (let round = 0; round < 3; round++) {
    const queryId = `insert-${round}`;
    const insert = client
      .command(endlessInsert, { queryId, timeoutMs: 300 })
      .catch((error: unknown) => error);
    const error = (await insert) as ClickHouseError;
    assert.equal(error.outcome, 'unclear');
    await engine.fence(queryId);
    const [[running]] = (await client.rows<[string]>(
      "SELECT count() FROM system.processes WHERE query_kind = 'Insert' AND NOT is_cancelled",
    )) as [[string]];
    assert.equal(running, '0');
    const landed = await client.rows('SELECT count() FROM t');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(await client.rows('SELECT count() FROM t'), landed);
  }
  assert.equal(engine.state().pid, pid, 'a kill was enough');
});

it('fences an insert of a block in the middle of its materialized view', async (test) => {
  const { engine, client } = await openEngine(test);
  await client.command(table);
  await client.command('CREATE TABLE v (a UInt64) ENGINE = MergeTree ORDER BY a');
  await client.command('CREATE MATERIALIZED VIEW slow TO v AS SELECT a FROM t WHERE sleepEachRow(0.01) = 0');
  const block = await nativeBlock(client, 'SELECT number AS a FROM numbers(250)');
  const error = await client
    .insertNative('t', ['a'], block, { queryId: 'block', timeoutMs: 200 })
    .catch((failed: unknown) => failed);
  assert.equal((error as ClickHouseError).outcome, 'unclear');
  await engine.fence('block');
  assert.deepEqual(await client.rows("SELECT 1 FROM system.processes WHERE query_kind = 'Insert'"), []);
  assert.deepEqual(await client.rows('SELECT count() FROM v'), [['0']]);
});

it('fences a statement that still waits for its turn, without touching the one before it', async (test) => {
  const { engine, client } = await openEngine(test);
  await client.command(table);
  await client.command('CREATE TABLE other (a UInt64) ENGINE = MergeTree ORDER BY a');
  const first = client.command(endlessInsert, { queryId: 'first' }).catch((error: unknown) => error);
  await until(async () => (await client.rows('SELECT 1 FROM system.processes')).length === 2);
  const waiting = client
    .command('INSERT INTO other SELECT 1', { queryId: 'waiting' })
    .catch((error: unknown) => error);
  await engine.fence('waiting');
  assert.equal(((await waiting) as ClickHouseError).clickhouseCode, clickhouseCodes.cancelled);
  assert.equal((await client.rows('SELECT 1 FROM system.processes')).length, 2);
  await engine.fence('first');
  assert.equal(((await first) as ClickHouseError).clickhouseCode, clickhouseCodes.cancelled);
  assert.deepEqual(await client.rows('SELECT count() FROM other'), [['0']]);
});

it('refuses a statement that comes in after the fence of its id', async (test) => {
  const { engine, client } = await openEngine(test);
  await client.command(table);
  await engine.fence('late');
  await assert.rejects(
    client.command('INSERT INTO t SELECT 1', { queryId: 'late' }),
    (error) => error instanceof ClickHouseError && error.clickhouseCode === clickhouseCodes.cancelled,
  );
  assert.deepEqual(await client.rows('SELECT count() FROM t'), [['0']]);
});

it('kills an engine that hangs when something in it must be fenced', async (test) => {
  const { engine, client } = await openEngine(test, { limits: { fenceMsMax: 300 } });
  await client.command(table);
  const { pid } = engine.state();
  process.kill(pid!, 'SIGSTOP');
  await assert.rejects(
    client.command('INSERT INTO t SELECT 1', { queryId: 'hung', timeoutMs: 200 }),
    (error) => error instanceof ClickHouseError && error.clickhouseCode === 0 && error.outcome === 'unclear',
  );
  await engine.fence('hung');
  assert.ok(!isAlive(pid!));
  assert.equal(engine.state().status, 'ready');
  assert.deepEqual(await client.rows('SELECT count() FROM t'), [['0']]);
});

it('kills an engine that gives no sign of life', async (test) => {
  const { engine } = await openEngine(test, { limits: { pulseMs: 20, hangMsMax: 300 } });
  const { pid } = engine.state();
  const restarted = new Promise<void>((resolve) => engine.onRestart(resolve));
  process.kill(pid!, 'SIGSTOP');
  await restarted;
  assert.ok(!isAlive(pid!));
});

it('restarts an engine that holds too much memory, after what it had begun', async (test) => {
  const telemetry = new Telemetry();
  const said: Signals['engine.state'][] = [];
  telemetry.subscribe('engine.state', (signal) => said.push(signal));
  const { engine, client } = await openEngine(test, {
    telemetry,
    environment: { MILLRACE_ENGINE_MEMORY: '512MiB' },
    limits: { pulseMs: 20 },
  });
  await client.command(table);
  const restarted = new Promise<void>((resolve) => engine.onRestart(resolve));
  const big =
    'SELECT count() FROM (SELECT groupArray(number) FROM numbers(40000000)) SETTINGS max_memory_usage = 2000000000';
  const asked = client.rows(big, { settings: { max_memory_usage: 2_000_000_000 } }).catch(() => undefined);
  await restarted;
  await asked;
  assert.ok(said.some(({ state, reason }) => state === 'down' && reason.includes('MILLRACE_ENGINE_MEMORY')));
  assert.deepEqual(await client.rows('SELECT count() FROM t'), [['0']]);
});

it('says in words why it cannot start, goes on trying, and starts when it can', async (test) => {
  const directory = await temporaryDirectory();
  const first = await openEngine(test, { directory });
  const second = await startEngine(test, { directory, limits: { pauseMsMin: 10, pauseMsMax: 50 } });
  await until(() => second.engine.state().status === 'down');
  assert.match(second.engine.state().reason, /Another server instance in same directory/);
  await assert.rejects(second.engine.ready(AbortSignal.abort()), (error) =>
    isFailure(error, 'store_unavailable'),
  );
  await first.engine.close();
  await second.engine.ready();
  await second.engine.close();
  await remove(directory);
});

it('is down, not fatal, on a directory that is damaged or is none', async (test) => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'damaged', 'metadata'), { recursive: true });
  await writeFile(join(directory, 'damaged', 'metadata', 'x.sql'), 'garbage');
  await writeFile(join(directory, 'file'), '');
  for (const [name, words] of [
    ['damaged', /x\.sql/],
    ['file', /file/],
  ] as const) {
    const { engine } = await startEngine(test, { directory: join(directory, name) });
    await until(() => engine.state().status === 'down');
    assert.match(engine.state().reason, words);
    await engine.close();
  }
  await remove(directory);
});

it('lets an insert that has begun end before it closes, and leaves nothing behind', async (test) => {
  const directory = await temporaryDirectory();
  const { engine, client } = await openEngine(test, { directory });
  await client.command(table);
  const insert = client.command(
    'INSERT INTO t SELECT number FROM numbers(3000000) WHERE sleepEachRow(0) = 0',
  );
  await until(async () => (await client.rows('SELECT 1 FROM system.processes')).length === 2);
  const { pid } = engine.state();
  const { socketPath } = engine.target();
  await engine.close();
  await insert;
  assert.ok(!isAlive(pid!));
  assert.ok(!existsSync(socketPath));
  await engine.close();
  const again = await openEngine(test, { directory });
  assert.deepEqual(await again.client.rows('SELECT count() FROM t'), [['3000000']]);
  await again.engine.close();
  await remove(directory);
});

it('closes in bounded time though something in it never ends', async (test) => {
  const { engine, client } = await openEngine(test, {
    environment: { MILLRACE_ENGINE_CLOSE_TIMEOUT: '200ms' },
  });
  const asked = client.rows(endlessQuestion).catch((error: unknown) => error);
  await until(async () => (await client.rows('SELECT 1 FROM system.processes')).length === 2);
  await engine.close();
  assert.equal(((await asked) as ClickHouseError).outcome, 'unclear');
  await assert.rejects(engine.ready(), (error) => isFailure(error, 'store_unavailable'));
});

it('keeps its socket in a private directory with a short path, and clears what killed owners left', async (test) => {
  const dead = [
    join(tmpdir(), 'millrace-engine-999999999-left'),
    join(tmpdir(), `millrace-engine-${process.pid}-left`),
  ];
  for (const each of dead) {
    await mkdir(each, { recursive: true });
    await utimes(each, 0, 0);
  }
  const directory = await temporaryDirectory();
  const deep = join(directory, 'x'.repeat(120), 'engine');
  const { engine, client } = await openEngine(test, { directory: deep });
  assert.deepEqual(await client.rows('SELECT 1'), [[1]]);
  for (const each of dead) assert.ok(!existsSync(each));
  const names = await readdir(tmpdir());
  assert.ok(names.some((name) => engine.target().socketPath.includes(name)));
  await engine.close();
  await remove(directory);
});

it('refuses a directory for temporary files that is too deep for a socket', async (test) => {
  const directory = await temporaryDirectory();
  const deep = join(directory, 'x'.repeat(100));
  await mkdir(deep);
  await assert.rejects(
    startEngine(test, { directory, environment: { MILLRACE_ENGINE_TMP: deep } }),
    (error) => isFailure(error, 'setting_invalid'),
  );
  await remove(directory);
});
