/** `millrace dead-letters`: look at events that could not be stored, replay them, or give them up; on a running server. */
import { Command } from 'commander';
import type { ReplayReport } from '../operations/quarantine-care.ts';
import { askServer, type ServerOptions, serverOf, withServerOptions } from './admin.ts';
import { type CliContext, PartlyDone, print, UsageError } from './context.ts';
import { grouped, printable, table } from './table.ts';

interface Filters extends ServerOptions {
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}
interface ListOptions extends Filters {
  readonly limit: string;
  readonly after?: string;
}
interface OrderOptions extends Filters {
  readonly all?: true;
  readonly yes?: true;
}

interface DeadLetter {
  readonly id: string;
  readonly project: string;
  readonly eventId: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly detail: string;
  readonly body: string;
}
interface Page {
  readonly data: readonly DeadLetter[];
  readonly total: number;
  readonly next: string | null;
}

const path = '/api/v1/dead-letters';
const reasons = `
Reasons: refused (the store refuses the row), unpreparable (no row could be made of it), undecodable (the record of the
         log is whole, but this version cannot read it; later ones may). --from and --to: when it was received.`;

export function deadLettersCommand(context: CliContext): Command {
  const all = new Command('dead-letters')
    .description('look at events that could not be stored, replay or discard them')
    .addHelpText('after', `\nAsks a running server, with an admin key of the project.\n${reasons}`);
  const filtered = (command: Command) =>
    withServerOptions(
      command
        .option('-r, --reason <reason>', 'only these: refused, unpreparable, undecodable')
        .option('--from <time>', 'received at or after: 2026-01-31 or 2026-01-31T12:00:00Z')
        .option('--to <time>', 'received before')
        .option('--json', 'print JSON'),
    );
  filtered(all.command('list').description('show them, without their bodies'))
    .option('-l, --limit <n>', 'how many', '50')
    .option('--after <cursor>', 'the next page, as the last one says')
    .action((options: ListOptions) => list(context, options));
  withServerOptions(
    all.command('show').description('show one with its body').argument('<id>', 'as in the list'),
  )
    .option('--json', 'print JSON')
    .action((id: string, options: Filters) => show(context, id, options));
  filtered(
    all.command('replay').description('store them now; what is refused again stays').argument('[ids...]'),
  )
    .option('-a, --all', 'all that match')
    .action((ids: string[], options: OrderOptions) => replay(context, ids, options));
  filtered(all.command('discard').description('give them up, for good').argument('[ids...]'))
    .option('-a, --all', 'all that match')
    .option('--yes', 'yes, these events are not wanted')
    .action((ids: string[], options: OrderOptions) => discard(context, ids, options));
  return all;
}

async function list(context: CliContext, options: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit, ...filtersOf(options) });
  if (options.after !== undefined) query.set('after', options.after);
  const page = (await askServer(serverOf(context, options), `${path}?${query}`)) as Page;
  if (options.json) return print(context.stdout, JSON.stringify(page, null, 2));
  if (page.data.length === 0) return print(context.stdout, 'nothing in quarantine');
  const columns = ['id', 'received', 'reason', 'event id', 'detail'].map((title) => ({ title }));
  const rows = page.data.map((each) => [
    each.id,
    each.receivedAt.slice(0, 19).replace('T', ' '),
    each.reason,
    printable(each.eventId, 40),
    printable(each.detail, 80),
  ]);
  print(
    context.stdout,
    ...table(columns, rows),
    '',
    `${grouped(page.data.length)} of ${grouped(page.total)}`,
  );
  if (page.next !== null) print(context.stdout, `more: millrace dead-letters list --after ${page.next}`);
}

async function show(context: CliContext, id: string, options: Filters): Promise<void> {
  const answer = await askServer(serverOf(context, options), `${path}/${encodeURIComponent(id)}`);
  const { data } = answer as { data: DeadLetter };
  if (options.json) return print(context.stdout, JSON.stringify(data, null, 2));
  const { body, ...rest } = data;
  const shown = ['id', 'project', 'eventId', 'receivedAt', 'reason', 'detail'] as const;
  for (const name of shown)
    print(context.stdout, `${name.padEnd(10)}  ${printable(rest[name], 1_000) || '(unknown)'}`);
  print(context.stdout, '', ...bodyLines(body));
}

/** JSON is shown indented, with what could move the cursor escaped; anything else as it is kept. */
function bodyLines(body: string): string[] {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
      .split('\n')
      .map((line) => printable(line, 2_000));
  } catch {
    return [body === '' ? '(its bytes are with the first event of its record)' : printable(body, 100_000)];
  }
}

async function replay(context: CliContext, ids: readonly string[], options: OrderOptions): Promise<void> {
  const answer = await askServer(serverOf(context, options), `${path}/replay`, orderOf(ids, options));
  const { data } = answer as { data: ReplayReport };
  if (options.json) print(context.stdout, JSON.stringify(data, null, 2));
  else {
    const { replayed, duplicates, refused, reasons, tooYoung, elsewhere } = data;
    print(context.stdout, `${grouped(replayed)} replayed, and counted from now on`);
    if (duplicates > 0) print(context.stdout, `${grouped(duplicates)} were stored already, and are released`);
    const why = Object.entries(reasons).map(([reason, count]) => `${grouped(count)} ${reason}`);
    if (refused > 0)
      print(
        context.stdout,
        `${grouped(refused)} stay (${why.join(', ')}); see: millrace dead-letters show ID`,
      );
    if (tooYoung > 0)
      print(context.stdout, `${grouped(tooYoung)} were too young; the same again in a second takes them`);
    if (elsewhere > 0)
      print(
        context.stdout,
        `${grouped(elsewhere)} are of partitions that another process writes now; say the same to that one`,
      );
  }
  const left = data.refused + data.tooYoung + data.elsewhere;
  if (left > 0) throw new PartlyDone(`${grouped(left)} events stay in quarantine`);
}

async function discard(context: CliContext, ids: readonly string[], options: OrderOptions): Promise<void> {
  if (!options.yes)
    throw new UsageError('discarded events are gone for good; say so with --yes, or keep them: list --json');
  const answer = await askServer(serverOf(context, options), `${path}/discard`, orderOf(ids, options));
  const { data } = answer as { data: { discarded: number; tooYoung: number } };
  if (options.json) return print(context.stdout, JSON.stringify(data, null, 2));
  print(context.stdout, `${grouped(data.discarded)} discarded`);
  if (data.tooYoung > 0)
    print(context.stdout, `${grouped(data.tooYoung)} were too young; the same again in a second takes them`);
}

function orderOf(ids: readonly string[], options: OrderOptions) {
  if (ids.length > 0 === (options.all === true))
    throw new UsageError('name ids as in the list, or say --all (with --reason, --from, --to)');
  return { ...(ids.length > 0 ? { ids } : { all: true }), ...filtersOf(options) };
}

function filtersOf({ reason, from, to }: Filters): Record<string, string> {
  return {
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}
