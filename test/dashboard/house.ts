/** A real server in this process, filled with some days of the demo's shop, and a browser that is signed in to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { dayMs, Shop } from '../../scripts/demo/shop/shop.ts';
import { loadConfig } from '../../src/config.ts';
import { openSystem, type System } from '../../src/system.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

export const keys = {
  write: 'write-key-of-the-dashboard',
  read: 'read-key-of-the-dashboard',
  admin: 'admin-key-of-the-dashboard',
};
export const person = { email: 'ada@example.com', password: 'correct horse battery' };

const shopDays = 10;
const visitsPerDay = 40;
const batchEvents = 1_000;

export class House {
  readonly url: string;
  readonly #system: System;
  readonly #directory: string;
  readonly #browser: () => Browser;

  constructor(system: System, directory: string, browser: () => Browser) {
    this.#system = system;
    this.#directory = directory;
    this.#browser = browser;
    this.url = system.url;
  }

  get startUrl(): string {
    const { startUrl } = this.#system;
    if (startUrl === undefined) throw new Error('this start made no link');
    return startUrl;
  }

  /** A browser of its own, that nobody is signed in with. What goes wrong in its pages is gathered in `troubles`. */
  async visitor(options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
    const context = await this.#browser().newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      // a refusal is an answer, which the browser tells as an error
      if (message.type() === 'error' && !/status of (400|401|403|404|412|422|429|503)/.test(message.text()))
        troubles.push(message.text());
    });
    return { page, troubles };
  }

  /** One that is signed in by password; the first of all by the link of the start, and sets the password. */
  async signedIn(options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
    const found = await this.visitor(options);
    const { request } = found.page;
    const [session, headers] = [`${this.url}/api/v1/session`, { origin: this.url }];
    if ((await request.post(session, { data: person, headers })).ok()) return found;
    const link = new URL(this.startUrl).hash.slice(1);
    for (const response of [
      await request.post(session, { data: { link }, headers }),
      await request.put(`${session}/password`, { data: person, headers }),
    ])
      if (!response.ok()) throw new Error(`signing in gave ${response.status()}: ${await response.text()}`);
    return found;
  }

  /** As an administrator. */
  async api(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async collect(events: readonly object[]): Promise<void> {
    for (let at = 0; at < events.length; at += batchEvents) {
      const response = await this.api('/api/collect', events.slice(at, at + batchEvents));
      if (response.status !== 202)
        throw new Error(`collecting gave ${response.status}: ${await response.text()}`);
    }
    for (let waiting = 1; waiting > 0; await delay(20)) {
      const { queueLength } = (await (await this.api('/api/v1/queue')).json()) as { queueLength: number };
      waiting = queueLength;
    }
  }

  async close(): Promise<void> {
    await this.#system.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export interface HouseOptions {
  /** Settings besides the usual ones; asked for before the house opens. */
  readonly environment?: () => Promise<Readonly<Record<string, string>>>;
  /** Without the shop's events. */
  readonly isEmpty?: boolean;
}

/** Call it at the top of a suite; the function that it gives, within tests. */
export function useHouse(
  browser: () => Browser,
  { environment = async () => ({}), isEmpty = false }: HouseOptions = {},
): () => House {
  let house: House | undefined;
  before(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-dashboard-'));
    const config = loadConfig({
      PORT: '0',
      MILLRACE_DATA: directory,
      MILLRACE_LOG: 'memory:',
      MILLRACE_STORE: 'memory:',
      MILLRACE_WRITE_KEY: keys.write,
      MILLRACE_READ_KEY: keys.read,
      MILLRACE_ADMIN_KEY: keys.admin,
      ...(await environment()),
    });
    house = new House(await openSystem(config, new Telemetry()), directory, browser);
    if (isEmpty) return;
    const now = Date.now();
    const firstDay = Math.floor(now / dayMs) * dayMs - (shopDays - 1) * dayMs;
    const shop = new Shop({ seed: 7, name: 'test', visitsPerDay });
    await house.collect([...shop.month(firstDay, now)].flat());
  });
  after(() => house?.close());
  return () => {
    if (house === undefined) throw new Error('the house is there within tests alone');
    return house;
  };
}
