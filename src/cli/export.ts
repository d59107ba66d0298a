/**
 * `millrace export`: all events that are asked for, from a running server to a file or to stdout. A connection that breaks
 * is made again after the last whole event; a file that an earlier run left is continued with --resume.
 */
import { createReadStream, existsSync } from 'node:fs';
import { open, rename, truncate } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { askForBytes, Refused } from './ask.ts';
import { type CliContext, localUrl, print, UsageError } from './context.ts';
import { type ExportTarget, fileTarget, streamTarget } from './export-target.ts';
import { parseFilters } from './filter-text.ts';
import { parseRange } from './range.ts';
import { readKey } from './read-key.ts';
import { grouped } from './table.ts';
import { WholeRecords } from './whole-records.ts';

interface ExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly filter?: readonly string[];
  readonly tz: string;
  readonly bots: string;
  readonly format: 'ndjson' | 'csv' | 'parquet' | 'arrow';
  readonly output?: string;
  readonly resume?: true;
  readonly url?: string;
  readonly key?: string;
}

/** Tries in a row that brought no event. */
const attemptsMax = 8;
const retryDelayMsMin = 250;
const retryDelayMsMax = 8_000;
const terminalIntervalMs = 200;
const lineIntervalMs = 10_000;

export function exportCommand(context: CliContext): Command {
  const collect = (given: string, before: readonly string[] = []) => [...before, given];
  return new Command('export')
    .description('write the raw events to a file or stdout, oldest first')
    .option('--from <time>', 'a date (from its begin) or a time; everything when left out')
    .option('--to <time>', 'a date (to its end) or a time')
    .option('--last <duration>', 'instead of --from: 90m, 24h, 7d, 4w')
    .option('-f, --filter <filter>', 'only events that match; several must all match', collect)
    .option('--tz <zone>', 'time zone whose days are meant', 'UTC')
    .addOption(
      new Option('--bots <which>', 'events of bots')
        .choices(['exclude', 'include', 'only'])
        .default('include'),
    )
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['ndjson', 'csv', 'parquet', 'arrow'])
        .default('ndjson'),
    )
    .option('-o, --output <file>', 'where to write (stdout)')
    .option('--resume', 'go on after the last whole event of the file')
    .option('--url <url>', 'the server (MILLRACE_URL, else the one that PORT names)')
    .option('--key <key>', 'a read key (MILLRACE_READ_KEY)')
    .addHelpText('after', examples)
    .action((options: ExportOptions) => exportEvents(context, options));
}

const examples = `
All events are meant, bots included, unless you say otherwise. NDJSON can be imported elsewhere and gives the same answers there.
In CSV, cells that a spreadsheet would take for a formula begin with '.

Examples:
  millrace export -o events.ndjson
  millrace export -o events.ndjson --resume
  millrace export --from 2026-01-01 --to 2026-01-31 --format parquet -o january.parquet
  millrace export --last 24h --filter type=purchase --format csv | head`;

async function exportEvents(context: CliContext, options: ExportOptions): Promise<void> {
  const config = loadConfig(context.environment);
  const server = {
    url: options.url ?? config.client.url ?? localUrl(config),
    key: readKey(options, config),
  };
  const parameters = parametersOf(options, context.now());
  const ask = (after?: string) => {
    const query = new URLSearchParams({ ...parameters, ...(after !== undefined && { after }) });
    return askForBytes({ ...server, path: `/api/v1/export?${query}`, body: undefined });
  };
  if (isWhole(options.format)) return exportWhole(context, options, ask);
  const records = new WholeRecords(options.format, true);
  const target = await openTarget(context, options, records);
  const stopShowing = showProgress(context, records, target);
  try {
    await follow(ask, records, target, records.lastEventId());
    await target.close();
  } finally {
    stopShowing();
  }
  if (target.isFile) print(context.stderr, `${grouped(records.events)} events are in ${options.output}`);
}

const isWhole = (format: ExportOptions['format']): format is 'parquet' | 'arrow' =>
  format === 'parquet' || format === 'arrow';

type Ask = (after?: string) => Promise<AsyncIterable<Uint8Array>>;

/** Asks until the end was reached, each time after the last event that is written. */
async function follow(
  ask: Ask,
  records: WholeRecords,
  target: ExportTarget,
  first: string | undefined,
): Promise<void> {
  let after = first;
  for (let failures = 0; ; ) {
    const before = records.events;
    try {
      for await (const chunk of await ask(after)) {
        if (!(await target.write(records.push(chunk)))) return;
      }
      return;
    } catch (error) {
      records.dropPart();
      after = records.lastEventId();
      failures = records.events > before ? 1 : failures + 1;
      // a first request that fails is wrong; a later one has lost its server, which may come back
      const isFirst = records.events === 0;
      const isFinal = error instanceof Refused && !error.isTemporary;
      if (isFirst || isFinal || failures > attemptsMax) throw error;
      await delay(Math.min(retryDelayMsMin * 2 ** failures, retryDelayMsMax));
    }
  }
}

/** These files are whole or nothing: no last line says how far one came. */
async function exportWhole(context: CliContext, { output }: ExportOptions, ask: Ask): Promise<void> {
  if (output === undefined) {
    const target = streamTarget(context.stdout);
    for await (const chunk of await ask()) if (!(await target.write(chunk))) return;
    return;
  }
  refuseExisting(output);
  const part = `${output}.part`;
  const target = await fileTarget(await open(part, 'w'));
  for await (const chunk of await ask()) await target.write(chunk);
  await target.close();
  await rename(part, output);
  print(context.stderr, `the events are in ${output}`);
}

async function openTarget(
  context: CliContext,
  { output, resume }: ExportOptions,
  records: WholeRecords,
): Promise<ExportTarget> {
  if (output === undefined) {
    if (resume) throw new UsageError('--resume goes with --output');
    return streamTarget(context.stdout);
  }
  if (resume && existsSync(output)) {
    for await (const chunk of createReadStream(output)) records.push(chunk as Buffer);
    records.dropPart();
    await truncate(output, records.bytes);
    return fileTarget(await open(output, 'a'));
  }
  refuseExisting(output);
  return fileTarget(await open(output, 'wx'));
}

function refuseExisting(output: string): void {
  if (existsSync(output))
    throw new UsageError(`${output} is there already; --resume goes on with it (not with Parquet)`);
}

function parametersOf(options: ExportOptions, now: number): Record<string, string> {
  const filter = parseFilters(options.filter ?? []);
  const hasRange = options.from !== undefined || options.last !== undefined || options.to !== undefined;
  if (options.resume && (options.last !== undefined || isWhole(options.format)))
    throw new UsageError('--resume needs the same range as before (not --last), and no Parquet or Arrow');
  return {
    format: options.format,
    bots: options.bots,
    timeZone: options.tz,
    ...(hasRange && rangeOf(options, now)),
    ...(filter !== undefined && { filter: JSON.stringify(filter) }),
  };
}

/** The route includes `to` to the millisecond; a range of the command line ends before it. */
function rangeOf(options: ExportOptions, now: number): Record<string, string> {
  const open = options.from === undefined && options.last === undefined;
  const { from, to } = parseRange(open ? { ...options, from: '1900-01-01' } : options, now);
  return { from, to: new Date(Date.parse(to) - 1).toISOString() };
}

/** Gives the function that ends it. */
function showProgress({ stderr }: CliContext, records: WholeRecords, target: ExportTarget): () => void {
  const isTerminal = stderr.isTTY === true;
  if (!target.isFile && isTerminal) return () => {};
  const startedAt = performance.now();
  const first = records.events;
  const show = () => {
    const rate = ((records.events - first) * 1000) / (performance.now() - startedAt);
    const text = `${grouped(records.events)} events, ${grouped(Math.round(records.bytes / 1e6))} MB, ${grouped(Math.round(rate))}/s`;
    stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
  };
  const timer = setInterval(show, isTerminal ? terminalIntervalMs : lineIntervalMs);
  return () => {
    clearInterval(timer);
    if (isTerminal) stderr.write('\r\u001b[K');
  };
}
