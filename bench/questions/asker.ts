/** A client that asks as fast as one can: bare node:http over one kept connection. */
import { Agent, request } from 'node:http';
import { adminKey } from '../../test/hazards/harness.ts';

/** A body makes it a POST. Rejects when the answer is not 200. */
export type Ask = <T>(path: string, body?: object) => Promise<T>;

export class Asker {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(base: string) {
    this.#base = base;
  }

  readonly ask: Ask = <T>(path: string, body?: object) => {
    const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const sent = request(this.#base + path, {
      agent: this.#agent,
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(text && { 'content-type': 'application/json', 'content-length': text.byteLength }),
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(answer) as T);
        else reject(new Error(`${path} answered ${response.statusCode}: ${answer}`));
      });
    });
    sent.end(text);
    return promise;
  };

  close(): void {
    this.#agent.destroy();
  }
}
