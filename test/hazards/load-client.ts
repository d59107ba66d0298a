/**
 * The outside world of a hazard: a process of its own that sends events until it is told to stop, sends again with the
 * same `eventId` whatever was not acknowledged, and keeps its own ledger in a file: `+id` before an event is first sent,
 * `=id` once the server acknowledged it. It trusts nothing but status 202.
 *
 * Arguments: base URL, write key, ledger file, name of this client, loops at a time, most events a request, most events a
 * second (0: as many as it can).
 */
import { openSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [base = '', key = '', ledgerPath = '', name = 'client', loops = '8', eventsMax = '40', pace = '0'] =
  process.argv.slice(2);
const ledger = openSync(ledgerPath, 'a');
const agent = new Agent({ keepAlive: true, maxSockets: Number(loops) });
const types = ['pageview', 'click', 'purchase', 'EXPOSURE'];
const requestTimeoutMs = 10_000;
const retryDelayMs = 50;
let sequence = 0;
let stopping = false;
/** When all that was sent would have been sent at the pace; a pause of the server is not made up for. */
let dueAt = performance.now();

process.on('SIGTERM', () => {
  stopping = true;
});

function makeEvents(): { eventId: string }[] {
  const count = 1 + Math.floor(Math.random() * Number(eventsMax));
  return Array.from({ length: count }, () => {
    const n = sequence++;
    return {
      eventId: `${name}-${n}`,
      type: types[n % types.length],
      // Over three days that cross a month's border, so that batches split and several rollup days are touched.
      timestamp: Date.UTC(2026, 9, 30) + ((n * 7_919_017) % (3 * 86_400_000)),
      userId: `user-${n % 500}`,
      source: 'server',
      ...(n % types.length === 2 ? { amount: (n % 1000) / 4, currency: n % 3 === 0 ? 'EUR' : 'USD' } : {}),
      properties: { n, plan: n % 2 === 0 ? 'pro' : 'free' },
    };
  });
}

function post(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${base}/api/collect`,
      {
        method: 'POST',
        agent,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    sent.setTimeout(requestTimeoutMs, () => sent.destroy(new Error('timed out')));
    sent.on('error', reject);
    sent.end(body);
  });
}

async function keepPace(events: number): Promise<void> {
  if (Number(pace) === 0) return;
  const now = performance.now();
  dueAt = Math.max(dueAt, now) + (events * 1000) / Number(pace);
  await new Promise((wake) => setTimeout(wake, dueAt - now));
}

async function loop(): Promise<void> {
  while (!stopping) {
    const events = makeEvents();
    await keepPace(events.length);
    writeSync(ledger, events.map((event) => `+${event.eventId}\n`).join(''));
    const body = JSON.stringify(events);
    for (;;) {
      const status = await post(body).catch(() => 0);
      if (status === 202) {
        writeSync(ledger, events.map((event) => `=${event.eventId}\n`).join(''));
        break;
      }
      if (status >= 400 && status < 500 && status !== 429)
        throw new Error(`the server answered ${status} to a good request`);
      // Stopping while the server is away: these stay unacknowledged, which the checker allows for.
      if (stopping && status === 0) break;
      await new Promise((wake) => setTimeout(wake, retryDelayMs));
    }
  }
}

await Promise.all(Array.from({ length: Number(loops) }, loop));
agent.destroy();
