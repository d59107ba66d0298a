/** What goes through COPY comes out of the table as it went in, byte for byte; what does not fit is refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../src/errors.ts';
import type { JsonObject, JsonValue } from '../../../src/event/event.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { canonicalProperties } from '../../../src/plan/field.ts';
import { propertyJson } from '../../../src/store/postgres/property-json.ts';
import type { EventsQuestion } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { openStore } from './open-store.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
before(async () => {
  opened = await openStore();
});
after(() => opened.close());

const noon = Date.UTC(2025, 5, 15, 12);
let partition = 0;

async function throughTheTable(rows: readonly Partial<EventRow>[]): Promise<readonly EventRow[]> {
  partition += 1;
  const project = `p${partition}`;
  const whole = rows.map((row, offset) => eventRow({ project, partition, offset, timestamp: noon, ...row }));
  await insertRows(opened.store, partition, whole);
  const question: EventsQuestion = {
    scope: {
      version: 1,
      timeZone: 'UTC',
      project,
      from: Date.UTC(1900, 0, 1),
      to: Date.UTC(2290, 0, 1),
      bots: 'include',
    },
    order: 'asc',
  };
  const got: EventRow[] = [];
  for await (const some of opened.store.events(question, wideBudget, new AbortController().signal))
    got.push(...some);
  return got.sort((a, b) => a.offset - b.offset);
}

test('text of any kind and length', async () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 300 })
    .map((each) => each.toWellFormed().replaceAll('\0', ''));
  const titles = [
    ...fc.sample(text, { numRuns: 60, seed: 3 }),
    '',
    'a'.repeat(99),
    'ä'.repeat(100),
    '\\N',
    '\t\n\r\\.',
  ];
  const got = await throughTheTable(titles.map((title) => ({ title })));
  assert.deepEqual(
    got.map(({ title }) => title),
    titles,
  );
});

test('times from 1900 to 2290 to the millisecond', async () => {
  const times = [
    Date.UTC(1900, 0, 1),
    Date.UTC(1900, 0, 1) + 1,
    -1,
    0,
    1,
    Date.UTC(2000, 0, 1) - 1,
    noon + 123,
    Date.UTC(2290, 0, 1) - 1,
  ];
  const got = await throughTheTable(times.map((timestamp) => ({ timestamp })));
  assert.deepEqual(
    got.map(({ timestamp }) => timestamp),
    times,
  );
});

test('amounts to the last ten-thousandth, keys of persons to the last bit', async () => {
  const amounts = [0n, 1n, -1n, 9_999n, 10_000n, -125_000n, 10n ** 18n - 1n, 1n - 10n ** 18n, null];
  const keys = [0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 5n, 6n, 7n, 8n];
  const got = await throughTheTable(amounts.map((amount, i) => ({ amount, personKey: keys[i]! })));
  assert.deepEqual(
    got.map(({ amount }) => amount),
    amounts,
  );
  assert.deepEqual(
    got.map(({ personKey }) => personKey),
    keys,
  );
});

test('properties in their canonical form', async () => {
  const key = fc.constantFrom('a', 'b', 'a.b', 'b.a', '.', 'x.', '.x', '%', '__proto__', 'ä"\\', '1');
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<JsonValue>(null, true, false, 0, -0, 1e21, 5e-324, -1.5, '', 'ä', '\u2028', '\\ud800'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: false }),
    ),
  }));
  const objects = fc.sample(fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: false }), {
    numRuns: 150,
    seed: 5,
  }) as JsonObject[];
  const got = await throughTheTable(objects.map((properties) => ({ properties })));
  const plain = (each: JsonObject) => JSON.parse(JSON.stringify(each)) as unknown;
  assert.deepEqual(
    got.map(({ properties }) => plain(properties)),
    objects.map((each) => plain(canonicalProperties(each))),
  );
});

test('half a surrogate pair becomes U+FFFD, in text and in properties, and an escaped backslash before "ud800" stays', () => {
  assert.equal(propertyJson({ a: '\ud800x', '\udc00': '\\ud800' }), '{"a":"\ufffdx","\ufffd":"\\\\ud800"}');
  assert.equal(propertyJson({ 'a.b': 'x\udfff' }), '{"a.b":"x\ufffd"}');
});

test('what no column can hold is the fault of its row, and the connection goes on', async () => {
  const bad: Partial<EventRow>[] = [
    { title: 'a\0b' },
    { properties: { a: 'x\0' } },
    { properties: { '\0': 1 } },
    { amount: 10n ** 18n },
    { amount: 10n ** 30n },
    { timestamp: Date.UTC(1899, 11, 31) },
    { timestamp: Date.UTC(2290, 0, 1) },
    { timestamp: Number.NaN },
    { receivedAt: Date.UTC(2290, 0, 1) },
  ];
  partition += 1;
  const { store } = opened;
  for (const [i, fault] of bad.entries()) {
    // many good rows before it, so that some of the COPY is under way
    const rows = Array.from({ length: 500 }, (_, offset) => eventRow({ partition, offset, project: 'bad' }));
    rows.push(eventRow({ partition, offset: 500, project: 'bad', ...fault }));
    const inserting = store.insert({ partition, rows, quarantined: [] });
    await assert.rejects(inserting, (error) => isFailure(error, 'store_refused'), `fault ${i}`);
    assert.deepEqual(await store.reconcile(partition, 0, 1000), []);
  }
  await store.insert({ partition, rows: [eventRow({ partition, project: 'bad' })], quarantined: [] });
  assert.equal(await store.rowsBelow(partition, 1000), 1);
  assert.deepEqual(await store.verifyRollups(['2025-06-15']), []);
});

test('rows that are stored already are not the fault of their rows', async () => {
  partition += 1;
  const batch = { partition, rows: [eventRow({ partition, project: 'twice' })], quarantined: [] };
  await opened.store.insert(batch);
  await assert.rejects(opened.store.insert(batch), (error) => isFailure(error, 'store_unavailable'));
});
