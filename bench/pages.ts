/**
 * `BENCH_DATA=/a/large/disk node bench/pages.ts`: how long people wait for the pages, in Chromium on loopback, with ten million events (EVENTS).
 * Each figure is the median of RUNS (9), each run with an empty browser cache or of a range that nobody asked for before, so that the server
 * has no answer ready. Prints tables for docs/dashboard.md. Build the pages first: `npm run pages`.
 */
import { explorePlans } from './pages/explore-plans.ts';
import { scriptsOf } from './pages/scripts.ts';
import { atRest, marksOf, Site } from './pages/site.ts';
import { median, quantile } from './statistics.ts';

const events = Number(process.env.EVENTS ?? 10_000_000);
const runs = Number(process.env.RUNS ?? 9);
/** Of the turns of `Site.range`: nobody is told an answer that another measurement asked for. */
const turns = { load: 0, filter: 12, explore: 40 };

interface FilterClick {
  readonly what: string;
  /** That must be open, as the address has it. */
  readonly tab: string;
  readonly list: string;
}
const filterClicks: readonly FilterClick[] = [
  { what: 'an event', tab: 'events:type', list: 'Events' },
  { what: 'a country', tab: 'places:country', list: 'Countries' },
];

const pagePaths: Readonly<Record<string, string>> = {
  Overview: '',
  Explore: '/explore',
  Boards: '/boards',
  Experiments: '/experiments',
  People: '/people',
  Events: '/events',
  Saved: '/saved',
  Operations: '/operations',
  Settings: '/settings',
  'First steps': '/start',
};

const say = (text: string) => console.error(text);
const site = await Site.open(events, say);
try {
  say(`${events} events at ${site.base}`);
  const load = await firstLoad();
  const filter: string[][] = [];
  for (const [index, click] of filterClicks.entries()) filter.push(...(await filterClick(click, index)));
  const explore = await exploreKinds();
  const scripts = await scriptsOf(site, pagePaths);
  console.log(table(['What', 'Median', 'All runs'], [...load, ...filter, ...explore]));
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(0)} KB`;
  const sizes = scripts.map(({ page, bytes, chartBytes }) => [page, kilobytes(bytes), kilobytes(chartBytes)]);
  console.log(`\n${table(['Page', 'Script, gzip', 'Charts, gzip'], sizes)}`);
} finally {
  await site.close();
}

/** The overview in a browser that has never been here. */
async function firstLoad(): Promise<readonly string[][]> {
  const times = { numbers: [] as number[], trend: [] as number[], all: [] as number[] };
  // the first of all also warms the server's code
  for (let run = -1; run < runs; run++) {
    const context = await site.context();
    const page = await context.newPage();
    await page.goto(overview(turns.load + run + 1));
    const marks = await marksOf(page, 'all');
    if (run >= 0) for (const [name, list] of Object.entries(times)) list.push(marks[name]!);
    await context.close();
  }
  return [
    row('Overview, first load: the numbers', times.numbers),
    row('Overview, first load: the trend drawn', times.trend),
    row('Overview, first load: every table', times.all),
  ];
}

/** A click on the first row of a table. */
async function filterClick({ what, tab, list }: FilterClick, index: number): Promise<readonly string[][]> {
  const times = { numbers: [] as number[], trend: [] as number[], all: [] as number[] };
  const context = await site.context();
  const page = await context.newPage();
  for (let run = -1; run < runs; run++) {
    await page.goto(`${overview(turns.filter + index * (runs + 1) + run + 1)}&tab=${tab}`);
    await atRest(page, 'all');
    await page.getByRole('table', { name: list }).getByRole('button').first().click();
    const marks = await marksOf(page, 'all');
    if (run >= 0) for (const [name, list] of Object.entries(times)) list.push(marks[name]!);
  }
  await context.close();
  return [
    row(`Filter by a click on ${what}: the numbers`, times.numbers),
    row(`Filter by a click on ${what}: the trend redrawn`, times.trend),
    row(`Filter by a click on ${what}: every table`, times.all),
  ];
}

/** From one question to another of a kind, within the page. */
async function exploreKinds(): Promise<readonly string[][]> {
  const context = await site.context();
  const page = await context.newPage();
  const rows: string[][] = [];
  for (const [name, plan] of Object.entries(explorePlans)) {
    const times: number[] = [];
    for (let run = -1; run < runs; run++) {
      const asked = { ...plan, ...halfOpen(turns.explore + run + 1), timeZone: 'UTC' };
      const address = `/p/default/explore?plan=${encodeURIComponent(JSON.stringify(asked))}`;
      if (run < 0) {
        await page.goto(site.base + address);
        await atRest(page, 'chart');
        continue;
      }
      await page.evaluate(`window.frameWatch.move(${JSON.stringify(address)})`);
      times.push((await marksOf(page, 'chart')).chart!);
      await page.waitForLoadState('networkidle');
    }
    rows.push(row(`Explore: ${name}`, times));
  }
  await context.close();
  return rows;
}

function overview(turn: number): string {
  const { from, to } = site.range(turn);
  return `${site.base}/p/default?from=${from}&to=${to}&zone=UTC`;
}

/** As a plan has it. */
function halfOpen(turn: number): { from: string; to: string } {
  const { from, to } = site.range(turn);
  return { from, to: new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10) };
}

function row(name: string, times: readonly number[]): string[] {
  say(`${name}: ${times.map(Math.round).join(' ')}`);
  const range = `${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))} ms`;
  return [name, `${Math.round(median(times))} ms`, `${range}, p90 ${Math.round(quantile(times, 0.9))} ms`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
