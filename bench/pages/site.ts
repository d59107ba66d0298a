/**
 * A server on a copy of a data set, and a browser that is signed in to it. The data set is that of the row `questions`: made anew, unless
 * BENCH_DATA names the directory where it is kept; the original is only read.
 */
import { constants, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../scripts/services/install.ts';
import { sleep } from '../../test/hazards/harness.ts';
import { embeddedData } from '../questions/embedded-data.ts';
import { type DataSetShape, days } from '../questions/rows-in-sql.ts';
import { MillraceServer } from '../servers.ts';
import { frameWatch, type Marks } from './frame-watch.ts';

const dayMs = 86_400_000;
const rangeDays = 30;
const pollMs = 20;
const doneMsMax = 180_000;
/** After a page is whole, so that nothing of it runs any more when the next thing is measured. */
const restMs = 400;

export class Site {
  readonly base: string;
  readonly data: DataSetShape;
  readonly #directory: string;
  readonly #server: MillraceServer;
  readonly #browser: Browser;
  readonly #state: Awaited<ReturnType<BrowserContext['storageState']>>;

  private constructor(parts: {
    data: DataSetShape;
    directory: string;
    server: MillraceServer;
    browser: Browser;
    state: Awaited<ReturnType<BrowserContext['storageState']>>;
  }) {
    this.base = parts.server.server.base;
    this.data = parts.data;
    this.#directory = parts.directory;
    this.#server = parts.server;
    this.#browser = parts.browser;
    this.#state = parts.state;
  }

  static async open(events: number, say: (text: string) => void): Promise<Site> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('there is no Chromium here; set CHROMIUM to its path');
    const directory = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'millrace-pages-'));
    try {
      const data = await dataIn(directory, events, say);
      const temporary = join(directory, 't');
      mkdirSync(temporary);
      const server = await MillraceServer.open(directory, { MILLRACE_ENGINE_TMP: temporary });
      const sandbox = process.getuid?.() !== 0;
      const browser = await chromium.launch({ executablePath, chromiumSandbox: sandbox });
      const state = await signedIn(browser, server.server.output);
      return new Site({ data, directory, server, browser, state });
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** A browser that has nothing of the site yet but the session. */
  async context(): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      storageState: this.#state,
    });
    await context.addInitScript({ content: frameWatch });
    return context;
  }

  /** 30 whole days of the data, another 30 for each turn, both days included, as the address has them. */
  range(turn: number): { readonly from: string; readonly to: string } {
    const last = this.data.from + (days - 2 - turn) * dayMs;
    return { from: dayOf(last - (rangeDays - 1) * dayMs), to: dayOf(last) };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

async function dataIn(directory: string, events: number, say: (text: string) => void): Promise<DataSetShape> {
  const kept = process.env.BENCH_DATA && join(process.env.BENCH_DATA, `embedded-${events}`);
  if (kept && existsSync(join(kept, 'data-set.json'))) {
    // shared blocks where the file system can; whoever reads the original is not disturbed
    cpSync(kept, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
    for (const name of ['millrace.lock', 'millrace.lock.owner'])
      rmSync(join(directory, 'data', name), { force: true });
  }
  return embeddedData(directory, events, say);
}

async function signedIn(browser: Browser, output: string) {
  const link = /http\S+\/sign-in#\S+/.exec(output)?.[0];
  if (link === undefined) throw new Error(`the server told no link to sign in with; it printed:\n${output}`);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.waitForURL(/\/p\//);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** The marks once `name` is among them; milliseconds since the page began to load, or since the last click or move. */
export async function marksOf(page: Page, name: string): Promise<Marks> {
  for (const deadline = Date.now() + doneMsMax; ; await sleep(pollMs)) {
    const marks = (await page.evaluate('window.frameWatch.marks')) as Marks;
    if (marks[name] !== undefined) return marks;
    if (Date.now() > deadline)
      throw new Error(`${page.url()} does not come to ${name}: ${JSON.stringify(marks)}`);
  }
}

/** Waits for `name`, and until nothing of the page is at work. */
export async function atRest(page: Page, name: string): Promise<void> {
  await marksOf(page, name);
  await page.waitForLoadState('networkidle');
  await sleep(restMs);
}
