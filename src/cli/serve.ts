/**
 * `millrace serve`: opens the system, says how to use it, and closes it in order at SIGTERM or SIGINT. A second signal ends at once,
 * which loses nothing that was acknowledged. Ends with 1 when the log can promise nothing any more.
 */
import { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { Reporter } from '../telemetry/reporter.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { banner } from './banner.ts';
import { type CliContext, colored, exitCodes } from './context.ts';

/** What closing may take beyond the requests in flight: the writer's batch, the engine, the log. */
const closeExtraMs = 20_000;

type Ending = { readonly signal: NodeJS.Signals } | { readonly error: Error };

export function serveCommand(context: CliContext): Command {
  return new Command('serve')
    .description('start the server: collect, keep, count, answer')
    .option('--roles <list>', 'some of collect,write,query: what this process does (MILLRACE_ROLES)')
    .addHelpText(
      'after',
      `
Everything is kept under MILLRACE_DATA (./data) and served on http://127.0.0.1:PORT (3000).
The first start makes the project "default" and its keys and prints them once.

Examples:
  millrace serve
  DATABASE_URL=postgres://… REDIS_URL=redis://… millrace serve
  millrace serve --roles collect,write
  PORT=8080 MILLRACE_DATA=/var/lib/millrace millrace serve
  MILLRACE_WRITE_KEY=… MILLRACE_READ_KEY=… MILLRACE_ADMIN_KEY=… millrace serve`,
    )
    .action(({ roles }: { roles?: string }) =>
      serve(
        roles === undefined
          ? context
          : { ...context, environment: { ...context.environment, MILLRACE_ROLES: roles } },
      ),
    );
}

async function serve(context: CliContext): Promise<void> {
  const config = loadConfig(context.environment);
  const telemetry = new Telemetry();
  const reporter = openReporter(config, context);
  reporter.listen(telemetry);
  for (const note of config.notes) telemetry.publish('note', { level: 'warn', message: note });
  // signals are heard from the first moment; one that comes while the system opens closes it right after
  const ended = ending();
  const { openSystem } = await import('../system.ts');
  const system = await openSystem(config, telemetry);
  context.stdout.write(banner(system, config, context.now()));
  const end = await Promise.race([ended, system.failed.then((error): Ending => ({ error }))]);
  if ('error' in end) {
    reporter.report('error', `the server must end: ${end.error.message}`);
    process.exit(exitCodes.failed);
  }
  reporter.report('info', `got ${end.signal}, going down; the same again ends at once`);
  reporter.expectEnd();
  endAtOnceAfter(config.http.shutdownTimeoutMs + closeExtraMs, reporter);
  await system.close();
  reporter.report('info', 'closed');
  reporter.close();
  // what a part forgot to close must not keep the process
  process.exit(exitCodes.done);
}

function openReporter(config: Config, { stderr, environment }: CliContext): Reporter {
  const { level, format } = config.reporter;
  return new Reporter({
    level,
    format: format === 'auto' ? (stderr.isTTY ? 'text' : 'json') : format,
    colored: colored(stderr, environment),
    sink: stderr,
    secrets: Object.values(config.keys).filter((key) => key !== undefined),
    monotonic: () => performance.now(),
  });
}

/** `timeout`, npm and terminals signal the process and then its whole group: that is one wish, told twice. */
const sameSignalMs = 500;

/** Resolves with the first signal to end; a later one ends the process. */
function ending(): Promise<Ending> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        firstAt ??= now;
        if (now - firstAt > sameSignalMs) process.exit(exitCodes.failed);
        resolve({ signal });
      });
    }
  });
}

function endAtOnceAfter(ms: number, reporter: Reporter): void {
  setTimeout(() => {
    reporter.report(
      'error',
      `not closed after ${ms} ms; ending. Nothing acknowledged is lost: the next start goes on from the log`,
    );
    process.exit(exitCodes.failed);
  }, ms).unref();
}
