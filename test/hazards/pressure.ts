/**
 * Requests of one event each over many keep-alive connections: `closed` sends the next one when the last is answered (a
 * little later when it was refused), `open`
 * at a fixed pace whatever is answered, as the world does. It keeps the client's ledger and counts the answers.
 */
import { appendFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { sleep, writeKey } from './harness.ts';

export interface Tally {
  offered: number;
  accepted: number;
  refused: number;
  withoutRetryAfter: number;
  /** No whole answer, or one that is neither 202, 429 nor 503. */
  failed: number;
  durationMs: number;
}

const timeoutMs = 30_000;
const tickMs = 10;

export class Pressure {
  readonly #base: string;
  readonly #ledgerPath: string;
  readonly #agent: Agent;
  readonly #name: string;
  #sequence = 0;

  /** `name` begins its event ids. */
  constructor(base: string, ledgerPath: string, connections: number, name = 'pressure') {
    this.#name = name;
    this.#base = base;
    this.#ledgerPath = ledgerPath;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      // all of them in turn, not the same few
      scheduling: 'fifo',
    });
  }

  async closed(loops: number, durationMs: number): Promise<Tally> {
    const tally = emptyTally();
    const startedAt = performance.now();
    const loop = async () => {
      while (performance.now() - startedAt < durationMs) {
        const before = tally.refused;
        await this.#send(tally);
        if (tally.refused > before) await sleep(tickMs);
      }
    };
    await Promise.all(Array.from({ length: loops }, loop));
    return { ...tally, durationMs: performance.now() - startedAt };
  }

  /** Opens all connections at once by a first request on each, which is not counted. */
  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: this.#agent.maxSockets }, () => this.#send(emptyTally())));
  }

  async open(perSecond: number, durationMs: number): Promise<Tally> {
    const tally = emptyTally();
    const startedAt = performance.now();
    const inFlight = new Set<Promise<void>>();
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
      for (const due = (elapsedMs / 1000) * perSecond; tally.offered < due; ) {
        const sent: Promise<void> = this.#send(tally).finally(() => inFlight.delete(sent));
        inFlight.add(sent);
      }
      await sleep(tickMs);
    }
    await Promise.all(inFlight);
    return { ...tally, durationMs: performance.now() - startedAt };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(tally: Tally): Promise<void> {
    const eventId = `${this.#name}-${this.#sequence++}`;
    tally.offered++;
    appendFileSync(this.#ledgerPath, `+${eventId}\n`);
    const { status, retryAfter } = await this.#post(
      JSON.stringify({
        eventId,
        type: 'click',
        timestamp: Date.now(),
        properties: { filling: 'x'.repeat(200) },
      }),
    );
    if (status === 202) {
      tally.accepted++;
      appendFileSync(this.#ledgerPath, `=${eventId}\n`);
    } else if (status === 429 || status === 503) {
      tally.refused++;
      if (!/^\d+$/.test(String(retryAfter))) tally.withoutRetryAfter++;
    } else tally.failed++;
  }

  #post(body: string): Promise<{ status: number; retryAfter: string | undefined }> {
    return new Promise((resolve) => {
      const none = { status: 0, retryAfter: undefined };
      const headers = { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' };
      const options = { method: 'POST', agent: this.#agent, headers };
      const sent = request(`${this.#base}/api/collect`, options, (response) => {
        response.resume();
        response.on('error', () => resolve(none));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }),
        );
      });
      sent.setTimeout(timeoutMs, () => sent.destroy());
      sent.on('error', () => resolve(none));
      sent.end(body);
    });
  }
}

const emptyTally = (): Tally => ({
  offered: 0,
  accepted: 0,
  refused: 0,
  withoutRetryAfter: 0,
  failed: 0,
  durationMs: 0,
});
