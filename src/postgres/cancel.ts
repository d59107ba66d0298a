/**
 * Stops what a connection is running, by a request on a connection of its own (PostgreSQL's documentation, "Canceling Requests in
 * Progress"); PgBouncer hands it on to the server that it lent. Resolves when the other side has taken it; whether it came in
 * time shows in the statement's own end.
 *
 *   TLS      int32 8, int32 80877103; the answer is one byte, 'S' for yes
 *   cancel   int32 16, int32 80877102, int32 process, int32 secret
 */
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { tlsOptions } from './client-options.ts';
import type { PostgresTarget } from './postgres-target.ts';

const cancelCode = 80877102;
const tlsCode = 80877103;
const cancelMsMax = 5_000;

/** Never rejects. */
export async function cancel(target: PostgresTarget, processId: number, secret: number): Promise<void> {
  const { host, port } = target;
  const plain = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  plain.setTimeout(cancelMsMax, () => plain.destroy(new Error('no answer')));
  plain.on('error', () => plain.destroy());
  try {
    await once(plain, 'connect');
    const socket = target.tls === undefined ? plain : await secured(plain, target);
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(cancelCode, 4);
    request.writeInt32BE(processId, 8);
    request.writeInt32BE(secret, 12);
    socket.write(request);
    socket.resume();
    // the server says nothing but closes once it is done
    await once(plain, 'close');
  } catch {
    // the statement's own timeout ends it
  } finally {
    plain.destroy();
  }
}

async function secured(plain: Socket, target: PostgresTarget): Promise<Socket> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(tlsCode, 4);
  plain.write(request);
  const [answer] = (await once(plain, 'data')) as [Buffer];
  if (String(answer) !== 'S') throw new Error('no TLS');
  const names = isIP(target.host) === 0 ? { servername: target.host } : {};
  const options = tlsOptions(target.tls!, target.settings.tls);
  const socket = connectTls({ ...options, ...names, host: target.host, socket: plain });
  socket.on('error', () => plain.destroy());
  await once(socket, 'secureConnect');
  return socket;
}
