/** The encoder's bytes, by what the engine reads out of them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/event/event.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { propertyLeaves } from '../../../src/plan/field.ts';
import type { SummaryPlan } from '../../../src/plan/plan.ts';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { insertSettings } from '../../../src/store/clickhouse/insert-rows.ts';
import { nativeBlock } from '../../../src/store/clickhouse/native-block.ts';
import { BlockPack } from '../../../src/store/clickhouse/row-pack.ts';
import { eventColumns } from '../../../src/store/clickhouse/schema.ts';
import { evaluate } from '../../../src/store/memory/evaluate.ts';
import type { Store } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { Closing } from '../embedded/engine-helpers.ts';
import { openStore } from './store-helpers.ts';

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 300 }).map((value) => value.toWellFormed()),
  fc.constantFrom('', '\0', 'a\0b', '😀', "'", '\\', '\n\n', '\t', 'é'.repeat(63), 'x'.repeat(20_000)),
);
const columns = eventColumns.filter(({ kind }) => kind === 'string' || kind === 'dictionary');

const rows = fc
  .array(
    fc.record({
      texts: fc.record(
        Object.fromEntries(columns.map(({ field }) => [field, texts])),
      ) as unknown as fc.Arbitrary<Partial<EventRow>>,
      // the engine's months: one block has rows of one
      timestamp: fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2290, 0, 1) }),
      receivedAt: fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2290, 0, 1) }),
      personKey: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      bot: fc.boolean(),
      amount: fc.option(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })),
      offset: fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
      partition: fc.integer({ min: 0, max: 65_535 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((some) => some.map(({ texts, ...rest }) => eventRow({ ...texts, ...rest })));

describe('a native block', () => {
  const closing = new Closing();
  let store: Store;
  let client: ClickHouseClient;
  before(async () => {
    ({ store, client } = await openStore(closing));
    await client.command(`CREATE TABLE copied AS events ENGINE = Memory`);
  });
  after(() => closing.close());

  test('holds every column as the row has it', async () => {
    const names = eventColumns.map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(rows, async (some) => {
        await client.command('TRUNCATE TABLE copied');
        await client.insertNative('copied', names, nativeBlock(eventColumns, some));
        const read = await client.rows(
          `SELECT _partition, _offset, toUnixTimestamp64Milli(timestamp), toInt32(day), toUnixTimestamp64Milli(received_at), user_key, bot,
            toString(reinterpretAsInt64(amount)), amount IS NULL, ${columns.map(({ name }) => name).join(', ')} FROM copied`,
        );
        assert.deepEqual(
          read,
          some.map((row) => [
            row.partition,
            String(row.offset),
            String(row.timestamp),
            Math.floor(row.timestamp / 86_400_000),
            String(row.receivedAt),
            String(row.personKey),
            row.bot,
            row.amount === null ? null : String(row.amount),
            row.amount === null ? 1 : 0,
            ...columns.map(({ field }) => row[field]),
          ]),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('holds the other rows when some are taken out again, however many it took', async () => {
    const names = eventColumns.map(({ name }) => name);
    const many = fc.tuple(fc.array(rows, { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.boolean()));
    await fc.assert(
      fc.asyncProperty(many, async ([some, drops]) => {
        await client.command('TRUNCATE TABLE copied');
        const all = some.flat().map((row, offset) => ({ ...row, offset, properties: { n: offset } }));
        const pack = new BlockPack();
        for (const row of all) pack.add(row);
        const dropped = new Set(all.map(({ offset }) => offset).filter(() => drops.next().value));
        pack.drop(dropped);
        const { blocks, count } = pack.seal();
        for (const block of blocks) await client.insertNative('copied', names, block);
        const left = all.filter(({ offset }) => !dropped.has(offset));
        assert.equal(count, left.length);
        const read = await client.rows(
          `SELECT _offset, toUnixTimestamp64Milli(timestamp), user_key, bot, toString(reinterpretAsInt64(amount)), properties.n.:Float64,
            ${columns.map(({ name }) => name).join(', ')} FROM copied ORDER BY _offset`,
        );
        assert.deepEqual(
          read,
          left.map((row) => [
            String(row.offset),
            String(row.timestamp),
            String(row.personKey),
            row.bot,
            row.amount === null ? null : String(row.amount),
            row.offset,
            ...columns.map(({ field }) => row[field]),
          ]),
        );
      }),
      { numRuns: 25 },
    );
  });

  test('holds properties as columns of paths just as the engine reads them from text', async () => {
    const names = eventColumns.map(({ name }) => name);
    const key = fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'a.b', '', '%', '`', 'é', '__proto__', 'x'.repeat(130)),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    const scalar = {
      number: fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.constantFrom(0, -0, 2 ** 64, 1e21),
      ),
      text: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom('', '1', '2020-01-01', 'true', '"', '\\', '\ud800', '😀'),
      ),
      truth: fc.boolean(),
    };
    const list = (of: fc.Arbitrary<JsonValue>) => fc.array(of, { minLength: 1, maxLength: 3 });
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(scalar.number, scalar.text, scalar.truth, fc.constant(null)),
        fc.oneof(list(scalar.number), list(scalar.text), list(scalar.truth)),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const read = async (some: readonly EventRow[], gone: ReadonlySet<number>) => {
      await client.command('TRUNCATE TABLE copied');
      const pack = new BlockPack();
      for (const row of some) pack.add(row);
      pack.drop(gone);
      for (const block of pack.seal().blocks)
        await client.insertNative('copied', names, block, { settings: insertSettings });
      return client.rows(
        'SELECT _offset, toJSONString(properties), toString(JSONAllPathsWithTypes(properties)) FROM copied WHERE _offset < 1000 ORDER BY _offset',
      );
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(key, value, { maxKeys: 5 }), { minLength: 1, maxLength: 140 }),
        fc.array(fc.nat(139)),
        async (all, drops) => {
          const some = all.map((properties, offset) => eventRow({ offset, properties }));
          const gone = new Set(drops);
          // an empty list has no column, so the whole block is text
          const last = eventRow({ offset: 1_000, properties: { empty: [] } });
          const asText = await read([...some, last], gone);
          assert.deepEqual(await read(some, gone), asText);
          assert.equal(asText.length, some.filter(({ offset }) => !gone.has(offset)).length);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('counts dictionaries of one, two and four bytes an index', async () => {
    for (const many of [256, 257, 70_000]) {
      await client.command('TRUNCATE TABLE copied');
      const some = Array.from({ length: many }, (_, offset) => eventRow({ offset, type: `t${offset}` }));
      await client.insertNative(
        'copied',
        eventColumns.map(({ name }) => name),
        nativeBlock(eventColumns, some),
      );
      const wrong = await client.rows(
        "SELECT count() FROM copied WHERE type != concat('t', toString(_offset))",
      );
      const all = await client.rows('SELECT count() FROM copied');
      assert.deepEqual([wrong, all], [[['0']], [[String(many)]]]);
    }
  });

  test('may pass between threads without being copied, however small it is', () => {
    const block = nativeBlock(eventColumns, [eventRow({})]);
    const { byteLength } = block;
    const moved = structuredClone(block, { transfer: [block.buffer] });
    assert.deepEqual([moved.byteLength, block.byteLength], [byteLength, 0]);
  });

  test('refuses a value that no column can hold', () => {
    for (const bad of [
      { timestamp: Number.NaN },
      { timestamp: 1.5 },
      { timestamp: 8.64e15 },
      { timestamp: Date.UTC(1900, 0, 1) - 1 },
      { partition: 65_536 },
      { amount: 10n ** 18n },
    ]) {
      assert.throws(() => nativeBlock(eventColumns, [eventRow(bad)]), RangeError);
    }
  });

  test('keeps the largest properties that collect lets in, and more paths than have columns', async () => {
    const nested = (depth: number): JsonValue =>
      depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { k: nested(depth - 1) };
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`${prefix}${i}`, i % 2 ? i : `v${i}`]));
    const all: JsonObject[] = [
      { deep: nested(16), text: 'x'.repeat(30_000), ['k'.repeat(200)]: true },
      many('a'),
      many('b'),
      many('c'),
    ];
    const project = 'large';
    const some = all.map((properties, offset) => eventRow({ project, partition: 4, offset, properties }));
    await store.insert({ partition: 4, rows: some, quarantined: [] });
    await client.command('OPTIMIZE TABLE events FINAL');
    for (const path of ['deep', 'text', 'k'.repeat(200), 'a255', 'b0', 'c128', 'c127']) {
      const question = questionOf({ ...wholeDay(project), by: { field: `properties.${path}`, limit: 9 } });
      const { cells } = await store.run(question, wideBudget, new AbortController().signal);
      assert.deepEqual(cells, evaluate(question, some).cells, path);
    }
  });

  test('keeps properties as they were sent, whatever their keys', async () => {
    const key = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'c') },
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }).map((one) => one.toWellFormed()),
      fc.constantFrom(
        '',
        '.',
        'a.b',
        '`',
        "'",
        '"',
        '\\',
        '\0',
        '%',
        '%60',
        '^a',
        ':`String`',
        'a.:`Float64`',
        '[]',
        '__proto__',
      ),
    );
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.constantFrom<JsonValue>(
          '',
          '1',
          'x',
          '2020-01-01',
          '2020-01-01 00:00:00',
          '\0',
          '😀',
          true,
          false,
          null,
          2 ** 64,
          -0,
          1e21,
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }));
    let offset = 0;
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(key, value, { maxKeys: 6 }), { minLength: 1, maxLength: 8 }),
        async (all) => {
          const project = `properties ${round++}`;
          const some = all.map((properties) =>
            eventRow({ project, partition: 3, offset: offset++, properties }),
          );
          await store.insert({ partition: 3, rows: some, quarantined: [] });
          for (const path of pathsOf(some)) {
            const field = `properties.${path}`;
            const questions = [
              questionOf({ ...wholeDay(project), by: { field, limit: 100 } }),
              questionOf({ ...wholeDay(project), filter: { field, op: 'exists' } }),
            ];
            for (const question of questions) {
              const { cells } = await store.run(question, wideBudget, new AbortController().signal);
              assert.deepEqual(cells, evaluate(question, some).cells, JSON.stringify([field, all]));
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});

const wholeDay = (project: string): SummaryPlan => ({
  version: 1,
  kind: 'summary',
  project,
  from: Date.UTC(2025, 5, 15),
  to: Date.UTC(2025, 5, 16),
  timeZone: 'UTC',
  bots: 'include',
  metrics: ['events'],
  exact: true,
});

/** Every path that is in some row, what is above it, and what might be taken for it. */
function pathsOf(rows: readonly EventRow[]): readonly string[] {
  const leaves = new Set(rows.flatMap((row) => [...propertyLeaves(row.properties).keys()]));
  const above = [...leaves].flatMap((path) =>
    path.split('.').map((_, i, keys) => keys.slice(0, i).join('.')),
  );
  return [...new Set([...leaves, ...above, 'absent'])].slice(0, 12);
}
