/**
 * `node scripts/drag-frames.ts LINK [PROJECT]`: how long the frames take while a range is dragged over a year by day in Explore. LINK is the
 * sign-in link that `npm start` or `npm run demo` prints. Frames are told by the page’s own animation frames; what the page does in each of them
 * by a trace of the browser, in processor time, which other programs do not change.
 */
import { chromium, type Page } from 'playwright-core';
import { chromiumPath } from './services/install.ts';

const [link, project] = process.argv.slice(2);
const executablePath = chromiumPath();
if (link === undefined || executablePath === undefined) {
  console.error(
    'usage: node scripts/drag-frames.ts LINK [PROJECT]; Chromium must be there, or CHROMIUM say where',
  );
  process.exit(2);
}
const plan = {
  kind: 'trend',
  range: '12mo',
  timeZone: 'UTC',
  interval: 'day',
  series: [{ metric: 'events' }, { metric: 'users' }, { metric: 'sessions' }],
};
const steps = 240;
const categories = ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'];

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(link);
  await page.waitForURL(/\/p\//);
  const shown = project ?? /\/p\/([^/?]+)/.exec(page.url())?.[1];
  await page.goto(
    `${new URL(link).origin}/p/${shown}/explore?plan=${encodeURIComponent(JSON.stringify(plan))}`,
  );
  const chart = page.getByRole('img', { name: /over time/ });
  await chart.locator('canvas').waitFor();
  await page.waitForTimeout(1_000);
  await report(page, await chart.boundingBox());
} finally {
  await browser.close();
}

async function report(
  page: Page,
  box: { x: number; y: number; width: number; height: number } | null,
): Promise<void> {
  if (box === null) throw new Error('the chart is not to be seen');
  const y = box.y + box.height / 2;
  await page.evaluate(
    'window.frames_ = []; (function next(at) { window.frames_.push(at); window.frame_ = requestAnimationFrame(next); })(performance.now())',
  );
  await browser.startTracing(page, { categories });
  await page.mouse.move(box.x + box.width * 0.1, y);
  await page.mouse.down();
  for (let step = 1; step <= steps; step += 1)
    await page.mouse.move(box.x + box.width * (0.1 + 0.8 * (step / steps)), y);
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: readonly TraceEvent[];
  };
  const times = (await page.evaluate(
    'cancelAnimationFrame(window.frame_), window.frames_',
  )) as readonly number[];
  await page.mouse.up();
  const frames = times.slice(1).map((time, index) => time - times[index]!);
  const work = workOfPage(trace.traceEvents);
  console.log(
    `frames: ${frames.length}; median ${at(frames, 0.5)} ms, 95 % under ${at(frames, 0.95)} ms, longest ${at(frames, 1)} ms`,
  );
  console.log(`longer than two frames of a screen of 60 Hz: ${frames.filter((ms) => ms > 33.4).length}`);
  console.log(`work of the page: ${(work / frames.length).toFixed(2)} ms of the processor a frame, of 16.7`);
}

function at(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

/** Milliseconds of the thread that draws the page: the main one of the renderer with most to do. */
function workOfPage(events: readonly TraceEvent[]): number {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const sums = mains.map(({ pid, tid }) =>
    events
      .filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask')
      .reduce((sum, { tdur = 0 }) => sum + tdur, 0),
  );
  return Math.max(0, ...sums) / 1000;
}
