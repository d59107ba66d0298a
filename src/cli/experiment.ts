/** `millrace experiment`: plan one (`size`), and read one (`show`): its verdicts in words, then the numbers. */
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import type { Answer } from '../query/wire.ts';
import { answerText } from './answer-text.ts';
import { ask } from './ask.ts';
import { type CliContext, localUrl, print } from './context.ts';
import { experimentSizeCommand } from './experiment-size.ts';
import { parseRange } from './range.ts';
import { readKey } from './read-key.ts';

interface ShowOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last: string;
  readonly tz: string;
  readonly goal?: readonly string[];
  readonly control?: string;
  readonly money?: true;
  readonly sessions?: true;
  readonly mixed?: true;
  readonly bots: string;
  readonly json?: true;
  readonly url?: string;
  readonly key?: string;
}

export function experimentCommand(context: CliContext): Command {
  const collect = (given: string, before: readonly string[] = []) => [...before, given];
  const experiment = new Command('experiment').description('plan experiments, and read their results');
  experiment
    .command('show')
    .description('what an experiment shows, in words and numbers; asks a running server')
    .argument('<experiment>', 'its experimentId')
    .option('--from <time>', 'when it began: a date or a time; dates are read in --tz')
    .option('--to <time>', 'a date (to its end) or a time; now when left out')
    .option('--last <duration>', 'instead of --from: 24h, 7d, 4w (30d when nothing is said)')
    .option('--tz <zone>', 'time zone whose days are meant', 'UTC')
    .option('-g, --goal <goal>', 'only this goal (properties.goal); may be given again', collect)
    .option('--control <variant>', 'the variant that the others are compared with')
    .option('--money', 'amounts, too')
    .option('--sessions', 'count sessions instead of users')
    .option('--mixed', 'count users who saw several variants for each of them, instead of leaving them out')
    .addOption(
      new Option('--bots <which>', 'events of bots')
        .choices(['exclude', 'include', 'only'])
        .default('exclude'),
    )
    .option('--json', 'print the answer as JSON')
    .option('--url <url>', 'the server (MILLRACE_URL, else the one that PORT names)')
    .option('--key <key>', 'a read key (MILLRACE_READ_KEY)')
    .action((id: string, options: ShowOptions) => show(context, id, options));
  experiment.addCommand(experimentSizeCommand(context));
  return experiment;
}

async function show(context: CliContext, experiment: string, options: ShowOptions): Promise<void> {
  const config = loadConfig(context.environment);
  const last = options.from === undefined ? { last: options.last ?? '30d' } : {};
  const range = parseRange({ ...options, ...last }, context.now());
  const plan = {
    kind: 'experiment',
    experiment,
    ...range,
    timeZone: options.tz,
    bots: options.bots,
    per: options.sessions ? 'session' : 'user',
    money: options.money === true,
    includeMixed: options.mixed === true,
    ...(options.goal && { goals: options.goal }),
    ...(options.control !== undefined && { control: options.control }),
  };
  const answer = (await ask({
    url: options.url ?? config.client.url ?? localUrl(config),
    key: readKey(options, config),
    path: '/api/v1/query',
    body: plan,
  })) as Answer;
  const asked = {
    ...range,
    timeZone: options.tz,
    bots: options.bots,
    columnsMax: context.stdout.columns ?? 100,
  };
  print(context.stdout, ...(options.json ? [JSON.stringify(answer, null, 2)] : answerText(answer, asked)));
}
