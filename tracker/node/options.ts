/** The client's options with their defaults, checked once. */
import { MillraceClientError } from './errors.ts';

/** What may be left out. Each bound has its unit at the end of its name. */
export const defaults = {
  /** A request is sent when it holds this many events, */
  batchEventsMax: 500,
  /** or this many bytes of JSON, */
  batchBytesMax: 1024 * 1024,
  /** or when its first event has waited this long. */
  flushIntervalMs: 1_000,
  /** From the first event that waits for its answer to the newest one, requests in flight included; at either bound `track` takes no more. */
  bufferEventsMax: 20_000,
  bufferBytesMax: 32 * 1024 * 1024,
  /** At the same time. */
  requestsMax: 4,
  requestTimeoutMs: 30_000,
  /** Pauses double from the first to the longest; each is cut at random to between half and all of it. */
  retryPauseMs: 100,
  retryPauseMaxMs: 30_000,
  /** How long one request is tried again before its events count as lost. */
  giveUpAfterMs: 10 * 60_000,
  /** `auto`: unless the server is on this machine. */
  gzip: 'auto' as boolean | 'auto',
};

export type ClientSettings = Readonly<typeof defaults>;

/** What the server takes in one request. */
const requestEventsMax = 10_000;
const requestBytesMax = 10 * 1024 * 1024;

/** Errors: options_invalid. */
export function readOptions(given: Partial<ClientSettings>): ClientSettings {
  const settings = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof ClientSettings)[]) {
    const value = given[name];
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(value > 0))
      throw invalid(`${name} must be a number above 0, but is ${value}`);
  }
  if (settings.batchEventsMax > requestEventsMax)
    throw invalid(`batchEventsMax must be at most ${requestEventsMax}`);
  if (settings.batchBytesMax > requestBytesMax)
    throw invalid(`batchBytesMax must be at most ${requestBytesMax}`);
  return settings;
}

/** Where events are sent. Errors: options_invalid. */
export function collectUrl(url: string): URL {
  const parsed = URL.parse(`${String(url).replace(/\/+$/, '')}/api/collect`);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw invalid(`url must look like http://127.0.0.1:3000, but is ${url}`);
  return parsed;
}

/** Errors: options_invalid, which never shows the key. */
export function bearer(key: string): string {
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key))
    throw invalid('key must be a write key: printable ASCII without blanks');
  return `Bearer ${key}`;
}

export const isLoopback = ({ hostname }: URL) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

const invalid = (message: string) => new MillraceClientError('options_invalid', message);
