/** The browser of the system, for suites of pages: one process a file, closed after its tests. */
import { after, before } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../scripts/services/install.ts';

const flags = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Call it at the top of a suite; the function that it gives, within tests. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  before(async () => {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('there is no Chromium here; set CHROMIUM to its path');
    // its sandbox refuses root
    browser = await chromium.launch({
      executablePath,
      chromiumSandbox: process.getuid?.() !== 0,
      args: flags,
    });
  });
  after(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser is there within tests alone');
    return browser;
  };
}
