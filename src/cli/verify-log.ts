/** `millrace verify-log`: reads every byte of the log on disk, beside a running server or without one, and says what is damaged. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { type SegmentReport, verifyLog } from '../log/disk/verify-log.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { grouped, table } from './table.ts';

interface VerifyOptions {
  readonly json?: true;
  readonly segments?: true;
}

export function verifyLogCommand(context: CliContext): Command {
  return new Command('verify-log')
    .description('compare every record of the log with its checksum')
    .argument('[directory]', 'the log; left out, the one of MILLRACE_LOG and MILLRACE_DATA')
    .option('-s, --segments', 'a line for each segment')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWrites nothing. Ends with 1 when something is damaged. A torn end of the newest segment is a write under way or a crash,\nand no damage: nothing acknowledged is in it.',
    )
    .action((directory: string | undefined, options: VerifyOptions) => verify(context, directory, options));
}

async function verify(context: CliContext, given: string | undefined, options: VerifyOptions): Promise<void> {
  const directory = given ?? configuredDirectory(context);
  const segments = await reports(directory);
  const damaged = segments.flatMap(({ path, damage }) => damage.map((each) => ({ path, ...each })));
  const total = (of: 'records' | 'events' | 'bytes' | 'tornBytes') =>
    segments.reduce((sum, segment) => sum + segment[of], 0);
  const totals = {
    segments: segments.length,
    records: total('records'),
    events: total('events'),
    bytes: total('bytes'),
    tornBytes: total('tornBytes'),
  };
  if (options.json) {
    print(
      context.stdout,
      JSON.stringify(
        { directory, ...totals, damage: damaged, ...(options.segments && { reports: segments }) },
        null,
        2,
      ),
    );
  } else {
    if (options.segments) print(context.stdout, ...segmentTable(segments), '');
    for (const { path, byte, detail } of damaged)
      print(context.stdout, `DAMAGED ${path} at byte ${grouped(byte)}: ${detail}`);
    print(context.stdout, totalsText(totals));
  }
  if (damaged.length > 0)
    throw new Error(
      `${damaged.length} ${damaged.length === 1 ? 'place' : 'places'} of the log in ${directory} cannot be read`,
    );
}

async function reports(directory: string): Promise<readonly SegmentReport[]> {
  try {
    const found: SegmentReport[] = [];
    for await (const report of verifyLog(directory)) found.push(report);
    return found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(
      `there is no log in ${directory}; set MILLRACE_DATA to the data directory of the server`,
    );
  }
}

function configuredDirectory({ environment }: CliContext): string {
  const { log } = loadConfig(environment);
  if (log.kind !== 'disk') throw new UsageError('MILLRACE_LOG is memory:, which leaves nothing to verify');
  return log.directory;
}

function segmentTable(segments: readonly SegmentReport[]): string[] {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'segment' },
    ...['first', 'next', 'records', 'events', 'bytes', 'damaged'].map(right),
  ];
  const rows = segments.map((each) => [
    each.path,
    ...[each.first, each.next, each.records, each.events, each.bytes, each.damage.length].map(grouped),
  ]);
  return table(columns, rows);
}

function totalsText(totals: {
  segments: number;
  records: number;
  events: number;
  bytes: number;
  tornBytes: number;
}): string {
  const { segments, records, events, bytes, tornBytes } = totals;
  const torn = tornBytes === 0 ? '' : `, and ${grouped(tornBytes)} bytes of a write that never ended`;
  const counted = (count: number, noun: string) => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
  return `${counted(events, 'event')} in ${counted(records, 'record')}, ${counted(segments, 'segment')}, ${counted(bytes, 'byte')}${torn}`;
}
