/** What a page has its browser load of script, compressed by gzip as the build made it. */
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Site } from './site.ts';

/** Loaded when there is something to draw; `extension` is what parts of ECharts share. */
const charts = /^(echarts|extension|world-map)/;
const restMs = 1_000;

export interface PageScripts {
  readonly page: string;
  /** Of everything but charts. */
  readonly bytes: number;
  readonly chartBytes: number;
}

/** Each page with an empty cache. `paths`: below the project. */
export async function scriptsOf(
  site: Site,
  paths: Readonly<Record<string, string>>,
): Promise<readonly PageScripts[]> {
  const found: PageScripts[] = [];
  for (const [name, path] of Object.entries(paths)) {
    const context = await site.context();
    const page = await context.newPage();
    const loaded: Promise<{ readonly file: string; readonly bytes: number }>[] = [];
    page.on('response', (response) => {
      const file = basename(new URL(response.url()).pathname);
      if (response.request().resourceType() === 'script' && file !== 'theme.js')
        loaded.push(response.body().then((body) => ({ file, bytes: gzipSync(body, { level: 9 }).length })));
    });
    await page.goto(`${site.base}/p/default${path}`);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(restMs);
    const sizes = await Promise.all(loaded);
    const sum = (isChart: boolean) =>
      sizes.reduce((total, { file, bytes }) => total + (charts.test(file) === isChart ? bytes : 0), 0);
    found.push({ page: name, bytes: sum(false), chartBytes: sum(true) });
    await context.close();
  }
  return found;
}
