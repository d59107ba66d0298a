/**
 * Runs one command line: finds the command, prints an error as one line, gives the exit code. 0: done; 1: it failed; 2: what was
 * typed or set cannot be done; 3: done, but not all of it could be taken.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { isFailure } from '../errors.ts';
import type { Environment } from '../settings.ts';
import { backfillCommand } from './backfill.ts';
import { backupCommand } from './backup.ts';
import { type CliContext, exitCodes, PartlyDone, print, UsageError } from './context.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { doctorCommand } from './doctor.ts';
import { experimentCommand } from './experiment.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { keysCommand } from './keys.ts';
import { maintainCommand } from './maintain.ts';
import { moveCommand } from './move.ts';
import { projectsCommand } from './projects.ts';
import { queryCommand } from './query.ts';
import { restoreCommand } from './restore.ts';
import { savedCommand } from './saved.ts';
import { serveCommand } from './serve.ts';
import { sharesCommand } from './shares.ts';
import { usersCommand } from './users.ts';
import { verifyLogCommand } from './verify-log.ts';

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** `environment` is read inside, so that an unreadable one is reported like any other error. */
export async function runCli(
  args: readonly string[],
  outside: Omit<CliContext, 'environment'> & { readonly environment: () => Environment },
): Promise<number> {
  try {
    const context: CliContext = { ...outside, environment: outside.environment() };
    await program(context).parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return exitCodeOf(error, outside);
  }
}

function program(context: CliContext): Command {
  const all = new Command('millrace')
    .description('Event analytics that never loses or doubles an acknowledged event.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      '\nSettings are environment variables or a .env file: docs/config.md.\nThe fastest start: millrace serve',
    );
  for (const command of [
    serveCommand,
    queryCommand,
    experimentCommand,
    importCommand,
    exportCommand,
    keysCommand,
    projectsCommand,
    savedCommand,
    sharesCommand,
    usersCommand,
    deadLettersCommand,
    doctorCommand,
    maintainCommand,
    backfillCommand,
    backupCommand,
    restoreCommand,
    moveCommand,
    verifyLogCommand,
  ]) {
    all.addCommand(command(context));
  }
  configure(all, context);
  return all;
}

/** Commander prints where we say and throws instead of ending the process; subcommands do not inherit that once they are made. */
function configure(command: Command, context: CliContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'millrace: ')),
    getOutHelpWidth: () => context.stdout.columns ?? 100,
    getErrHelpWidth: () => context.stderr.columns ?? 100,
  });
  for (const each of command.commands) configure(each, context);
}

function exitCodeOf(error: unknown, { stderr }: Pick<CliContext, 'stderr'>): number {
  // commander has printed already; its help and version arrive here with exit code 0
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  print(stderr, `millrace: ${error instanceof Error ? firstLine(error.message) : String(error)}`);
  if (error instanceof PartlyDone) return exitCodes.partly;
  const usage = error instanceof UsageError || (isFailure(error) && error.code.startsWith('setting_'));
  return usage ? exitCodes.usage : exitCodes.failed;
}

const firstLine = (text: string) => text.split('\n', 1)[0]!;
