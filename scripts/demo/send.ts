/** The demo's events, sent with the project's own client: one after the other, as many as the server takes. */
import { type EventInput, MillraceClient } from '../../tracker/node/index.ts';

export interface DemoEvent extends EventInput {
  readonly eventId: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

export interface SendOptions {
  readonly url: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** What was handed over so far is on its way. */
  readonly sent: (events: number, reachedMs: number) => void;
}

/** The client lets wait no more than this, so that progress is what the server has. */
const bufferEventsMax = 10_000;

/** Resolves when each has its outcome. Errors: an Error, when one was refused or lost; the signal's. */
export async function sendEvents(
  groups: Iterable<readonly DemoEvent[]> | AsyncIterable<readonly DemoEvent[]>,
  { url, key, signal, sent }: SendOptions,
): Promise<void> {
  const problems = new Set<string>();
  const client = new MillraceClient({
    url,
    key,
    bufferEventsMax,
    onRefused: (events) => problems.add(`the server refuses events: ${events[0]?.message}`),
    onLost: (error) => problems.add(error.message),
  });
  try {
    for await (const group of groups) {
      for (const event of group) {
        signal.throwIfAborted();
        while (!client.track(event)) await client.room();
      }
      if (group.length > 0) sent(group.length, group.at(-1)!.timestamp);
      if (problems.size > 0) break;
    }
  } finally {
    await client.close({ timeoutMs: signal.aborted ? 1_000 : 30_000 });
  }
  signal.throwIfAborted();
  if (problems.size > 0) throw new Error([...problems].join('; '));
}
