import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Grant } from '../../src/http/key-ring.ts';
import { Streams } from '../../src/http/streams.ts';
import type { Update, Watched, Watcher, Watching } from '../../src/query/watching.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

const grant: Grant = { keyId: 'k', project: 'p', scope: 'read', origins: [], environment: false };
const watched: Watched = { project: 'p', key: 'q', plan: () => ({}), body: (answer) => answer };

/** A server of streams alone, with short times, whose updates the test makes. */
async function openStreams(context: TestContext, times: { silentMs: number; blockedMsMax: number }) {
  const watchers = new Set<Watcher>();
  const telemetry = new Telemetry();
  const told: number[] = [];
  telemetry.subscribe('http.streams', ({ open }) => told.push(open));
  const watching = {
    async join(_: Watched, watcher: Watcher, signal: AbortSignal): Promise<Update> {
      watchers.add(watcher);
      signal.addEventListener('abort', () => watchers.delete(watcher));
      return { id: '0', json: '{}' };
    },
  } as Pick<Watching, 'join'> as Watching;
  const streams = new Streams({
    watching,
    keys: { generation: 1, holds: () => true },
    telemetry,
    monotonic: () => performance.now(),
    newId: () => 'id',
    streamsMax: 10,
    streamsPerKeyMax: 10,
    ...times,
  });
  const server = createServer(async (_, response) => {
    const signal = new AbortController().signal;
    const takeOver = await streams.begin({ grant, watched, lastId: undefined, signal, path: '/' });
    takeOver(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(() => {
    streams.close();
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return { streams, socket, watchers, told };
}

describe('the open streams', () => {
  it('say a comment when nothing else was said for long', async (context) => {
    const { socket } = await openStreams(context, { silentMs: 20, blockedMsMax: 10_000 });
    let received = '';
    for await (const bytes of socket) {
      received += bytes;
      if (received.split(': still here\n\n').length > 3) break;
    }
    assert.match(received, /retry: \d+\n\n.*id: 0\ndata: \{\}\n\n/s);
  });

  it('drop a client that takes nothing for too long, and let its question go', async (context) => {
    const { streams, socket, watchers, told } = await openStreams(context, {
      silentMs: 10_000,
      blockedMsMax: 100,
    });
    await once(socket, 'readable');
    socket.pause();
    assert.deepEqual([streams.open, watchers.size], [1, 1]);
    const json = JSON.stringify('x'.repeat(1_000_000));
    for (let i = 1; streams.open > 0; i++) {
      for (const watcher of watchers) watcher.onUpdate({ id: `${i}`, json });
      assert.ok(i < 2_000, 'it is dropped');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(watchers.size, 0);
    assert.deepEqual(told, [1, 0], 'how many are open');
  });
});
