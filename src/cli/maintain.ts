/** `millrace maintain`: keeps the store in shape, for schedules and people; on the running server, or on a directory that none has. */
import { Command } from 'commander';
import type { ExpiryReport, Maintenance, UpkeepTasks } from '../operations/maintenance.ts';
import {
  askServer,
  onServerOrClosed,
  type Server,
  type ServerOptions,
  withClosedHouse,
  withServerOptions,
} from './admin.ts';
import { type CliContext, print } from './context.ts';
import { grouped, printable } from './table.ts';

interface MaintainOptions extends ServerOptions {
  readonly createPartitions: boolean;
  readonly refreshViews: boolean;
  readonly analyze: boolean;
  readonly vacuum?: true;
  readonly dropOldPartitions?: true;
  readonly verifyRollups?: true;
  readonly rebuildRollups?: true | readonly string[];
  readonly retention?: true;
  readonly json?: true;
}

/** Null: the store sees to it by itself. */
type Upkeep = NonNullable<Awaited<ReturnType<Maintenance['upkeep']>>> | null;

interface Found {
  upkeep?: Upkeep;
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
      .description(
        'keep the store in shape: partitions ahead, views, statistics; remove what is past its time',
      )
      .option('--no-create-partitions', 'make no partitions of the next twelve months')
      .option('--no-refresh-views', 'leave the rollups behind views and answers as they are')
      .option('--no-analyze', "leave the planner's statistics as they are")
      .option('--vacuum', 'also give the room of removed rows back')
      .option('--drop-old-partitions', 'also remove events older than MILLRACE_RETENTION_DAYS')
      .option('--verify-rollups', 'compare all rollups with the rows; ends with 1 when they differ')
      .option(
        '--rebuild-rollups [days...]',
        'make rollups anew from the rows: all, or these days (2026-01-31)',
      )
      .option('--retention', 'only remove events older than MILLRACE_RETENTION_DAYS')
      .option('--json', 'print JSON'),
  )
    .addHelpText(
      'after',
      '\nAll of it may be broken off, run twice, and run at once from several machines. A server does by itself what is needed, unless MILLRACE_MAINTENANCE is false: then let cron run this.\n--verify-rollups, --rebuild-rollups and --retention do that alone, without the partitions, views and statistics.\nWith several of them: rebuild first, then maintain, then retention, then verify.',
    )
    .action((options: MaintainOptions) => maintain(context, options));
}

async function maintain(context: CliContext, options: MaintainOptions): Promise<void> {
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
  upkeep(tasks: UpkeepTasks): Promise<Upkeep>;
  rebuild(days: readonly string[] | undefined): Promise<NonNullable<Found['rebuilt']>>;
  retention(): Promise<ExpiryReport>;
  verify(): Promise<NonNullable<Found['verified']>>;
}

async function work(options: MaintainOptions, worker: Worker): Promise<Found> {
  const found: Found = {};
  const { rebuildRollups } = options;
  if (rebuildRollups)
    found.rebuilt = await worker.rebuild(rebuildRollups === true ? undefined : rebuildRollups);
  const tasks = upkeepOf(options);
  if (tasks !== undefined) found.upkeep = await worker.upkeep(tasks);
  if (options.retention || options.dropOldPartitions) found.retention = await worker.retention();
  if (options.verifyRollups) found.verified = await worker.verify();
  return found;
}

/** Undefined: only something else was ordered. */
function upkeepOf(options: MaintainOptions): UpkeepTasks | undefined {
  const { createPartitions, refreshViews, analyze, vacuum = false, dropOldPartitions } = options;
  const asked = vacuum || dropOldPartitions || !createPartitions || !refreshViews || !analyze;
  const other = options.verifyRollups || options.rebuildRollups || options.retention;
  if (other && !asked) return undefined;
  const tasks = { createPartitions, refreshViews, analyze, vacuum };
  return Object.values(tasks).includes(true) ? tasks : undefined;
}

function remote(server: Server): Worker {
  const order = async (name: string, body: object) =>
    ((await askServer(server, `/api/v1/maintenance/${name}`, body)) as { data: unknown }).data;
  return {
    rebuild: async (days) => (await order('rebuild-rollups', days ? { days } : {})) as { days: number },
    upkeep: async (tasks) => (await order('upkeep', tasks)) as Upkeep,
    retention: async () => (await order('retention', {})) as ExpiryReport,
    verify: async () => (await order('verify-rollups', {})) as NonNullable<Found['verified']>,
  };
}

function local(maintenance: Maintenance): Worker {
  return {
    rebuild: async (days) => ({ days: await maintenance.rebuildRollups(days) }),
    upkeep: async (tasks) => (await maintenance.upkeep(tasks)) ?? null,
    retention: () => maintenance.expire(),
    verify: async () => {
      const differences = await maintenance.verifyRollups();
      return { total: differences.length, differences };
    },
  };
}

function foundText({ upkeep, rebuilt, retention, verified }: Found): string[] {
  const lines: string[] = [];
  if (rebuilt) lines.push(`the rollups of ${grouped(rebuilt.days)} days are made anew`);
  if (upkeep !== undefined) lines.push(...upkeepText(upkeep));
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

function upkeepText(upkeep: Upkeep): string[] {
  if (upkeep === null) return ['this store keeps itself in shape'];
  const { partitionsMade, expired, partitions } = upkeep;
  const lines = [`${grouped(partitionsMade)} partitions are made`];
  // over HTTP there is no Infinity
  const days = partitions.daysAhead ?? Number.POSITIVE_INFINITY;
  if (Number.isFinite(days))
    lines.push(`${grouped(partitions.attached)} partitions, for ${grouped(days)} days from now on`);
  if (expired > 0) lines.push(`${grouped(expired)} events of an earlier retention are removed`);
  if (partitions.rowsInDefault > 0)
    lines.push('rows are in a default partition of events, which no retention removes: detach it');
  return lines;
}
