/**
 * How the commands that keep a house reach it: a running server over HTTP with an admin key, or the data directory itself when
 * no server has it. One process at a time has the engine, so the lock of the directory decides, unless a server is named.
 */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { isFailure } from '../errors.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { ask } from './ask.ts';
import { type CliContext, localUrl, UsageError } from './context.ts';

export interface ServerOptions {
  readonly url?: string;
  readonly key?: string;
}

export interface Server {
  readonly url: string;
  readonly key: string;
}

export function withServerOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the server (MILLRACE_URL, else the one that PORT names)')
    .option('--key <key>', 'an admin key (MILLRACE_ADMIN_KEY)');
}

/** Errors: UsageError without a key. */
export function serverOf({ environment }: CliContext, options: ServerOptions): Server {
  const config = loadConfig(environment);
  const key = options.key ?? config.keys.admin;
  if (key === undefined)
    throw new UsageError(
      'a server is running, so an admin key is needed: set MILLRACE_ADMIN_KEY, or make one with: millrace keys create admin',
    );
  return { url: options.url ?? config.client.url ?? localUrl(config), key };
}

/** GET without a body. */
export function askServer(server: Server, path: string, body?: unknown): Promise<unknown> {
  return ask({ ...server, path, body });
}

/** Runs one of the two: with the server when one has the directory, or is named; else with the directory closed. */
export async function onServerOrClosed<T>(
  context: CliContext,
  options: ServerOptions,
  running: (server: Server) => Promise<T>,
  closed: (config: Config) => Promise<T>,
): Promise<T> {
  const config = loadConfig(context.environment);
  if (options.url !== undefined || config.client.url !== undefined)
    return running(serverOf(context, options));
  if (config.catalog.kind === 'file' && !existsSync(config.catalog.file))
    throw new UsageError(
      `there is no data in ${config.dataDirectory}; set MILLRACE_DATA to the data directory, or name a server with --url`,
    );
  try {
    return await closed(config);
  } catch (error) {
    if (!isFailure(error, 'directory_locked')) throw error;
    return running(serverOf(context, options));
  }
}

/** Opens the house of a directory that no server has. Errors: directory_locked. */
export async function withClosedHouse<T>(
  config: Config,
  work: (
    house: Awaited<ReturnType<typeof import('../system/closed-house.ts')['openClosedHouse']>>,
  ) => Promise<T>,
): Promise<T> {
  const { openClosedHouse } = await import('../system/closed-house.ts');
  const house = await openClosedHouse(config, new Telemetry());
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}
