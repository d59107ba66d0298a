/** `millrace query`: asks a running server over HTTP and prints the answer as tables and sparklines, or as the JSON that came. */
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import type { Answer } from '../query/wire.ts';
import { type Asked, answerText } from './answer-text.ts';
import { ask, askForBytes, type Request } from './ask.ts';
import { type CliContext, localUrl, print, UsageError } from './context.ts';
import { streamTarget } from './export-target.ts';
import { type FilterText, parseFilters } from './filter-text.ts';
import { type PlanObject, readPlan, titleOf } from './plan-file.ts';
import { parseRange } from './range.ts';
import { readKey } from './read-key.ts';

interface QueryOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly interval?: string;
  readonly by?: readonly string[];
  readonly list?: true;
  readonly limit?: string;
  readonly filter?: readonly FilterText[];
  readonly tz: string;
  readonly metrics: string;
  readonly bots: string;
  readonly exact?: true;
  readonly json?: true;
  readonly format?: 'csv' | 'ndjson' | 'parquet' | 'arrow';
  readonly plan?: string;
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
    .option(
      '-b, --by <field>',
      'grouped by a field: country, path, properties.plan …; several (up to 4): together',
      collect,
    )
    .option('--list', 'the events themselves, newest first')
    .option('-l, --limit <groups>', 'how many groups (10), or events with --list (100), to show')
    .option('-f, --filter <filter>', 'only events that match; several must all match', collect)
    .option('--tz <zone>', 'time zone whose days are meant', 'UTC')
    .option('-m, --metrics <list>', 'of events, users, sessions, amount', 'events,users')
    .addOption(
      new Option('--bots <which>', 'events of bots')
        .choices(['exclude', 'include', 'only'])
        .default('exclude'),
    )
    .option('--exact', 'count people exactly, however long it takes')
    .addOption(
      new Option(
        '--plan <file>',
        'a whole question of any kind as JSON, - from standard input; see docs/questions.md',
      ).conflicts([
        'from',
        'to',
        'last',
        'interval',
        'by',
        'list',
        'limit',
        'filter',
        'tz',
        'metrics',
        'bots',
        'exact',
      ]),
    )
    .option('--json', 'print the answer as JSON')
    .addOption(
      new Option('--format <format>', 'write the answer as a table').choices([
        'csv',
        'ndjson',
        'parquet',
        'arrow',
      ]),
    )
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
  millrace query --metrics events,amount --by productId --last 4w
  millrace query --by country --by device --format csv > countries.csv
  millrace query --list --filter userId=ada --limit 20
  millrace query --plan funnel.json
  echo '{"kind": "retention", "period": "week", "range": "90d"}' | millrace query --plan -`;

async function query(context: CliContext, options: QueryOptions): Promise<void> {
  const config = loadConfig(context.environment);
  const { plan, asked } =
    options.plan === undefined
      ? askedInWords(options, context.now())
      : askedInFull(await readPlan(options.plan, context));
  const request = {
    url: options.url ?? config.client.url ?? localUrl(config),
    key: readKey(options, config),
    path: '/api/v1/query',
    body: plan,
  };
  if (options.format !== undefined) return write(context, request, options.format);
  const answer = (await ask(request)) as Answer;
  const lines = options.json
    ? [JSON.stringify(answer, null, 2)]
    : answerText(answer, {
        ...asked,
        columnsMax: context.stdout.columns ?? 100,
      });
  print(context.stdout, ...lines);
}

interface Question {
  readonly plan: object;
  /** What the answer does not say of the question. */
  readonly asked: Omit<Asked, 'columnsMax'>;
}

function askedInWords(options: QueryOptions, now: number): Question {
  const plan = planOf(options, now);
  const { from, to, timeZone, bots } = plan;
  const by = options.by && { by: { field: options.by[0]! } };
  return { plan, asked: { from, to, timeZone, bots, ...by } };
}

function askedInFull(plan: PlanObject): Question {
  const { timeZone, by } = plan;
  const field = typeof by === 'object' && by !== null && 'field' in by ? by.field : by;
  const asked = {
    title: titleOf(plan),
    timeZone: typeof timeZone === 'string' ? timeZone : 'UTC',
    ...(typeof field === 'string' && { by: { field } }),
  };
  return { plan, asked };
}

const acceptOf = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
} as const;

async function write(context: CliContext, request: Request, format: keyof typeof acceptOf): Promise<void> {
  const target = streamTarget(context.stdout);
  for await (const bytes of await askForBytes({ ...request, accept: acceptOf[format] })) {
    if (!(await target.write(bytes))) return;
  }
}

/** The plan as the API takes it. What is wrong in it is said by the server, which knows every field. */
function planOf(options: QueryOptions, now: number) {
  const filters = parseFilters(options.filter ?? []);
  const common = {
    ...parseRange(options, now),
    timeZone: options.tz,
    bots: options.bots,
    ...(filters !== undefined && { filter: filters }),
  };
  const limit = limitOf(options);
  if (options.list) {
    if (options.by !== undefined || options.interval !== undefined)
      throw new UsageError('--list goes with neither --by nor --interval');
    return { kind: 'events' as const, ...common, ...limit };
  }
  const numbers = {
    ...common,
    metrics: options.metrics.split(',').map((each) => each.trim()),
    exact: options.exact === true,
  };
  const { by = [], interval } = options;
  if (by.length > 1) {
    if (interval !== undefined) throw new UsageError('--interval goes with one --by');
    return { kind: 'breakdown' as const, ...numbers, by: by.map((field) => ({ field })), ...limit };
  }
  const grouped = { ...numbers, ...(by.length === 1 && { by: { field: by[0]!, ...limit } }) };
  return interval === undefined
    ? { kind: 'summary' as const, ...grouped }
    : { kind: 'trend' as const, ...grouped, interval };
}

function limitOf({ limit, by, list }: QueryOptions): { readonly limit?: number } {
  if (limit === undefined) return {};
  if (!Number.isInteger(Number(limit))) throw new UsageError('--limit must be a whole number');
  if (by === undefined && !list) throw new UsageError('--limit goes with --by or --list');
  return { limit: Number(limit) };
}
