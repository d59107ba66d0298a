/** What tests of pages look at, from outside: in the page itself nothing may be evaluated but what is given here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const waitMsMax = 30_000;
const pollMs = 50;

/** What axe finds that is serious or worse, in words. */
export async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact, at: v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).slice(0, 3) })))",
  )) as readonly { id: string; impact: string; at: readonly string[] }[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, at }) => `${id}: ${at.join('; ')}`);
}

/** Errors: an assertion, when it does not come to hold within half a minute. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + waitMsMax; !(await holds()); await delay(pollMs))
    assert.ok(Date.now() < deadline, 'it does not come to hold');
}

/** No part of the page waits for its answer. */
export const settled = (page: Page) =>
  until(async () => (await page.locator('.animate-pulse').count()) === 0);

/** Pixels by which the page is wider than its window; 0 is right. */
export const overflowOf = async (page: Page): Promise<number> =>
  (await page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)')) as number;
