/** `millrace doctor`: every check on one line, what to do below it; ends with 1 when one failed. */
import { Command } from 'commander';
import type { Check, DoctorReport } from '../operations/doctor.ts';
import {
  askServer,
  onServerOrClosed,
  type ServerOptions,
  withClosedHouse,
  withServerOptions,
} from './admin.ts';
import { type CliContext, colored, print } from './context.ts';
import { printable } from './table.ts';

interface DoctorCliOptions extends ServerOptions {
  readonly json?: true;
}

export function doctorCommand(context: CliContext): Command {
  return withServerOptions(
    new Command('doctor')
      .description('look whether everything is as it should be, and say what to do')
      .option('--json', 'print JSON'),
  )
    .addHelpText(
      'after',
      '\nAsks the running server; without one it opens the data directory itself, and changes nothing in it.\nEnds with 1 when a check failed; warnings end with 0.',
    )
    .action((options: DoctorCliOptions) => examine(context, options));
}

async function examine(context: CliContext, options: DoctorCliOptions): Promise<void> {
  const report = await onServerOrClosed<DoctorReport>(
    context,
    options,
    async (server) => (await askServer(server, '/api/v1/doctor')) as DoctorReport,
    (config) => withClosedHouse(config, ({ doctor }) => doctor.examine()),
  );
  if (options.json) print(context.stdout, JSON.stringify(report, null, 2));
  else print(context.stdout, ...reportText(report, colored(context.stdout, context.environment)));
  const failed = report.checks.filter(({ status }) => status === 'failed').length;
  if (failed > 0) throw new Error(`${failed} of ${report.checks.length} checks failed`);
}

const colors: Readonly<Record<Check['status'], number>> = { ok: 32, warning: 33, failed: 31 };
const detailCharactersMax = 300;

export function reportText({ checks, status }: DoctorReport, inColor: boolean): string[] {
  const lines = checks.flatMap(({ name, status, detail, advice }) => {
    const word = status.padEnd(7);
    const shown = inColor ? `\u001b[${colors[status]}m${word}\u001b[0m` : word;
    const line = `${shown}  ${name.padEnd(10)}  ${printable(detail, detailCharactersMax)}`;
    return advice === '' ? [line] : [line, `${' '.repeat(21)}→ ${advice}`];
  });
  const warnings = checks.filter((check) => check.status === 'warning').length;
  if (status === 'ok') lines.push('', 'everything is as it should be');
  else if (status === 'warning') lines.push('', `nothing failed; ${warnings} to look at`);
  return lines;
}
