/**
 * `node scripts/screenshots.ts LINK`: every page of the dashboard at 1440 and 390 pixels, light and dark, into docs/screenshots/. LINK
 * is the sign-in link that `npm start` or `npm run demo` prints; a second word chooses the project.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath } from './services/install.ts';

const [link, project] = process.argv.slice(2);
const executablePath = chromiumPath();
if (link === undefined || executablePath === undefined) {
  console.error(
    'usage: node scripts/screenshots.ts LINK [PROJECT]; Chromium must be there, or CHROMIUM say where',
  );
  process.exit(2);
}
const folder = join(import.meta.dirname, '../docs/screenshots');
mkdirSync(folder, { recursive: true });
const pages = [
  ['overview', ''],
  ['overview-filtered', '?range=7d&filter=country==DE&metric=pageviews&tab=places:country'],
  ['operations', '/operations'],
  ['settings', '/settings'],
  ['first-steps', '/start'],
] as const;
const widths = [1440, 390];
const themes = ['light', 'dark'] as const;
const pollMs = 100;

const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
const signing = await browser.newPage();
await signing.goto(link);
await signing.waitForURL(/\/p\//);
const origin = new URL(link).origin;
const shown = project ?? /\/p\/([^/?]+)/.exec(signing.url())?.[1];
const cookies = await signing.context().cookies();
for (const width of widths)
  for (const theme of themes) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
    await shoot(await context.newPage(), `${origin}/sign-in`, `sign-in-${width}-${theme}`);
    await context.addCookies(cookies);
    for (const [name, path] of pages)
      await shoot(await context.newPage(), `${origin}/p/${shown}${path}`, `${name}-${width}-${theme}`);
    await context.close();
  }
await browser.close();

async function shoot(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.locator('h1').first().waitFor({ state: 'attached' });
  do await page.waitForTimeout(10 * pollMs);
  while ((await page.locator('.animate-pulse').count()) > 0);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await page.close();
  console.log(name);
}
