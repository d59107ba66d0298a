/** What the demo prints: progress on one line of a terminal (lines elsewhere), and what to do next. */
import type { Writable } from 'node:stream';
import { experimentId } from './cookie-cats.ts';

export interface Terminal extends Writable {
  readonly isTTY?: boolean;
}

const progressMs = 100;

export class Screen {
  readonly #out: Terminal;
  readonly #colored: boolean;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(out: Terminal, colored: boolean) {
    this.#out = out;
    this.#colored = colored;
  }

  line(text = ''): void {
    this.#out.write(`${this.#clear()}${text}\n`);
  }

  /** Replaced by what comes next; a terminal's alone. `now`: milliseconds of any clock. */
  progress(text: string, now: number): void {
    if (!this.#out.isTTY || now - this.#drawnAt < progressMs) return;
    this.#drawnAt = now;
    this.#out.write(`${this.#clear()}${text}`);
  }

  strong(text: string): string {
    return this.#colored ? `\u001b[1m${text}\u001b[22m` : text;
  }

  faint(text: string): string {
    return this.#colored ? `\u001b[2m${text}\u001b[22m` : text;
  }

  #clear(): string {
    return this.#out.isTTY ? '\r\u001b[2K' : '';
  }
}

export interface NextSteps {
  readonly url: string;
  readonly shopKey: string;
  readonly weblogKey: string;
  readonly gameKey: string;
}

/** Each a question, and the command that answers it when pasted. */
export function nextSteps({
  url,
  shopKey,
  weblogKey,
  gameKey,
}: NextSteps): readonly (readonly [string, string])[] {
  const elsewhere = url === 'http://127.0.0.1:3000' ? '' : ` --url ${url}`;
  const query = (options: string, key: string) => `npx millrace query ${options} --key ${key}${elsewhere}`;
  return [
    [
      'What does the shop earn, and with what?',
      query('--last 30d --filter type=purchase --metrics amount,events --by productId', shopKey),
    ],
    ['Where do its visitors come from?', query('--last 30d --filter type=pageview --by channel', shopKey)],
    ['What is happening right now?', query('--last 60m --interval 15m', shopKey)],
    [
      "How much of a real web server's traffic is bots?",
      query('--last 4d --by bot --bots include', weblogKey),
    ],
    ['What do its people read?', query('--last 4d --by path --filter "path^=/blog"', weblogKey)],
    [
      'Where should the first gate of a game stand? (90,189 players of a published A/B test)',
      `npx millrace experiment show ${experimentId} --last 90d --control gate_30 --key ${gameKey}${elsewhere}`,
    ],
  ];
}
