/** A way to the server that can be cut: bytes pass until the client says a word, then its answer never comes, or nothing moves at all. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** `answer`: the word reaches the server, and the connection breaks before its answer. `freeze`: it goes no further, nor does anything else. */
export type Cut = { readonly at: string; readonly how: 'answer' | 'freeze' };

export interface CutProxy {
  /** The URL through it. */
  readonly url: string;
  /** For connections that are open and that come; undefined: let everything pass. */
  cut(cut: Cut | undefined): void;
  /** Resolves once the cut came. */
  readonly came: () => Promise<void>;
  close(): Promise<void>;
}

/** Time for the server to do what it was told. */
const settleMs = 200;

export async function startCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let armed: Cut | undefined;
  let frozen = new WeakSet<Socket>();
  let tell: () => void = () => {};
  let came = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      if (frozen.has(client)) return;
      if (armed === undefined || !bytes.includes(armed.at)) {
        server.write(bytes);
        return;
      }
      const { how } = armed;
      armed = undefined;
      frozen.add(client);
      tell();
      if (how === 'freeze') return;
      server.write(bytes);
      setTimeout(() => {
        client.destroy();
        server.destroy();
      }, settleMs);
    });
    server.on('data', (bytes) => {
      if (!frozen.has(client)) client.write(bytes);
    });
    client.on('close', () => {
      // a frozen connection hangs: the server hears nothing of the client's end
      if (!frozen.has(client)) server.destroy();
    });
    server.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(target);
  url.port = String((proxy.address() as { port: number }).port);
  return {
    url: url.href,
    cut(cut) {
      armed = cut;
      frozen = new WeakSet();
      came = new Promise((resolve) => {
        tell = resolve;
      });
    },
    came: () => came,
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
