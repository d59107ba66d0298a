/**
 * `npm run demo`: a server with something in it. Starts one on a fresh directory, fills it with a shop's month, a real access log and a
 * published experiment, shows the first numbers, and goes on with a live stream until Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cookieCats } from './demo/cookie-cats.ts';
import { type Keep, keepForGame, keepForShop } from './demo/kept.ts';
import { liveReplay, liveShop } from './demo/live.ts';
import { nextSteps, Screen } from './demo/screen.ts';
import { type DemoEvent, sendEvents } from './demo/send.ts';
import { choosePort, DemoServer, type Keys, program } from './demo/server.ts';
import { dayMs, Shop } from './demo/shop/shop.ts';
import { type DemoState, keepState, openState } from './demo/state.ts';
import { webLogEvents } from './demo/web-log.ts';

const usage = `usage: npm run demo -- [--data DIRECTORY] [--port PORT] [--rate EVENTS] [--seed NUMBER] [--fill-only]

Without --data everything is kept in a temporary directory and removed at the end; with it, the next start goes on with the same.
--rate is how many events of the shop come a second from now on (3). --fill-only ends when the past is filled in.`;

const daysOfPast = 30;
const visitsPerDay = 2_000;
const drainMsMax = 60_000;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
    rate: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    'fill-only': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [rate, seed] = [Number(options.rate), Number(options.seed)];
const port = options.port === undefined ? undefined : Number(options.port);
const wrong =
  !(rate > 0 && rate <= 1000) || !Number.isSafeInteger(seed) || !(port === undefined || port < 65_536);
if (options.help || wrong) {
  console.error(usage);
  process.exit(options.help ? 0 : 2);
}

const startedAt = performance.now();
const screen = new Screen(process.stdout, process.stdout.isTTY === true && !process.env.NO_COLOR);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// nobody looks any more (npm run demo | head)
process.stdout.on('error', () => stop.abort());

const directory = resolve(options.data ?? mkdtempSync(join(tmpdir(), 'millrace-demo-')));
try {
  await demo();
} catch (error) {
  if (!stop.signal.aborted) {
    screen.line(`demo: ${(error as Error).message}`);
    process.exitCode = 1;
  }
} finally {
  if (options.data === undefined) rmSync(directory, { recursive: true, force: true });
}

async function demo(): Promise<void> {
  let state = openState(directory, seed, Date.now());
  const server = await DemoServer.start({
    directory,
    port: await choosePort(port),
    keys: state.shop,
  });
  try {
    screen.line(`A server runs on ${server.url} ${screen.faint(`(after ${seconds()})`)}`);
    state = await openProjects(server, state);
    if (!state.filled) state = await fill(server, state);
    await showFirstNumbers(server, state);
    if (options['fill-only']) return;
    showNextSteps(server, state);
    await Promise.race([live(server, state), ended(server)]);
  } finally {
    screen.line();
    screen.line(
      options.data === undefined
        ? 'Closing, and removing its directory'
        : `Closing; its data stays in ${directory}`,
    );
    await server.stop();
  }
}

/** The access log and the experiment have projects of their own: another site, a game, other people. */
async function openProjects(server: DemoServer, state: DemoState): Promise<DemoState> {
  const weblog = state.weblog ?? (await openProject(server, 'weblog', 'A real access log'));
  const game = state.game ?? (await openProject(server, 'game', 'A published A/B test of a game'));
  return keepState(directory, { ...state, weblog, game });
}

async function openProject(
  server: DemoServer,
  id: string,
  name: string,
): Promise<Pick<Keys, 'write' | 'read'>> {
  await server.call('POST', '/api/v1/projects', { id, name });
  const makeKey = async (scope: string) =>
    (await server.call<{ data: { key: string } }>('POST', '/api/v1/keys', { project: id, scope })).data.key;
  return { write: await makeKey('write'), read: await makeKey('read') };
}

async function fill(server: DemoServer, state: DemoState): Promise<DemoState> {
  const until = state.filledUntil;
  const shop = new Shop({ seed: state.seed, name: 'shop', visitsPerDay });
  const firstDay = midnight(until) - (daysOfPast - 1) * dayMs;
  let events = 0;
  const sent = (count: number, reachedMs: number) => {
    events += count;
    const day = new Date(reachedMs).toISOString().slice(0, 10);
    screen.progress(`Filling in the past: ${grouped(events)} events, ${day}`, performance.now());
  };
  const weblog = webLogEvents(midnight(until)).filter(({ timestamp }) => timestamp < until);
  await Promise.all([
    send(server, state.shop.write, shop.month(firstDay, until), sent),
    send(server, state.weblog!.write, [weblog], sent),
    send(server, state.game!.write, cookieCats(firstDay), sent),
  ]);
  await keepForShop(keeper(server), firstDay);
  await keepForGame(keeper(server, await adminKeyOf(server, 'game')), firstDay);
  await drained(server);
  screen.line(
    `${grouped(events)} events of the past ${daysOfPast} days are in ${screen.faint(`(after ${seconds()})`)}`,
  );
  return keepState(directory, { ...state, filled: true });
}

/** With the id of what is there already, when a fill that broke off is made anew. */
function keeper(server: DemoServer, key?: string): Keep {
  return async (kinds, name, body) => {
    const path = `/api/v1/saved/${kinds}`;
    const { data } = await server.call<{ data: readonly { id: string; name: string }[] }>(
      'GET',
      path,
      undefined,
      key,
    );
    const known = data.find((each) => each.name === name);
    if (known !== undefined) return known.id;
    return (await server.call<{ data: { id: string } }>('POST', path, { name, body }, key)).data.id;
  };
}

async function adminKeyOf(server: DemoServer, project: string): Promise<string> {
  const wanted = { project, scope: 'admin', name: 'the demo' };
  return (await server.call<{ data: { key: string } }>('POST', '/api/v1/keys', wanted)).data.key;
}

/** Everything that was accepted is countable. */
async function drained(server: DemoServer): Promise<void> {
  for (const until = Date.now() + drainMsMax; Date.now() < until; await delay(50)) {
    const { queueLength } = await server.call<{ queueLength: number }>('GET', '/api/v1/queue');
    if (queueLength === 0) return;
    screen.progress(`Counting: ${grouped(queueLength)} events wait`, performance.now());
  }
}

/** Asks as a person would: with the command line. */
async function showFirstNumbers(server: DemoServer, { shop }: DemoState): Promise<void> {
  screen.line();
  const question = ['query', '--last', '30d', '--interval', 'week', '--key', shop.read, '--url', server.url];
  const asked = spawn(process.execPath, [program, ...question], {
    cwd: directory,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_'))),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(asked, 'exit');
  screen.line();
  screen.line(
    screen.faint(
      `The first numbers, ${seconds()} after the start. The shop is made up; the access log and the experiment are real.`,
    ),
  );
}

function showNextSteps(server: DemoServer, { shop, weblog, game }: DemoState): void {
  screen.line();
  screen.line(screen.strong('Ask it yourself, in another terminal:'));
  for (const [question, command] of nextSteps({
    url: server.url,
    shopKey: shop.read,
    weblogKey: weblog!.read,
    gameKey: game!.read,
  })) {
    screen.line();
    screen.line(`  ${question}`);
    screen.line(`    ${screen.strong(command)}`);
  }
  screen.line();
  screen.line('See it in the dashboard; this link signs you in, once:');
  screen.line(`  ${screen.strong(server.dashboardUrl)}`);
  screen.line();
  screen.line(
    `About ${rate} events a second come in from now on, busier than the past so that something moves. Ctrl-C ends it.`,
  );
}

async function live(server: DemoServer, state: DemoState): Promise<void> {
  const now = Date.now();
  const shop = new Shop({ seed: state.seed + now, name: `live-${now.toString(36)}`, visitsPerDay });
  const waiting = webLogEvents(midnight(state.filledUntil)).filter(
    ({ timestamp }) => timestamp >= state.filledUntil,
  );
  let events = 0;
  const sent = (count: number) => {
    events += count;
    screen.progress(screen.faint(`${grouped(events)} events since then`), performance.now());
  };
  await Promise.all([
    send(server, state.shop.write, liveShop(shop, rate, state.seed, stop.signal), sent),
    send(server, state.weblog!.write, liveReplay(waiting, stop.signal), sent),
  ]);
}

function send(
  server: DemoServer,
  key: string,
  groups: Iterable<readonly DemoEvent[]> | AsyncIterable<readonly DemoEvent[]>,
  sent: (events: number, reachedMs: number) => void,
): Promise<void> {
  return sendEvents(groups, { url: server.url, key, signal: stop.signal, sent });
}

async function ended(server: DemoServer): Promise<never> {
  throw new Error(`the server ended with ${await server.ended}`);
}

function midnight(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

function seconds(): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
