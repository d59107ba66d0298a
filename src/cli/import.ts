/** `millrace import`: logs, NDJSON, CSV and Parquet into a running server over HTTP, with a write key. */
import { Command, Option } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { isFailure } from '../errors.ts';
import { formats } from '../import/format.ts';
import { Import, type ImportOptions } from '../import/import.ts';
import { type CliContext, localUrl, PartlyDone, print, UsageError } from './context.ts';
import { ImportScreen, summaryOf } from './import-screen.ts';

interface Options {
  readonly format?: ImportOptions['format'];
  readonly map?: readonly string[];
  readonly set?: readonly string[];
  readonly delimiter?: string;
  readonly timeUnit: ImportOptions['timeUnit'];
  readonly encoding: 'utf8' | 'latin1';
  readonly visitor: ImportOptions['visitor'];
  readonly site: string;
  readonly source?: string;
  readonly rejects?: string;
  readonly fromLine: string;
  readonly strict?: true;
  readonly patience: string;
  readonly url?: string;
  readonly key?: string;
  readonly json?: true;
}

export function importCommand(context: CliContext): Command {
  const collect = (given: string, before: readonly string[] = []) => [...before, given];
  return new Command('import')
    .description('send access logs, NDJSON, CSV or Parquet to a running server')
    .argument('<files...>', 'packed with gzip or zstd or not; - is standard input')
    .addOption(new Option('--format <format>', 'when neither name nor content say it').choices([...formats]))
    .option('--map <pairs>', 'field=column between commas, for CSV, Parquet and NDJSON', collect)
    .option('--set <field=value>', 'a field that is the same in all; may be repeated', collect)
    .option('--delimiter <character>', 'of CSV; else the one that the header has most of')
    .addOption(
      new Option('--time-unit <unit>', 'of timestamps that are numbers, with CSV, Parquet or --map')
        .choices(['s', 'ms', 'us'])
        .default('ms'),
    )
    .addOption(new Option('--encoding <encoding>', 'of text').choices(['utf8', 'latin1']).default('utf8'))
    .addOption(
      new Option('--visitor <who>', 'what tells visitors of a log apart; address keeps it as their id')
        .choices(['address', 'address+agent'])
        .default('address+agent'),
    )
    .option('--site <url>', 'stands before the paths of a log: https://www.example.com', '')
    .addOption(
      new Option('--source <source>', 'the same as --set source=…').choices(['web', 'mobile', 'server']),
    )
    .option('--rejects <file>', 'where rejected lines go (FILE.rejected.ndjson)')
    .option('--from-line <line>', 'send nothing of the lines before it (a Parquet file: rows)', '1')
    .option('--strict', 'stop at the first rejected line')
    .option('--patience <seconds>', 'how long a server that is busy or away is tried again', '600')
    .option('--url <url>', 'the server (MILLRACE_URL, else the one that PORT names)')
    .option('--key <key>', 'a write key of the project (MILLRACE_WRITE_KEY)')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', help)
    .action((files: readonly string[], options: Options) => importFiles(context, files, options));
}

const help = `
Running it twice. An event without an eventId gets one made of its line and of how often that line has occurred before in the file, so a
second run of the same file, also after a kill or beside the first, changes nothing. That holds as far as the server remembers ids:
for 24 hours or 10 million later events of a partition, whichever comes first. Beyond that, a second run COUNTS TWICE. To go
on with a file that is larger, begin 4,000 lines before the last number of rows that was shown: --from-line.
Ids depend on the line alone for the first 3 million different lines of a file, and on all lines before it after that. With CSV, Parquet
and --map they depend on the mapping too: another mapping of the same row is another event.

Rejected lines are counted and kept with line number and reason, and cost no other line.
Ends with 0: all taken; 3: all read, some lines rejected; 1: stopped before the end; 2: what was typed cannot be done.

Without --map, columns are used that are named like fields (user_id is userId), properties.NAME, and properties as JSON.

Examples:
  millrace import access.log.gz --site https://www.example.com
  zstd -dc events.ndjson.zst | millrace import - --format ndjson
  millrace import orders.csv --map timestamp=ts,userId=uid,amount=total,properties.plan=plan --set type=purchase --set currency=EUR`;

/** Errors: UsageError; PartlyDone, when lines were rejected; those of the import. */
async function importFiles(context: CliContext, files: readonly string[], given: Options): Promise<void> {
  const config = loadConfig(context.environment);
  const options = optionsOf(context, config, files, given);
  const startedAt = performance.now();
  const screen = new ImportScreen(context.stderr, () => performance.now());
  let stopped: unknown;
  try {
    const running = new Import({ ...options, onNote: (text) => screen.note(text) });
    await checkServer(options.client.url);
    screen.watch(running);
    try {
      await running.run();
    } catch (error) {
      // what was typed cannot be done, so nothing was
      if (isUsage(error)) throw error;
      stopped = error;
    }
    screen.close();
    const summary = summaryOf(running, (performance.now() - startedAt) / 1000);
    print(context.stdout, ...(given.json ? [JSON.stringify(summary.data)] : summary.lines));
    if (stopped !== undefined) throw stopped;
    if (running.progress.rejected > 0)
      throw new PartlyDone(`rejected lines are in ${running.rejectFiles.join(', ')}`);
  } catch (error) {
    throw isUsage(error) ? new UsageError(error.message) : error;
  } finally {
    screen.close();
  }
}

/** What was typed cannot be done: a file that is not there, a mapping that fits no column, an address that is none. */
const isUsage = (error: unknown): error is Error =>
  isFailure(error, 'import_option_invalid') ||
  (error instanceof Error && 'code' in error && error.code === 'options_invalid');

function optionsOf(
  context: CliContext,
  config: Config,
  files: readonly string[],
  given: Options,
): Omit<ImportOptions, 'onNote'> {
  const key = given.key ?? config.keys.write;
  if (key === undefined)
    throw new UsageError(
      'a write key is needed: set MILLRACE_WRITE_KEY, or make one with: millrace keys create write',
    );
  if (given.rejects !== undefined && files.length > 1) throw new UsageError('--rejects goes with one file');
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('- can be named once');
  if (given.site !== '' && !/^https?:\/\/[^\s/]+$/.test(given.site))
    throw new UsageError(`--site must look like https://www.example.com, but is ${given.site}`);
  if (given.delimiter !== undefined && given.delimiter.length !== 1)
    throw new UsageError('--delimiter must be one character');
  return {
    inputs: files,
    standardInput: context.stdin,
    client: {
      url: given.url ?? config.client.url ?? localUrl(config),
      key,
      giveUpAfterMs: patienceMs(given),
    },
    format: given.format,
    map: given.map ?? [],
    set: [...(given.set ?? []), ...(given.source === undefined ? [] : [`source=${given.source}`])],
    timeUnit: given.timeUnit,
    delimiter: given.delimiter,
    isLatin1: given.encoding === 'latin1',
    visitor: given.visitor,
    site: given.site,
    fromLine: fromLineOf(files, given),
    isStrict: given.strict === true,
    rejectsPath: (input) => given.rejects ?? `${input === '-' ? 'stdin' : input}.rejected.ndjson`,
    unique: String(process.pid),
  };
}

function fromLineOf(files: readonly string[], { fromLine }: Options): number {
  const line = Number(fromLine);
  if (!Number.isSafeInteger(line) || line < 1)
    throw new UsageError(`--from-line must be a whole number from 1 up, but is ${fromLine}`);
  if (line > 1 && files.length > 1) throw new UsageError('--from-line goes with one file');
  return line;
}

function patienceMs({ patience }: Options): number {
  const seconds = Number(patience);
  if (!(seconds > 0)) throw new UsageError(`--patience must be a number of seconds, but is ${patience}`);
  return seconds * 1000;
}

/** A server that goes away later is waited for; one that was never there is a slip, and said at once. */
async function checkServer(url: string): Promise<void> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/health`, {
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    const reason = 'code' in cause ? String(cause.code) : cause.message;
    throw new Error(
      `no server answers at ${url} (${reason}); start one with: millrace serve, or say where it is with --url or MILLRACE_URL`,
      { cause: error },
    );
  }
}
