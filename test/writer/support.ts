/** What the tests of the writer share: events, logs with events in them, writers that are closed at the end. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { encodeBatch } from '../../src/event/codec.ts';
import type { Event } from '../../src/event/event.ts';
import type { Log } from '../../src/log/log.ts';
import { readSettings } from '../../src/settings.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openPrepareTools } from '../../src/writer/prepare.ts';
import { openWriter, type Writer, type WriterOptions } from '../../src/writer/writer.ts';
import { type WriterConfig, writerSettings } from '../../src/writer/writer-config.ts';
import { AutoClock } from './auto-clock.ts';

export const project = 'shop';
export const receivedAt = Date.UTC(2026, 1, 1, 12);
export const config: WriterConfig = readSettings(writerSettings, {});
const tools = await openPrepareTools();

export function event(eventId: string, given: Partial<Event> = {}): Event {
  return { eventId, type: 'view', timestamp: receivedAt, source: 'server', ...given };
}

export function append(
  log: Log,
  events: readonly Event[],
  given: { project?: string; receivedAt?: number } = {},
) {
  return log.append(0, events.length, encodeBatch({ project, receivedAt, ...given, events }));
}

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** At the end of the test, last registered first: what was opened on top of something is closed before it. */
export function atEnd(t: TestContext, end: () => unknown): void {
  const ends = endings.get(t);
  if (ends !== undefined) {
    ends.push(end);
    return;
  }
  const first = [end];
  endings.set(t, first);
  t.after(async () => {
    for (const each of first.reverse()) await each();
  });
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-writer-'));
  atEnd(t, () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** As a crash would find it: files may be in the making. */
export function copyFiles(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    try {
      copyFileSync(join(from, name), join(to, name));
    } catch (error) {
      // renamed or removed meanwhile
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

export function autoClock(t: TestContext): AutoClock {
  const clock = new AutoClock();
  atEnd(t, () => clock.stop());
  return clock;
}

type Given = Pick<WriterOptions, 'log' | 'store' | 'clock'> & Partial<WriterOptions>;

/** Started; the caller closes it, or kills what it sees of the store. */
export async function startWriter(given: Given): Promise<Writer> {
  const writer = await openWriter({ telemetry: new Telemetry(), config, random: () => 0.5, tools, ...given });
  writer.start();
  return writer;
}

/** Started, and closed when the test ends. */
export async function writerOf(t: TestContext, given: Given): Promise<Writer> {
  const writer = await startWriter(given);
  atEnd(t, () => writer.close());
  return writer;
}

const patienceMs = 20_000;

/** Turns the event loop until the condition holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > giveUpAt) assert.fail(`waited in vain until ${what}`);
    await setImmediate();
  }
}

/** Until everything in the log has its fate. */
export async function settled(writer: Writer): Promise<void> {
  await until('nothing waits', () => {
    const { ledger } = writer.status();
    return ledger !== undefined && ledger.inFlight === 0;
  });
}
