/** Sends events in batches, several requests at a time, again and again while the server asks for patience. Counts what became of them. */
import { setTimeout as delay } from 'node:timers/promises';

export interface SenderOptions {
  readonly url: string;
  readonly key: string;
  readonly requestsAtOnce: number;
}

export interface Tally {
  accepted: number;
  rejected: number;
  retries: number;
  /** How many for each reason. */
  readonly reasons: Map<string, number>;
}

interface CollectBody {
  readonly accepted?: number;
  readonly rejected?: number;
  readonly detail?: string;
  readonly results?: readonly { readonly result?: string; readonly reason?: string }[];
}

const attemptsMax = 60;
const delayMaxMs = 5_000;

/** Errors: an Error that says what the server answered, when trying again cannot help. */
export async function sendAll(
  batches: AsyncIterable<readonly object[]>,
  options: SenderOptions,
): Promise<Tally> {
  const tally: Tally = { accepted: 0, rejected: 0, retries: 0, reasons: new Map() };
  const iterator = batches[Symbol.asyncIterator]();
  const lane = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      await send(next.value, options, tally);
  };
  await Promise.all(Array.from({ length: options.requestsAtOnce }, lane));
  return tally;
}

async function send(events: readonly object[], options: SenderOptions, tally: Tally): Promise<void> {
  const body = JSON.stringify(events);
  for (let attempt = 1; ; attempt++) {
    const response = await post(body, options).catch((error: Error) => error);
    if (response instanceof Response && response.status !== 429 && response.status < 500) {
      count((await response.json()) as CollectBody, response, tally);
      return;
    }
    if (attempt === attemptsMax)
      throw response instanceof Error ? response : new Error(`the server answers ${response.status}`);
    tally.retries += 1;
    await delay(pauseMs(response, attempt));
  }
}

const post = (body: string, { url, key }: SenderOptions) =>
  fetch(`${url}/api/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });

function count(body: CollectBody, response: Response, tally: Tally): void {
  const allRefused = response.status === 400 && body.results !== undefined;
  if (response.status !== 202 && !allRefused)
    throw new Error(`the server answers ${response.status}: ${body.detail}`);
  const refused = (body.results ?? []).filter((each) => each.reason !== undefined);
  tally.accepted += body.accepted ?? 0;
  tally.rejected += body.rejected ?? refused.length;
  for (const { reason } of refused) tally.reasons.set(reason!, (tally.reasons.get(reason!) ?? 0) + 1);
}

function pauseMs(response: Response | Error, attempt: number): number {
  const asked = response instanceof Response ? Number(response.headers.get('retry-after')) * 1000 : 0;
  return Math.min(delayMaxMs, asked || 100 * 2 ** Math.min(attempt, 6));
}
