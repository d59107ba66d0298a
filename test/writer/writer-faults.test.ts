/** Promise 2 under everything that a store can do: whatever fails and whenever the writer dies, each event ends up once. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Log } from '../../src/log/log.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { isBalanced, type Ledger } from '../../src/writer/ledger.ts';
import type { Writer } from '../../src/writer/writer.ts';
import { AutoClock } from './auto-clock.ts';
import { type Fault, FaultyStore } from './faulty-store.ts';
import { packer } from './packer.ts';
import { append, config, copyFiles, event, settled, startWriter } from './support.ts';

/** The id's number, and which month the event is of. Ids from 36 up are refused by the store. */
type Given = readonly (readonly [id: number, month: number])[];
type Action =
  | { readonly kind: 'append'; readonly events: Given }
  | { readonly kind: 'garbage'; readonly count: number }
  | { readonly kind: 'kill' }
  | { readonly kind: 'close' }
  | { readonly kind: 'wait'; readonly turns: number };

const idsMax = 40;
const firstRefused = 36;
const events = fc.array(fc.tuple(fc.nat(idsMax - 1), fc.nat(2)), { minLength: 1, maxLength: 8 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: events.map((given) => ({ kind: 'append' as const, events: given })) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: 'garbage' as const, count })),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'kill' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
  { weight: 4, arbitrary: fc.nat(300).map((turns) => ({ kind: 'wait' as const, turns })) },
);
const fault = fc.constantFrom<Fault>('none', 'before', 'after', 'part', 'late', 'hang', 'hang-landed');
const scenario = fc.record({
  actions: fc.array(action, { minLength: 1, maxLength: 25 }),
  inserts: fc.array(fault, { maxLength: 20 }),
  reconcileFailures: fc.array(fc.nat(3), { maxLength: 6 }),
  progressLag: fc.nat(3),
  batchEventsMax: fc.integer({ min: 1, max: 30 }),
  withDirectory: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const months = [Date.UTC(2025, 11, 31), Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 31)];
const isRefused = (eventId: string) => Number(eventId.slice(1)) >= firstRefused;

/** A writer that can die: what it sees of the store goes silent, and its files are left behind as they are. */
class House {
  readonly log: Log = openMemoryLog();
  readonly store: FaultyStore;
  readonly clock = new AutoClock();
  readonly #scenario: Scenario;
  readonly #packing: { readonly packer?: string };
  readonly #root = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  #lives = 0;
  #rebuilt = false;
  #kill = () => {};
  #directory = '';
  writer!: Writer;

  constructor(given: Scenario, packing: { readonly packer?: string }) {
    this.#scenario = given;
    this.#packing = packing;
    this.store = new FaultyStore(this.clock, { ...given, isRefused });
  }

  /** Whether an index was rebuilt from the store: then a quarantined event that is read again may count as a copy. */
  get rebuilt(): boolean {
    return this.#rebuilt;
  }

  async open(): Promise<void> {
    const directory = join(this.#root, String(this.#lives++));
    mkdirSync(directory);
    if (this.#directory !== '') copyFiles(this.#directory, directory);
    this.#directory = directory;
    const telemetry = new Telemetry();
    telemetry.subscribe('note', ({ message }) => {
      if (message.includes('was rebuilt')) this.#rebuilt = true;
    });
    const { batchEventsMax, withDirectory } = this.#scenario;
    const session = this.store.session(this.#packing);
    this.#kill = session.kill;
    this.writer = await startWriter({
      log: this.log,
      store: session.store,
      clock: this.clock,
      telemetry,
      config: { ...config, batchEventsMax, upkeepIntervalMs: 300, snapshotIntervalMs: 500 },
      ...(withDirectory && { directory }),
    });
  }

  async die(): Promise<void> {
    this.#kill();
    // its log is the next one's too: it must not go on reading
    void this.writer.close();
    this.store.crash();
    await this.open();
  }

  async reopen(): Promise<void> {
    await this.writer.close();
    this.#kill();
    await this.open();
  }

  async end(): Promise<void> {
    await this.writer.close();
    this.clock.stop();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Expected {
  /** Offset of the first event of each id. */
  readonly first: Map<string, number>;
  readonly garbage: number[];
  accepted: number;
}

async function act(house: House, expected: Expected, given: Action): Promise<void> {
  switch (given.kind) {
    case 'append': {
      const made = given.events.map(([id, month]) => event(`e${id}`, { timestamp: months[month]! }));
      const offset = await append(house.log, made);
      for (const [index, { eventId }] of made.entries()) {
        if (!expected.first.has(eventId)) expected.first.set(eventId, offset + index);
      }
      expected.accepted += made.length;
      return;
    }
    case 'garbage': {
      const offset = await house.log.append(0, given.count, Uint8Array.of(1, 123));
      for (let index = 0; index < given.count; index++) expected.garbage.push(offset + index);
      expected.accepted += given.count;
      return;
    }
    case 'kill':
      return await house.die();
    case 'close':
      return await house.reopen();
    case 'wait':
      for (let turn = 0; turn < given.turns; turn++) await setImmediate();
      return;
    default:
      given satisfies never;
  }
}

async function check(house: House, expected: Expected): Promise<void> {
  const stored: string[] = [];
  for await (const ids of house.store.memory.recent(0, 0)) stored.push(...ids.map(({ eventId }) => eventId));
  const quarantined = (await house.store.memory.quarantined({ limit: 10_000 })).items;
  const refused = new Set(quarantined.map(({ eventId }) => eventId));
  const rows = stored.filter((id) => !refused.has(id));
  const good = [...expected.first].filter(([id]) => !isRefused(id));
  const bad = [...expected.first].filter(([id]) => isRefused(id));
  assert.deepEqual(rows.sort(), good.map(([id]) => id).sort(), 'each good id is stored once');
  const places = (await house.store.memory.reconcile(0, 0, expected.accepted)).flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, index) => from + index),
  );
  assert.deepEqual(places, good.map(([, offset]) => offset).sort(byNumber), 'the first body wins');
  assert.deepEqual(
    quarantined.map(({ offset }) => offset).sort(byNumber),
    [...bad.map(([, offset]) => offset), ...expected.garbage].sort(byNumber),
    'each refused id and each unreadable event is in quarantine once',
  );
  checkLedger(house.writer.status().ledger!, house.rebuilt, {
    accepted: expected.accepted,
    stored: good.length,
    quarantined: bad.length + expected.garbage.length,
  });
}

function checkLedger(
  ledger: Ledger,
  rebuilt: boolean,
  { accepted, stored, quarantined }: { accepted: number; stored: number; quarantined: number },
): void {
  assert.ok(isBalanced(ledger));
  assert.deepEqual([ledger.accepted, ledger.stored, ledger.lost, ledger.inFlight], [accepted, stored, 0, 0]);
  assert.equal(ledger.quarantined + ledger.duplicates, accepted - stored);
  if (!rebuilt) assert.equal(ledger.quarantined, quarantined);
}

const byNumber = (a: number, b: number) => a - b;

for (const [how, packing, runs] of [
  ['', {}, 100],
  [', and rows are packed in a thread', { packer }, 12],
] as const) {
  test(`whatever the store does and whenever the writer dies${how}, every event ends up once and the ledger balances`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const house = new House(given, packing);
        await house.open();
        try {
          const expected: Expected = { first: new Map(), garbage: [], accepted: 0 };
          for (const each of given.actions) await act(house, expected, each);
          house.store.heal();
          await settled(house.writer);
          await check(house, expected);
          // and a last start finds nothing to do
          await house.reopen();
          await settled(house.writer);
          await check(house, expected);
        } finally {
          await house.end();
        }
      }),
      { numRuns: Number(process.env.RUNS ?? runs) },
    );
  });
}
