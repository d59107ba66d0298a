/**
 * The least that a durable collector can do: node:http, the body parsed as JSON, its bytes appended to a file, and the answer
 * after a `fdatasync` that all requests waiting share. No key, no check, no place for the event to go. PORT and FILE as arguments.
 */
import { fdatasync, openSync, write } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';

const [port, path] = process.argv.slice(2) as [string, string];
const file = openSync(path, 'a');
let waiting: { body: Buffer; events: number; response: ServerResponse }[] = [];
let isCommitting = false;

function commit(): void {
  if (waiting.length === 0) {
    isCommitting = false;
    return;
  }
  const group = waiting;
  waiting = [];
  append(Buffer.concat(group.map(({ body }) => body)), () =>
    fdatasync(file, (error) => {
      if (error) throw error;
      for (const { events, response } of group) {
        const answer = `{"accepted":${events}}`;
        response.writeHead(202, { 'content-type': 'application/json', 'content-length': answer.length });
        response.end(answer);
      }
      setImmediate(commit);
    }),
  );
}

function append(bytes: Buffer, then: () => void): void {
  write(file, bytes, (error, written) => {
    if (error) throw error;
    if (written < bytes.length) append(bytes.subarray(written), then);
    else then();
  });
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const parsed = JSON.parse(body.toString('utf8')) as unknown;
    waiting.push({ body, events: Array.isArray(parsed) ? parsed.length : 1, response });
    if (isCommitting) return;
    isCommitting = true;
    setImmediate(commit);
  });
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
