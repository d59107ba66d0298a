/** `millrace query`: asks a running server over HTTP and prints the answer as tables and sparklines, or as the JSON that came. */
import { Command, Option } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import type { Answer } from '../query/wire.ts';
import { answerText } from './answer-text.ts';
import { ask } from './ask.ts';
import { type CliContext, localUrl, print, UsageError } from './context.ts';
import { type FilterText, parseFilters } from './filter-text.ts';
import { parseRange } from './range.ts';

interface QueryOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly interval?: string;
  readonly by?: string;
  readonly limit?: string;
  readonly filter?: readonly FilterText[];
  readonly tz: string;
  readonly metrics: string;
  readonly bots: string;
  readonly exact?: true;
  readonly json?: true;
  readonly url?: string;
  readonly key?: string;
}

const intervals = ['15m', 'hour', 'day', 'week', 'month'];

export function queryCommand(context: CliContext): Command {
  const collect = (given: string, before: readonly string[] = []) => [...before, given];
  return new Command('query')
    .description('ask a running server how many, how many people, how much')
    .option('--from <time>', 'a date (from its begin) or a time; dates are read in --tz')
    .option('--to <time>', 'a date (to its end) or a time; now when left out')
    .option('--last <duration>', 'instead of --from: 90m, 24h, 7d, 4w (7d when nothing is said)')
    .addOption(new Option('-i, --interval <interval>', 'numbers over time').choices(intervals))
    .option('-b, --by <field>', 'grouped by a field: country, path, type, properties.plan …')
    .option('-l, --limit <groups>', 'how many groups to show (10)')
    .option('-f, --filter <filter>', 'only events that match; several must all match', collect)
    .option('--tz <zone>', 'time zone whose days are meant', 'UTC')
    .option('-m, --metrics <list>', 'of events, users, amount', 'events,users')
    .addOption(
      new Option('--bots <which>', 'events of bots')
        .choices(['exclude', 'include', 'only'])
        .default('exclude'),
    )
    .option('--exact', 'count people exactly, however long it takes')
    .option('--json', 'print the answer as JSON')
    .option('--url <url>', 'the server (MILLRACE_URL, else the one that PORT names)')
    .option('--key <key>', 'a read key (MILLRACE_READ_KEY)')
    .addHelpText('after', examples)
    .action((options: QueryOptions) => query(context, options));
}

const examples = `
Filters: country=DE  country!=DE  path^=/blog (begins with)  title~pricing (contains)  amount>=10  userId? (is there)
         !userId? (is not there), or a filter of the API as JSON: '{"or":[…]}'

Examples:
  millrace query --last 24h
  millrace query --from 2026-01-01 --to 2026-01-31 --interval day --tz Europe/Berlin
  millrace query --by country --limit 20 --filter type=pageview
  millrace query --metrics events,amount --by productId --last 4w`;

async function query(context: CliContext, options: QueryOptions): Promise<void> {
  const config = loadConfig(context.environment);
  const plan = planOf(options, context.now());
  const answer = (await ask({
    url: options.url ?? config.client.url ?? localUrl(config),
    key: keyOf(options, config),
    path: '/api/v1/query',
    body: plan,
  })) as Answer;
  const lines = options.json
    ? [JSON.stringify(answer, null, 2)]
    : answerText(answer, { ...plan, columnsMax: context.stdout.columns ?? 100 });
  print(context.stdout, ...lines);
}

/** The plan as the API takes it. What is wrong in it is said by the server, which knows every field. */
function planOf(options: QueryOptions, now: number) {
  const filters = parseFilters(options.filter ?? []);
  const limit = options.limit === undefined ? undefined : Number(options.limit);
  if (limit !== undefined && !Number.isInteger(limit)) throw new UsageError('--limit must be a whole number');
  if (limit !== undefined && options.by === undefined) throw new UsageError('--limit goes with --by');
  return {
    kind: options.interval === undefined ? ('summary' as const) : ('trend' as const),
    ...parseRange(options, now),
    timeZone: options.tz,
    bots: options.bots,
    metrics: options.metrics.split(',').map((each) => each.trim()),
    exact: options.exact === true,
    ...(options.interval !== undefined && { interval: options.interval }),
    ...(options.by !== undefined && { by: { field: options.by, ...(limit !== undefined && { limit }) } }),
    ...(filters !== undefined && { filter: filters }),
  };
}

function keyOf({ key }: QueryOptions, { keys }: Config): string {
  const found = key ?? keys.read ?? keys.admin;
  if (found === undefined) {
    throw new UsageError(
      'a read key is needed: set MILLRACE_READ_KEY, or make one with: millrace keys create read',
    );
  }
  return found;
}
