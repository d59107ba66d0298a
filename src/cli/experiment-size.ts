/** `millrace experiment size`: what an experiment needs before it starts. Asks nothing and nobody. */
import { Command } from 'commander';
import { isFailure } from '../errors.ts';
import { planSize, type SizeOption, sizeDefaults, sizeOptions } from '../experiment/plan-size.ts';
import { type CliContext, print, UsageError } from './context.ts';

interface SizeCommandOptions extends Partial<Record<SizeOption, string>> {
  readonly json?: true;
}

const examples = `
Examples:
  millrace experiment size --rate 0.1 --lift 0.05 --per-day 10000
  millrace experiment size --rate 0.1 --per-day 5000 --days 14     what lift can be seen in two weeks
  millrace experiment size --mean 5.2 --deviation 21 --lift 0.1    money per user`;

export function experimentSizeCommand(context: CliContext): Command {
  const size = new Command('size')
    .description('how many users, and how many days, an experiment needs')
    .addHelpText('after', examples);
  for (const [name, doc] of Object.entries(sizeOptions) as [SizeOption, string][]) {
    const fallback = sizeDefaults[name];
    size.option(`--${dashed(name)} <number>`, fallback === undefined ? doc : `${doc} (default: ${fallback})`);
  }
  return size
    .option('--json', 'print JSON')
    .action((options: SizeCommandOptions) => printSize(context, options));
}

function printSize({ stdout }: CliContext, { json, ...options }: SizeCommandOptions): void {
  try {
    const size = planSize(options);
    print(
      stdout,
      json ? JSON.stringify(size, null, 2) : `${size.text[0]!.toUpperCase()}${size.text.slice(1)}.`,
    );
  } catch (error) {
    throw isFailure(error) ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** perDay as per-day. */
const dashed = (name: string) => name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
