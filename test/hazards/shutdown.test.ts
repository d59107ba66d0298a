/**
 * The server is asked to go down under load: it drains, closes everything and ends with 0 within its bound, and the next start
 * goes on. Asked twice it ends at once, and still nothing acknowledged is lost. An import that is broken off by either
 * goes on where it was.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rounds, sleep, writeKey } from './harness.ts';
import { report } from './report.ts';
import { assertExact, scene, settle } from './scene.ts';

const roundsUsual = 3;
/** MILLRACE_SHUTDOWN_TIMEOUT_MS and what `serve` adds for the writer, the engine and the log. */
const closeMsMax = 30_000;
/** Two signals within half a second are one; the engine stands still for longer than this. */
const sameSignalMs = 600;
const cli = join(import.meta.dirname, '../../src/cli/millrace.ts');

test('SIGTERM under load drains and ends with 0 within the bound, and the next start goes on', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const client = stage.client(server, 'term');
  const times = rounds(roundsUsual);
  let slowestMs = 0;
  for (let round = 0; round < times; round++) {
    await sleep(200 + Math.random() * 600);
    const startedAt = performance.now();
    assert.equal(await server.stop(), 0, server.output);
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - startedAt));
    assert.match(server.output, /"message":"closed"/);
    server.start();
    await server.ready();
  }
  assert.ok(slowestMs < closeMsMax, `closing took ${slowestMs} ms`);
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 9,
    hazard: 'SIGTERM under load',
    made: 'the signal, then a new start',
    rounds: times,
    faults: times,
    ...verdict,
    note: `exit code 0 each time, within ${slowestMs} ms`,
  });
});

test('SIGTERM twice ends at once and loses nothing', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const client = stage.client(server, 'twice');
  const times = rounds(roundsUsual);
  for (let round = 0; round < times; round++) {
    await sleep(200 + Math.random() * 400);
    // an engine that stands still would make an orderly end long
    const engines = server.children();
    for (const pid of engines) process.kill(pid, 'SIGSTOP');
    server.signal('SIGTERM');
    await sleep(sameSignalMs + Math.random() * 200);
    server.signal('SIGTERM');
    assert.equal(await server.ended(), 1);
    for (const pid of engines) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // it is gone
      }
    }
    server.start();
    await server.ready();
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 9,
    hazard: 'SIGTERM twice under load',
    made: 'the engine stands still, two signals, then a new start',
    rounds: times,
    faults: times,
    ...verdict,
    note: 'ends at once with 1',
  });
});

test('an import goes on through kills of its own and of the server, and counts each line once', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const lines = 120_000;
  const file = join(stage.directory, 'events.ndjson');
  const ids = Array.from({ length: lines }, (_, n) => `line-${n}`);
  const lineOf = (eventId: string, n: number) =>
    JSON.stringify({ eventId, type: 'click', timestamp: Date.UTC(2026, 9, 1 + (n % 20)), source: 'server' });
  writeFileSync(file, `${ids.map(lineOf).join('\n')}\n`);
  const startImport = () =>
    spawn(process.execPath, [cli, 'import', file, '--url', server.base, '--key', writeKey, '--json'], {
      env: { PATH: process.env.PATH },
      cwd: stage.directory,
      stdio: 'ignore',
    });
  const times = rounds(roundsUsual);
  let faults = 0;
  for (let round = 0; round < times; round++) {
    const importing = startImport();
    await sleep(500 + Math.random() * 500);
    if (round % 3 !== 0) {
      // in order and by force in turn; the import waits for the server and goes on by itself
      await server.stop(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      server.start();
      await server.listening();
      faults++;
    }
    await sleep(Math.random() * 400);
    if (importing.exitCode !== null) continue;
    const ended = once(importing, 'exit');
    importing.kill('SIGKILL');
    faults++;
    await ended;
  }
  const last = startImport();
  const [code] = (await once(last, 'exit')) as [number | null];
  assert.equal(code, 0);
  // the import said that all is taken: that is the acknowledgement
  appendFileSync(stage.ledgerPath, ids.map((id) => `+${id}\n=${id}\n`).join(''));
  await server.ready();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.equal(verdict.stored, lines);
  report(t, {
    number: 9,
    hazard: 'an import is broken off and run again',
    made: `kill -9 of \`millrace import\` of ${lines} lines, SIGTERM and kill -9 of the server meanwhile`,
    rounds: times,
    faults,
    ...verdict,
    note: 'each line once',
  });
});
