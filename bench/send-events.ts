/** Events into a server, patiently: what is refused because it is full is sent again. */
import { adminKey, sleep } from '../test/hazards/harness.ts';
import type { MillraceServer } from './servers.ts';

const retryMs = 100;

export async function sendEvents({ server }: MillraceServer, events: readonly object[]): Promise<void> {
  for (;;) {
    const response = await fetch(`${server.base}/api/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    const text = await response.text();
    if (response.status === 202) return;
    if (response.status !== 429 && response.status !== 503)
      throw new Error(`collect answered ${response.status}: ${text}`);
    await sleep(retryMs);
  }
}
