/** Opens a real engine for a test and closes it, with its client and its directory, when the test ends. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { readSettings } from '../../../src/settings.ts';
import { ClickHouseClient, type ClientOptions } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { embeddedSettings } from '../../../src/store/embedded/embedded-config.ts';
import {
  type EmbeddedEngine,
  type EngineLimits,
  startEmbeddedEngine,
} from '../../../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';

/** Where a helper registers what it opened: a test's context, or `Closing` for a whole suite. */
export interface Closer {
  after(close: () => Promise<void>): void;
}

/** For a suite that shares one engine: `after(() => closing.close())`. */
export class Closing implements Closer {
  readonly #all: (() => Promise<void>)[] = [];

  after(close: () => Promise<void>): void {
    this.#all.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#all.reverse()) await close();
  }
}

export interface EngineSetup {
  readonly directory?: string;
  readonly environment?: Record<string, string>;
  readonly limits?: Partial<EngineLimits>;
  readonly client?: ClientOptions;
  readonly telemetry?: Telemetry;
}

export interface OpenEngine {
  readonly engine: EmbeddedEngine;
  readonly client: ClickHouseClient;
  readonly directory: string;
}

export function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'millrace-test-'));
}

export const remove = (directory: string) => rm(directory, { recursive: true, force: true });

/** Started, perhaps not ready yet. */
export async function startEngine(test: Closer, setup: EngineSetup = {}): Promise<OpenEngine> {
  const temporary = setup.directory === undefined ? await temporaryDirectory() : undefined;
  const directory = setup.directory ?? join(temporary!, 'engine');
  const engine = await startEmbeddedEngine({
    directory,
    settings: readSettings(embeddedSettings, setup.environment ?? {}),
    clock: systemClock,
    telemetry: setup.telemetry ?? new Telemetry(),
    ...(setup.limits === undefined ? {} : { limits: setup.limits }),
  });
  const client = new ClickHouseClient(() => engine.target(), setup.client);
  test.after(async () => {
    await client.close();
    await engine.close();
    if (temporary !== undefined) await remove(temporary);
  });
  return { engine, client, directory };
}

export async function openEngine(test: Closer, setup: EngineSetup = {}): Promise<OpenEngine> {
  const open = await startEngine(test, setup);
  await open.engine.ready();
  return open;
}

/** A SELECT's answer as the block that `insertNative` takes. */
export async function nativeBlock(client: ClickHouseClient, select: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of client.stream(select, 'Native')) parts.push(part);
  return Buffer.concat(parts);
}

/** Reads for ever on one thread, until somebody stops it. */
export const endlessQuestion =
  'SELECT max(sipHash64(number)) FROM numbers(1000000000000) SETTINGS max_threads = 1';

/** Waits until `condition` holds; the test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Whether a process runs: one that has ended and only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
