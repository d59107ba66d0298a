/** A whole server in memory with a few hundred events of every sort in it, for tests that ask everything. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keys, openMillrace } from '../../tracker/server.ts';

export { keys };

const day = 24 * 3_600_000;
const eventsSent = 240;

export async function openBusyServer(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string }> {
  const server = await openMillrace(t, settings);
  const now = Date.now();
  const events = Array.from({ length: eventsSent }, (_, i) => eventOf(i, now));
  const response = await fetch(`${server.url}/api/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.write}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  assert.equal(response.status, 202, await response.text());
  await untilCountable(server.url);
  return server;
}

/** An engine may still be starting. */
async function untilCountable(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${keys.read}` };
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const response = await fetch(`${url}/api/v2/analytics/summary?bots=include`, { headers });
    const { data } = (await response.json()) as { data?: { total_events: number } };
    if (data?.total_events === eventsSent) return;
    await delay(50);
  }
  assert.fail(`${eventsSent} events are not countable yet`);
}

const attemptsMax = 1_200;
const browser =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const types = ['pageview', 'pageview', 'signup', 'purchase', 'EXPOSURE', 'CONVERSION', 'identify', 'click'];

function eventOf(i: number, now: number): object {
  const type = types[i % types.length]!;
  const timestamp = now - (i % 20) * 2 * day - i * 61_000;
  const person = i % 17;
  return {
    type,
    timestamp,
    eventId: `event-${i}`,
    ...(person % 3 === 0 ? {} : { userId: `user-${person}` }),
    anonymousId: `visitor-${person}`,
    ...(i % 5 === 0 && { sessionId: `session-${i % 30}` }),
    ...(i % 2 === 0 && {
      url: `https://shop.example/page-${i % 7}?utm_source=news`,
      referrer: 'https://search.example/',
    }),
    // every fifth is a bot
    userAgent: i % 5 === 4 ? 'Googlebot/2.1' : browser,
    country: ['DE', 'AT', 'CH', 'FR'][i % 4],
    ...(type === 'purchase' && {
      amount: i % 3 === 0 ? '-12.5' : i * 1.25,
      ...(i % 4 && { currency: ['EUR', 'USD'][i % 2] }),
    }),
    ...((type === 'EXPOSURE' || type === 'CONVERSION') && {
      experimentId: 'button',
      variantKey: ['A', 'B'][person % 2],
    }),
    properties: {
      load: i * 3.5,
      plan: i % 2 ? 'pro' : 'free',
      'cart.size': i % 6,
      goal: `goal-${i % 2}`,
      deep: { list: [1] },
    },
  };
}
