/** `millrace move`: everything of one place into another, compared afterwards; goes on where it was broken off. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { type MoveCursor, move } from '../operations/move.ts';
import { compareStores } from '../operations/move-check.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { grouped } from './table.ts';

interface MoveCommandOptions {
  readonly from: string;
  readonly to: string;
  readonly state?: string;
  readonly checkOnly?: true;
}

export function moveCommand(context: CliContext): Command {
  return new Command('move')
    .description('move projects, keys and events between a data directory and PostgreSQL')
    .requiredOption('--from <place>', 'a data directory, or postgres://…')
    .requiredOption('--to <place>', 'the same; it must be empty')
    .option('--state <file>', 'where it keeps how far it came (millrace-move.json beside the data directory)')
    .option('--check-only', 'only compare the two places')
    .addHelpText(
      'after',
      `
No server may use either place meanwhile. Stop it, and wait until its queue is empty: what still waits in the log is stored by the
next start, wherever the store is then. Broken off, the same command goes on where it was. Afterwards set MILLRACE_STORE (and
MILLRACE_CATALOG) to the new place and start the server; keys and links go on working.

Examples:
  millrace move --from ./data --to postgres://millrace:secret@db.example.com/millrace
  millrace move --from postgres://… --to /var/lib/millrace`,
    )
    .action((options: MoveCommandOptions) => run(context, options));
}

async function run(context: CliContext, options: MoveCommandOptions): Promise<void> {
  const [source, target] = [configOf(context, '--from', options.from), configOf(context, '--to', options.to)];
  const stateFile = resolve(options.state ?? defaultState(source, target));
  const cursor = readCursor(stateFile, options);
  const { openEnd } = await import('../system/movable.ts');
  const telemetry = new Telemetry();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new UsageError('broken off; the same command goes on from here'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const from = await openEnd(source, telemetry);
  try {
    const to = await openEnd(target, telemetry);
    try {
      const shared = { from, to, signal: stop.signal };
      if (!options.checkOnly) await moveAll(context, { ...shared, stateFile, cursor }, options);
      await check(context, shared);
      if (!options.checkOnly) rmSync(stateFile, { force: true });
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

type Ends = Pick<Parameters<typeof move>[0], 'from' | 'to' | 'signal'>;

async function moveAll(
  { stderr, stdout }: CliContext,
  {
    stateFile,
    cursor,
    ...ends
  }: Ends & { readonly stateFile: string; readonly cursor: MoveCursor | undefined },
  { from, to }: MoveCommandOptions,
): Promise<void> {
  const startedAt = performance.now();
  const report = await move({
    ...ends,
    clock: systemClock,
    ...(cursor && { cursor }),
    keepCursor: async (state) => writeCursor(stateFile, { from: masked(from), to: masked(to), state }),
    onProgress: ({ project, events }) => print(stderr, `${project}: ${grouped(events)} events`),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = Math.round(report.events / Math.max(seconds, 0.001));
  print(
    stdout,
    `moved ${grouped(report.events)} events in ${seconds.toFixed(1)} s (${grouped(rate)}/s), ${report.projects} projects, ${report.keys} keys, ${grouped(report.quarantined)} in quarantine`,
  );
}

async function check({ stdout }: CliContext, { from, to, signal }: Ends): Promise<void> {
  const projects = (await from.catalog.projects()).map(({ id }) => id);
  const { events, days, differences } = await compareStores(from.store, to.store, projects, signal);
  for (const { project, day, type, detail } of differences)
    print(stdout, `DIFFERENT ${project} ${day} ${JSON.stringify(type)}: ${detail}`);
  if (differences.length > 0)
    throw new Error(`the two places differ in ${grouped(differences.length)} days and types, or more`);
  print(
    stdout,
    `compared ${grouped(events)} events on ${grouped(days)} days: numbers, persons and checksums are the same`,
  );
}

/** The settings of the environment, with this place instead of theirs. */
function configOf({ environment }: CliContext, option: string, place: string): Config {
  if (/^postgres(ql)?:/i.test(place))
    return loadConfig({
      ...environment,
      MILLRACE_STORE: place,
      MILLRACE_CATALOG: place,
      MILLRACE_LOG: 'disk:',
    });
  if (/^[a-z+]+:\/\//i.test(place))
    throw new UsageError(`${option} must be a data directory or postgres://…; got ${masked(place)}`);
  const directory = place.replace(/^(embedded|file):/, '');
  if (option === '--from' && !existsSync(join(directory, 'catalog.sqlite')))
    throw new UsageError(`there is no data in ${resolve(directory)}`);
  return loadConfig({
    ...environment,
    MILLRACE_DATA: directory,
    MILLRACE_STORE: 'embedded:',
    MILLRACE_CATALOG: 'file:',
    MILLRACE_LOG: 'disk:',
  });
}

const defaultState = (source: Config, target: Config): string =>
  join(source.store.kind === 'postgres' ? target.dataDirectory : source.dataDirectory, 'millrace-move.json');

function readCursor(file: string, { from, to }: MoveCommandOptions): MoveCursor | undefined {
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { from: string; to: string; state: MoveCursor };
  if (kept.from !== masked(from) || kept.to !== masked(to))
    throw new UsageError(
      `${file} is of a move from ${kept.from} to ${kept.to}; finish that one, or remove the file`,
    );
  return kept.state;
}

/** Whole or not at all. */
function writeCursor(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Without the password. */
const masked = (place: string): string => place.replace(/:\/\/([^:@/]*):[^@]*@/, '://$1:***@');
