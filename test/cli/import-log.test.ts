/** A real access log into a real server with the embedded store: killed in the middle, run again, run twice; the known numbers all the same. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Answer, AnswerData, Numbers } from '../../src/query/wire.ts';
import { root } from '../house/import-table.ts';
import { type Behavior, openProxy } from '../tracker/server.ts';
import { program, type RunningServer, run, startServer, temporaryDirectory, until } from './server.ts';

/** 10,000 lines of 17 to 20 May 2015, of 1,753 addresses. */
const log = join(root, 'scripts', 'demo', 'apache-access.log.gz');
const days = [1_632, 2_893, 2_896, 2_579];

async function ask({ url, keys }: RunningServer, kind: 'summary' | 'trend'): Promise<AnswerData> {
  const plan = { kind, from: '2015-05-17', to: '2015-05-21', bots: 'include', exact: true };
  const post = () =>
    fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.read}`, 'content-type': 'application/json' },
      body: JSON.stringify(kind === 'trend' ? { ...plan, interval: 'day' } : plan),
    });
  // events are taken before the engine has started, questions are not
  const response = await until(post, ({ ok }) => ok);
  assert.ok(response.ok, await response.clone().text());
  return ((await response.json()) as Answer).data;
}

async function totalOf(server: RunningServer): Promise<Numbers> {
  const data = await ask(server, 'summary');
  assert.ok(data.kind === 'summary');
  return data.total;
}

async function eventsByDay(server: RunningServer): Promise<readonly number[] | undefined> {
  const data = await ask(server, 'trend');
  assert.ok(data.kind === 'trend');
  return data.total.events;
}

/** Resolves once all that was accepted is countable, so that a doubled event could not come later. */
async function drained({ url, keys }: RunningServer): Promise<void> {
  const queue = async () => {
    const response = await fetch(`${url}/api/v1/queue`, {
      headers: { authorization: `Bearer ${keys.read}` },
    });
    return ((await response.json()) as { queueLength: number }).queueLength;
  };
  assert.equal(await until(queue, (length) => length === 0), 0);
}

const eventsOf = async (server: RunningServer) => (await totalOf(server)).events;

describe('the import of an access log', () => {
  it('counts each line once, however often it is begun', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory, {});
    const settings = { MILLRACE_URL: server.url, MILLRACE_WRITE_KEY: server.keys.write };
    const args = ['import', log, '--visitor', 'address'];

    // one request that looks for the server, five batches, and then nothing more, until it is killed
    const behaviors: Behavior[] = [...Array(6).fill('pass'), { status: 503, retryAfter: '60' }];
    const proxy = await openProxy(t, server.url, behaviors);
    const env = { PATH: process.env.PATH, ...settings, MILLRACE_URL: proxy.url };
    const killed = spawn(process.execPath, [program, ...args], { cwd: directory, env, stdio: 'ignore' });
    const ended = once(killed, 'close');
    await until(
      async () => proxy.requests.length,
      (count) => count > 6,
    );
    killed.kill('SIGKILL');
    await ended;
    assert.equal(
      await until(
        () => eventsOf(server),
        (events) => events >= 2_500,
      ),
      2_500,
    );

    for (const time of ['again', 'and once more']) {
      const { code, stdout, stderr } = await run(directory, args, settings);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^10,000 rows: 10,000 taken/);
      await drained(server);
      assert.equal(await eventsOf(server), 10_000, time);
      assert.deepEqual(await eventsByDay(server), days);
      assert.equal((await totalOf(server)).users, 1_753);
    }
  });
});
