/** The disk log against an array: any order of appends, reads, trims, closes, crashes and torn tails. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../src/clock.ts';
import { openDiskLog } from '../../../src/log/disk/disk-log.ts';
import type { Log, LogRecord, ReadLimits } from '../../../src/log/log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { segmentFiles, testConfig } from './harness.ts';

type Command =
  | {
      readonly kind: 'append';
      readonly records: readonly { readonly count: number; readonly size: number }[];
    }
  | { readonly kind: 'read'; readonly from: number; readonly limits: ReadLimits }
  | { readonly kind: 'trim'; readonly at: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'crash'; readonly garbage: number };

const record = fc.record({ count: fc.integer({ min: 1, max: 5 }), size: fc.nat(400) });
const limits = fc.record({
  eventsMax: fc.integer({ min: 1, max: 20 }),
  bytesMax: fc.integer({ min: 1, max: 2000 }),
});
const share = fc.double({ min: 0, max: 1.1, noNaN: true });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('append'), records: fc.array(record, { maxLength: 8 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read'), from: share, limits }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trim'), at: share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash'), garbage: fc.nat(60) }) },
);

class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  readonly records: LogRecord[] = [];
  #directory = join(this.root, '0');
  #images = 0;
  #trimmed = 0;
  #log: Log | undefined;

  async open(): Promise<void> {
    const config = { ...testConfig, segmentBytes: 1000 };
    this.#log = await openDiskLog({
      directory: this.#directory,
      config,
      clock: systemClock,
      telemetry: new Telemetry(),
    });
    assert.equal(this.#log.ends(0).next, this.#next);
  }

  async close(): Promise<void> {
    await this.#log!.close();
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'append':
        return this.#append(command.records);
      case 'read':
        return this.#read(Math.floor(command.from * this.#next), command.limits);
      case 'trim':
        return this.#trim(Math.floor(command.at * this.#next));
      case 'reopen':
        await this.close();
        return this.open();
      case 'crash':
        return this.#crash(command.garbage);
    }
  }

  get #next(): number {
    const last = this.records.at(-1);
    return last === undefined ? 0 : last.offset + last.count;
  }

  async #append(records: readonly { count: number; size: number }[]): Promise<void> {
    const sent = records.map(({ count, size }) => ({
      count,
      bytes: Buffer.alloc(size, this.records.length % 251),
    }));
    const offsets = await Promise.all(sent.map(({ count, bytes }) => this.#log!.append(0, count, bytes)));
    for (const [i, each] of sent.entries()) {
      assert.equal(offsets[i], this.#next);
      this.records.push({ ...each, offset: offsets[i]! });
    }
    assert.equal(this.#log!.ends(0).next, this.#next);
  }

  async #read(from: number, limits: ReadLimits): Promise<void> {
    const { first } = this.#log!.ends(0);
    assert.ok(first <= this.#trimmed);
    if (from < first) return assert.rejects(this.#log!.read(0, from, limits), { code: 'log_trimmed' });
    const expected: LogRecord[] = [];
    let events = 0;
    let bytes = 0;
    for (const each of this.records) {
      if (each.offset + each.count <= from) continue;
      if (events >= limits.eventsMax || bytes >= limits.bytesMax) break;
      expected.push(each);
      events += each.count;
      bytes += each.bytes.byteLength;
    }
    const shape = ({ offset, count, bytes }: LogRecord) =>
      `${offset} ${count} ${Buffer.from(bytes).toString('hex')}`;
    assert.deepEqual((await this.#log!.read(0, from, limits)).map(shape), expected.map(shape));
  }

  async #trim(below: number): Promise<void> {
    this.#trimmed = Math.max(this.#trimmed, below);
    await this.#log!.trim(0, below);
  }

  /** What is on the disk now, with a torn record of that many bytes behind it. */
  async #crash(garbage: number): Promise<void> {
    const image = join(this.root, String(++this.#images));
    cpSync(this.#directory, image, { recursive: true, filter: (path) => !path.includes('millrace.lock') });
    await this.close();
    this.#directory = image;
    const newest = segmentFiles(image).at(-1);
    if (newest !== undefined) truncateSync(newest, statSync(newest).size + garbage);
    await this.open();
  }
}

test('behaves as an array whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
      const machine = new Machine();
      try {
        await machine.open();
        for (const each of commands) await machine.run(each);
        await machine.close();
      } finally {
        rmSync(machine.root, { recursive: true, force: true });
      }
    }),
    { numRuns: 60 },
  );
});
