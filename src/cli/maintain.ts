/** `millrace maintain`: compares or rebuilds rollups, runs retention; on the running server, or on a directory that none has. */
import { Command } from 'commander';
import type { ExpiryReport, Maintenance } from '../operations/maintenance.ts';
import {
  askServer,
  onServerOrClosed,
  type Server,
  type ServerOptions,
  withClosedHouse,
  withServerOptions,
} from './admin.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { grouped, printable } from './table.ts';

interface MaintainOptions extends ServerOptions {
  readonly verifyRollups?: true;
  readonly rebuildRollups?: true | readonly string[];
  readonly retention?: true;
  readonly json?: true;
}

interface Found {
  verified?: {
    readonly total: number;
    readonly differences: readonly { readonly day: string; readonly detail: string }[];
  };
  rebuilt?: { readonly days: number };
  retention?: ExpiryReport;
}

const shownMax = 20;

export function maintainCommand(context: CliContext): Command {
  return withServerOptions(
    new Command('maintain')
      .description('compare or rebuild rollups, remove what is past its time')
      .option('--verify-rollups', 'compare all rollups with the rows; ends with 1 when they differ')
      .option(
        '--rebuild-rollups [days...]',
        'make rollups anew from the rows: all, or these days (2026-01-31)',
      )
      .option('--retention', 'remove events older than MILLRACE_RETENTION_DAYS now')
      .option('--json', 'print JSON'),
  )
    .addHelpText(
      'after',
      '\nRebuilding and verifying lose nothing and may be broken off. The server runs retention once an hour by itself.\nWith several of them: rebuild first, then retention, then verify.',
    )
    .action((options: MaintainOptions) => maintain(context, options));
}

async function maintain(context: CliContext, options: MaintainOptions): Promise<void> {
  if (!options.verifyRollups && !options.rebuildRollups && !options.retention)
    throw new UsageError('say what to do: --verify-rollups, --rebuild-rollups, --retention');
  const found = await onServerOrClosed(
    context,
    options,
    (server) => work(options, remote(server)),
    (config) => withClosedHouse(config, ({ maintenance }) => work(options, local(maintenance))),
  );
  if (options.json) print(context.stdout, JSON.stringify(found, null, 2));
  else print(context.stdout, ...foundText(found));
  if (found.verified && found.verified.total > 0)
    throw new Error('rollups differ from the rows; millrace maintain --rebuild-rollups makes them anew');
}

interface Worker {
  rebuild(days: readonly string[] | undefined): Promise<NonNullable<Found['rebuilt']>>;
  retention(): Promise<ExpiryReport>;
  verify(): Promise<NonNullable<Found['verified']>>;
}

async function work(options: MaintainOptions, worker: Worker): Promise<Found> {
  const found: Found = {};
  const { rebuildRollups } = options;
  if (rebuildRollups)
    found.rebuilt = await worker.rebuild(rebuildRollups === true ? undefined : rebuildRollups);
  if (options.retention) found.retention = await worker.retention();
  if (options.verifyRollups) found.verified = await worker.verify();
  return found;
}

function remote(server: Server): Worker {
  const order = async (name: string, body: object) =>
    ((await askServer(server, `/api/v1/maintenance/${name}`, body)) as { data: unknown }).data;
  return {
    rebuild: async (days) => (await order('rebuild-rollups', days ? { days } : {})) as { days: number },
    retention: async () => (await order('retention', {})) as ExpiryReport,
    verify: async () => (await order('verify-rollups', {})) as NonNullable<Found['verified']>,
  };
}

function local(maintenance: Maintenance): Worker {
  return {
    rebuild: async (days) => ({ days: await maintenance.rebuildRollups(days) }),
    retention: () => maintenance.expire(),
    verify: async () => {
      const differences = await maintenance.verifyRollups();
      return { total: differences.length, differences };
    },
  };
}

function foundText({ rebuilt, retention, verified }: Found): string[] {
  const lines: string[] = [];
  if (rebuilt) lines.push(`the rollups of ${grouped(rebuilt.days)} days are made anew`);
  if (retention)
    lines.push(`${grouped(retention.expired)} events from before ${retention.before} are removed`);
  if (verified === undefined) return lines;
  if (verified.total === 0) return [...lines, 'rollups equal the rows on every day'];
  const shown = verified.differences.slice(0, shownMax);
  lines.push(
    `${grouped(verified.total)} differences:`,
    ...shown.map(({ day, detail }) => `  ${day}  ${printable(detail, 200)}`),
  );
  if (verified.total > shown.length) lines.push('  …');
  return lines;
}
