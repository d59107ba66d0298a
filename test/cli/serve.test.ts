/** `millrace serve` as a person runs it: real processes, real signals. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inMemory, run, startServer, temporaryDirectory, until } from './server.ts';

const execute = promisify(execFile);

/** The lines of the banner that are commands, as pasted into a shell. */
async function paste(
  banner: string,
  settings: NodeJS.ProcessEnv = {},
): Promise<{ collected: unknown; ask: () => Promise<{ data: { totalEvents: number } }> }> {
  const [collect, ask] = banner.split('\n').filter((line) => line.startsWith('  curl '));
  const shell = async (command: string) =>
    JSON.parse(
      (await execute('sh', ['-c', command], { env: { PATH: process.env.PATH, ...settings } })).stdout,
    );
  return { collected: await shell(collect!), ask: () => shell(ask!) };
}

/** Notes of the start may stand before it. */
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)!;

describe('millrace serve', () => {
  it('prints keys once, and two commands that work when pasted', async (t) => {
    const directory = temporaryDirectory(t);
    const first = await startServer(t, directory);
    assert.match(first.keys.write, /^mr_write_/);
    const { collected, ask } = await paste(first.banner);
    assert.equal((collected as { accepted: number }).accepted, 1);
    assert.equal((await until(ask, ({ data }) => data.totalEvents > 0)).data.totalEvents, 1);
    assert.equal(await first.stop('SIGTERM'), 0);

    const second = await startServer(t, directory);
    assert.deepEqual(second.keys, { write: '', read: '', admin: '' });
    assert.match(second.banner, /YOUR_WRITE_KEY/);
  });

  it('takes keys of the environment and prints none of them', async (t) => {
    const settings = {
      MILLRACE_WRITE_KEY: 'write-0123456789abcdef',
      MILLRACE_READ_KEY: 'read-0123456789abcdef',
      MILLRACE_ADMIN_KEY: 'admin-0123456789abcdef',
    };
    const server = await startServer(t, temporaryDirectory(t), { ...inMemory, ...settings });
    const { ask } = await paste(server.banner, settings);
    assert.equal((await until(ask, ({ data }) => data.totalEvents > 0)).data.totalEvents, 1);
    assert.equal(await server.stop('SIGINT'), 0);
    assert.doesNotMatch(server.banner + server.stderr(), /0123456789abcdef/);
  });

  it('ends at once at the second signal', async (t) => {
    const server = await startServer(t, temporaryDirectory(t), {
      ...inMemory,
      MILLRACE_SHUTDOWN_TIMEOUT_MS: '60s',
    });
    // a request that never ends keeps the server from closing
    const hanging = fetch(`${server.url}/api/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.keys.write}`, 'content-type': 'application/json' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('[')) }),
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    await delay(200);
    server.process.kill('SIGTERM');
    while (!server.stderr().includes('going down')) await once(server.process.stderr!, 'data');
    await delay(600);
    assert.equal(await server.stop('SIGTERM'), 1);
    await hanging;
  });

  it('closes in order when it and its group are signaled together', async (t) => {
    const server = await startServer(t, temporaryDirectory(t));
    server.process.kill('SIGTERM');
    assert.equal(await server.stop('SIGTERM'), 0);
    assert.match(server.stderr(), /"closed"/);
  });

  it('takes an engine that hangs with it when it ends at once', async (t) => {
    const server = await startServer(t, temporaryDirectory(t), {});
    while (!server.stderr().includes('the engine is ready')) await once(server.process.stderr!, 'data');
    const { stdout } = await execute('pgrep', ['-P', String(server.process.pid)]);
    const engine = Number(stdout.trim());
    process.kill(engine, 'SIGSTOP');
    server.process.kill('SIGTERM');
    await delay(600);
    assert.equal(await server.stop('SIGTERM'), 1);
    // gone, or dead and not yet collected by its new parent
    const state = () =>
      execute('ps', ['-o', 'stat=', '-p', String(engine)]).then(
        ({ stdout }) => stdout,
        () => 'Z',
      );
    assert.match(await until(state, (found) => found.startsWith('Z')), /^Z/);
  });

  it('ends with 2 and one line when a setting is wrong', async (t) => {
    const directory = temporaryDirectory(t);
    const unknown = await run(directory, ['serve'], { MILLRACE_DTA: 'x' });
    assert.deepEqual(unknown, {
      code: 2,
      stdout: '',
      stderr:
        'millrace: there is no setting MILLRACE_DTA; did you mean MILLRACE_DATA? (all settings: docs/config.md)\n',
    });
    writeFileSync(join(directory, '.env'), 'PORT=abc\n');
    const fromFile = await run(directory, ['serve']);
    assert.equal(fromFile.code, 2);
    assert.match(fromFile.stderr, /^millrace: PORT must be a whole number from 0 to 65535, but is "abc"\n$/);
  });

  it('refuses a directory that another server has, and a port that is taken, in one line', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory);
    const second = await run(directory, ['serve'], { PORT: '0', ...inMemory });
    assert.equal(second.code, 1);
    assert.match(lastLine(second.stderr), /^millrace: \S+ is in use by .*MILLRACE_DATA/);
    const third = await run(temporaryDirectory(t), ['serve'], {
      PORT: new URL(server.url).port,
      ...inMemory,
    });
    assert.equal(third.code, 2);
    assert.match(lastLine(third.stderr), /^millrace: PORT must be a port that nothing else listens on/);
  });
});
