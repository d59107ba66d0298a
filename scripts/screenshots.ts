/**
 * `node scripts/screenshots.ts LINK [PAGE…]`: every page of the dashboard at 1440 and 390 pixels, light and dark, into docs/screenshots/, or
 * some by name. LINK is the sign-in link that `npm run demo` prints.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { type Found, find, game, shop } from './screenshots/found.ts';
import { type Plan, plans } from './screenshots/plans.ts';
import { chromiumPath } from './services/install.ts';

const [link, ...wanted] = process.argv.slice(2);
const executablePath = chromiumPath();
if (link === undefined || executablePath === undefined) {
  console.error(
    'usage: node scripts/screenshots.ts LINK [PAGE…]; Chromium must be there, or CHROMIUM say where',
  );
  process.exit(2);
}
const folder = join(import.meta.dirname, '../docs/screenshots');
mkdirSync(folder, { recursive: true });
const widths = [1440, 390];
const themes = ['light', 'dark'] as const;
const stillMs = 1_000;
const looksMax = 30;
/** Skeletons, and charts that are not drawn yet. What still loads after so many looks is shown as it is. */
const unfinished = '.animate-pulse, div[role=img]:empty';

interface Shot {
  readonly name: string;
  readonly path: string;
  /** Pressed before the picture is taken, which is then of the window alone. */
  readonly keys?: string;
}

const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
const signing = await browser.newPage();
await signing.goto(link);
await signing.waitForURL(/\/p\//);
const origin = new URL(link).origin;
const shots = shotsOf(await find(signing, origin));
const cookies = await signing.context().cookies();
for (const width of widths)
  for (const theme of themes) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
    if (isWanted('sign-in'))
      await shoot(await context.newPage(), { name: `sign-in-${width}-${theme}`, path: '/sign-in' });
    await context.addCookies(cookies);
    for (const { name, ...shot } of shots)
      if (isWanted(name))
        await shoot(await context.newPage(), { name: `${name}-${width}-${theme}`, ...shot });
    await context.close();
  }
await browser.close();

function shotsOf(found: Found): readonly Shot[] {
  const at = (project: string, path: string) => `/p/${project}${path}`;
  const explore = (plan: Plan) => at(shop, `/explore?plan=${encodeURIComponent(JSON.stringify(plan))}`);
  return [
    { name: 'overview', path: at(shop, '') },
    {
      name: 'overview-filtered',
      path: at(shop, '?range=7d&filter=country==DE&metric=pageviews&tab=places:country'),
    },
    ...Object.entries(plans).map(([name, plan]) => ({ name: `explore-${name}`, path: explore(plan) })),
    ...Object.entries(found).map(([name, path]) => ({ name, path: `/p/${path}` })),
    { name: 'boards', path: at(shop, '/boards') },
    { name: 'experiments', path: at(game, '/experiments') },
    { name: 'people', path: at(shop, '/people') },
    { name: 'person', path: at(shop, '/people/shop-user-763') },
    { name: 'events', path: at(shop, '/events') },
    { name: 'saved', path: at(shop, '/saved') },
    { name: 'operations', path: at(shop, '/operations') },
    { name: 'settings', path: at(shop, '/settings') },
    { name: 'first-steps', path: at(shop, '/start') },
    { name: 'palette', path: at(shop, ''), keys: 'Control+k' },
  ];
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

async function shoot(page: Page, { name, path, keys }: Shot): Promise<void> {
  await page.goto(origin + path, { waitUntil: 'load' });
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await stillness(page);
  if (keys !== undefined) {
    await page.keyboard.press(keys);
    await stillness(page);
  }
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: keys === undefined });
  await page.close();
  console.log(name);
}

async function stillness(page: Page): Promise<void> {
  for (let looks = 0; looks < looksMax; looks++) {
    await page.waitForTimeout(stillMs);
    if ((await page.locator(unfinished).count()) === 0) return;
  }
}
