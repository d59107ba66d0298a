/**
 * What was tracked and has no answer yet. Sent in small batches; a batch without a verdict is sent again with the same `eventId`s,
 * which changes nothing at the server. What cannot be sent is kept in the browser's storage until a later page: only such
 * events, and only if that is allowed.
 */

/** An event's JSON, and when it was first sent (epoch ms; 0: never). */
type Item = [json: string, sentAt: number];

export interface OutboxOptions {
  /** Of the server's collect route, with the key. */
  readonly url: string;
  /** Keeps what could not be sent for a later page. */
  readonly keeps: boolean;
}

const batchEventsMax = 50;
/** A request that outlives its page may hold 64 KiB. */
const batchCharsMax = 60_000;
const itemsMax = 1_000;
const gatherMs = 300;
const retryMsMin = 1_000;
const retryMsMax = 60_000;
/** The server knows a retry for 25 hours. Later, an event that may have arrived is given up rather than counted twice. */
const sentMsMax = 24 * 3_600_000;

export class Outbox {
  readonly #options: OutboxOptions;
  /** Of its own for each tab, so that none overwrites what another keeps. */
  readonly #place: string;
  #items: Item[] = [];
  #failures = 0;
  #isSending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const prefix = `millrace ${options.url} `;
    this.#place = prefix + Math.random().toString(36).slice(2);
    this.#adopt(prefix);
    addEventListener('online', () => this.#send());
  }

  /** Past `itemsMax` the oldest goes. */
  add(event: object): void {
    this.#items.push([JSON.stringify(event), 0]);
    if (this.#items.length > itemsMax) this.#items.shift();
    this.#later(gatherMs);
  }

  /**
   * The page is hidden, and perhaps never shown again: everything goes at once. A beacon has no answer, so what it carried is sent
   * once more when there is a page to hear one, this or a later.
   */
  leave(): void {
    for (let from = 0; from < this.#items.length && navigator.onLine && this.#failures === 0; ) {
      const batch = this.#batch(from);
      // of this type no leave is asked first, which a page that goes could not wait for
      if (!navigator.sendBeacon(this.#options.url, new Blob([bodyOf(batch)], { type: 'text/plain' }))) break;
      markSent(batch);
      from += batch.length;
    }
    this.#keep();
  }

  #later(ms: number): void {
    this.#timer ??= setTimeout(() => this.#send(), ms);
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isSending || this.#items.length === 0) return;
    this.#isSending = true;
    const batch = this.#batch(0);
    markSent(batch);
    const waitMs = await this.#post(batch);
    this.#isSending = false;
    this.#failures = waitMs === undefined ? 0 : this.#failures + 1;
    if (waitMs === undefined) this.#items = this.#items.filter((item) => !batch.includes(item));
    this.#keep();
    if (this.#items.length > 0) this.#later(waitMs ?? 0);
  }

  /** Undefined: there is a verdict. Else how long to wait before the same is sent again. */
  async #post(batch: readonly Item[]): Promise<number | undefined> {
    const backoffMs = Math.min(retryMsMax, retryMsMin * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    try {
      const { status, headers } = await fetch(this.#options.url, {
        method: 'POST',
        body: bodyOf(batch),
        headers: { 'content-type': 'text/plain' },
        credentials: 'omit',
        keepalive: true,
      });
      if (status < 500 && status !== 429 && status !== 408) return undefined;
      return Math.max(backoffMs, 1000 * Number(headers.get('retry-after')) || 0);
    } catch {
      return backoffMs;
    }
  }

  #batch(from: number): Item[] {
    let chars = 0;
    const rest = this.#items.slice(from, from + batchEventsMax);
    const end = rest.findIndex(([json], index) => {
      chars += json.length;
      return index > 0 && chars > batchCharsMax;
    });
    return end < 0 ? rest : rest.slice(0, end);
  }

  #keep(): void {
    storing((storage) => {
      if (this.#options.keeps && this.#items.length > 0)
        storage.setItem(this.#place, JSON.stringify(this.#items));
      else storage.removeItem(this.#place);
    });
  }

  /** What earlier pages, and pages of other tabs, could not send. Of two that send the same the server counts one. */
  #adopt(prefix: string): void {
    storing((storage) => {
      const places = Object.keys(storage).filter((place) => place.startsWith(prefix));
      for (const place of places) {
        const items = JSON.parse(storage.getItem(place) ?? '[]') as Item[];
        this.#items.push(...items.filter(([, sentAt]) => !sentAt || sentAt > Date.now() - sentMsMax));
      }
      this.#items = this.#items.slice(-itemsMax);
      this.#keep();
      for (const place of places) storage.removeItem(place);
      if (this.#items.length > 0) this.#later(gatherMs);
    });
  }
}

function markSent(batch: readonly Item[]): void {
  for (const item of batch) item[1] ||= Date.now();
}

const bodyOf = (batch: readonly Item[]) => `[${batch.map(([json]) => json).join()}]`;

/** Storage may be full, forbidden, or hold what others wrote; none of this may disturb the page. */
function storing(work: (storage: Storage) => void): void {
  try {
    work(localStorage);
  } catch {}
}
